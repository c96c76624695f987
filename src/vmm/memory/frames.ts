import { assert } from '../../common/errors.ts';
import { bytesOf, setBytes } from '../table-bytes.ts';

/** Bytes of a frame: the unit in which the machine's RAM is given out. */
export const frameSize = 0x1000;
/** Bytes that one second-stage entry of level 1 maps. */
export const megapageSize = 0x20_0000;

/** Whose a frame is. `guest` is the guest's number, `gpa` where in its memory the frame lies. */
export type FrameOwner =
  | { readonly kind: 'free' }
  | { readonly kind: 'vmm' }
  | { readonly kind: 'page-table'; readonly guest: number }
  | { readonly kind: 'guest'; readonly guest: number; readonly gpa: number };

/**
 * Gives out the frames of the machine's RAM and knows the owner of each. Addresses are host-physical numbers
 * below 2^53. Small requests fill the megapages that are begun already, so that whole ones stay free for guests.
 */
export class Frames {
  readonly base: number;
  /** Bytes. */
  readonly size: number;
  readonly #kind: Uint8Array;
  readonly #guest: Uint16Array;
  /** GPA / 4096 of guest frames: 32 bits reach 16 TiB of guest-physical memory. */
  readonly #guestFrame: Uint32Array;
  #saved: FramesState | undefined;

  constructor(base: number, size: number) {
    assert(
      base % megapageSize === 0 && size % frameSize === 0,
      'RAM starts on a megapage and is whole frames',
    );
    this.base = base;
    this.size = size;
    const count = size / frameSize;
    this.#kind = new Uint8Array(count);
    this.#guest = new Uint16Array(count);
    this.#guestFrame = new Uint32Array(count);
  }

  /** Takes everything back. */
  clear(): void {
    this.#saved = undefined;
    this.#kind.fill(kinds.free);
    this.#guest.fill(0);
    this.#guestFrame.fill(0);
  }

  /** Takes the lowest free run of `bytes` (whole frames), aligned to its own size; undefined where there is none. */
  allocate(bytes: number, owner: Exclude<FrameOwner, { kind: 'free' }>): number | undefined {
    assert(bytes > 0 && bytes % frameSize === 0, 'frames are allocated whole');
    const frames = bytes / frameSize;
    for (let first = 0; first + frames <= this.#kind.length; first += frames) {
      if (!this.#isFree(first, frames)) continue;
      this.#saved = undefined;
      for (let frame = 0; frame < frames; frame++) this.#set(first + frame, owner, frame);
      return this.base + first * frameSize;
    }
    return undefined;
  }

  /** The owner of the frame that holds `address`; undefined outside of RAM. */
  ownerOf(address: number): FrameOwner | undefined {
    if (address < this.base || address >= this.base + this.size) return undefined;
    const frame = Math.floor((address - this.base) / frameSize);
    const guest = this.#guest[frame] ?? 0;
    switch (this.#kind[frame] ?? kinds.free) {
      case kinds.vmm:
        return { kind: 'vmm' };
      case kinds.pageTable:
        return { kind: 'page-table', guest };
      case kinds.guest:
        return { kind: 'guest', guest, gpa: (this.#guestFrame[frame] ?? 0) * frameSize };
      default:
        return { kind: 'free' };
    }
  }

  /** Bytes that nobody owns. */
  get free(): number {
    return this.#kind.reduce((sum, kind) => (kind === kinds.free ? sum + frameSize : sum), 0);
  }

  /** A copy of who owns what: the same one as long as nothing changes, since many checkpoints are taken. */
  save(): FramesState {
    this.#saved ??= {
      kind: bytesOf(this.#kind),
      guest: bytesOf(this.#guest),
      guestFrame: bytesOf(this.#guestFrame),
    };
    return this.#saved;
  }

  /** The inverse of `save`, on RAM of the same size. */
  restore(state: FramesState): void {
    this.#saved = state;
    setBytes(this.#kind, state.kind);
    setBytes(this.#guest, state.guest);
    setBytes(this.#guestFrame, state.guestFrame);
  }

  #isFree(first: number, frames: number): boolean {
    for (let frame = first; frame < first + frames; frame++)
      if (this.#kind[frame] !== kinds.free) return false;
    return true;
  }

  #set(frame: number, owner: Exclude<FrameOwner, { kind: 'free' }>, position: number): void {
    switch (owner.kind) {
      case 'vmm':
        this.#kind[frame] = kinds.vmm;
        return;
      case 'page-table':
        this.#kind[frame] = kinds.pageTable;
        this.#guest[frame] = owner.guest;
        return;
      case 'guest':
        this.#kind[frame] = kinds.guest;
        this.#guest[frame] = owner.guest;
        this.#guestFrame[frame] = owner.gpa / frameSize + position;
    }
  }
}

/** Who owns each frame, as the bytes of three tables. */
export interface FramesState {
  readonly [name: string]: Uint8Array;
  readonly kind: Uint8Array;
  readonly guest: Uint8Array;
  readonly guestFrame: Uint8Array;
}

const kinds = { free: 0, vmm: 1, pageTable: 2, guest: 3 } as const;
