import type { TranslationRegime } from '../../hart/translation/regime.ts';
import type { MemoryRead } from '../debugger.ts';
import type { MemoryReference } from '../memory-reference.ts';
import type { DebugThread, Target } from '../target/target.ts';
import { spaceRegime } from './space-regime.ts';
import { listSpaces, type Space } from './spaces.ts';

/**
 * Memory of any space, as views read and change it. Looking leaves no trace: no TLB is filled, no A or D bit set,
 * no device register read; device registers count as unreadable. A guest that is none gives a StrataError.
 */
export class MemoryAccess {
  readonly #target: Target;

  constructor(target: Target) {
    this.#target = target;
  }

  /** Bytes up to the first hole, and how long the hole is, both within `count`. */
  read(reference: MemoryReference, offset: bigint, count: number): MemoryRead {
    const regime = spaceRegime(this.#target, reference);
    const address = BigInt.asUintN(64, reference.address + offset);
    const bytes = this.#target.read(address, bytesBelowTop(address, count), regime);
    const rest = count - bytes.length;
    const unreadable = rest === 0 ? 0 : this.#hole(address + BigInt(bytes.length), rest, regime);
    return { address, bytes, unreadable };
  }

  /** Writes up to the first hole; answers how many bytes were written. */
  write(reference: MemoryReference, offset: bigint, bytes: Uint8Array): number {
    const regime = spaceRegime(this.#target, reference);
    const address = BigInt.asUintN(64, reference.address + offset);
    const fitting = bytes.subarray(0, bytesBelowTop(address, bytes.length));
    return this.#target.write(address, fitting, regime);
  }

  /** Spaces that there are now; with a thread, those that it can reach. */
  spaces(thread?: DebugThread): readonly Space[] {
    return listSpaces(this.#target, thread);
  }

  /** Bytes from `start`, which cannot be read, to the next that can; `most` at most. Holes are whole pages. */
  #hole(start: bigint, most: number, regime: TranslationRegime): number {
    let length = 4096 - Number(BigInt.asUintN(12, start));
    while (length < most && this.#target.read(start + BigInt(length), 1, regime).length === 0) length += 4096;
    return Math.min(length, most);
  }
}

/** The highest address has no successor: what lies beyond is no memory. */
function bytesBelowTop(address: bigint, count: number): number {
  const room = (1n << 64n) - address;
  return room < BigInt(count) ? Number(room) : count;
}
