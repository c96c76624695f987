import { assert, StrataError } from '../../common/errors.ts';
import type { PhysicalMemory } from '../../hart/physical-memory.ts';
import type { DirectMemory } from '../../machine/virtio/direct-memory.ts';
import { frameSize, megapageSize, type Frames } from './frames.ts';
import { allPermissions, type SecondStage } from './second-stage.ts';

/**
 * A guest's RAM: one range of guest-physical addresses, backed by frames of the machine's RAM wherever those
 * are. Addresses are numbers below 2^53.
 */
export class GuestMemory {
  /** Guest-physical address of the first byte. */
  readonly base: number;
  /** Bytes, a multiple of 4 KiB. */
  readonly size: number;
  readonly #guest: number;
  readonly #frames: Frames;
  readonly #tables: SecondStage;
  readonly #physical: PhysicalMemory;

  constructor(options: {
    readonly base: number;
    readonly size: number;
    readonly guest: number;
    readonly frames: Frames;
    readonly tables: SecondStage;
    readonly physical: PhysicalMemory;
  }) {
    assert(options.base % megapageSize === 0, 'guest RAM begins on a megapage');
    assert(options.size > 0 && options.size % frameSize === 0, 'guest RAM is whole frames');
    this.base = options.base;
    this.size = options.size;
    this.#guest = options.guest;
    this.#frames = options.frames;
    this.#tables = options.tables;
    this.#physical = options.physical;
  }

  contains(gpa: number, length = 1): boolean {
    return gpa >= this.base && gpa + length <= this.base + this.size;
  }

  /** Backs all of it with frames. */
  populateAll(): void {
    for (let gpa = this.base; gpa < this.base + this.size;) gpa += this.populate(gpa);
  }

  /**
   * Backs the page that holds `gpa` with frames and maps it: a megapage where one fits and a free run of RAM
   * allows it. Returns the page's size. Frames are zero: RAM is at power-on, and a frame has one owner in its life.
   */
  populate(gpa: number): number {
    assert(this.contains(gpa) && !this.#tables.lookup(gpa), 'only an empty page of guest RAM is populated');
    const large = gpa - (gpa % megapageSize);
    if (this.contains(large, megapageSize) && this.#back(large, megapageSize)) return megapageSize;
    if (this.#back(gpa - (gpa % frameSize), frameSize)) return frameSize;
    throw new StrataError('out-of-frames', 'internal', 'no free frame of RAM is left for guest memory');
  }

  /** Zeroes all that is backed, as at power-on. */
  clear(): void {
    for (const { hpa, pageSize } of this.#tables.mappings())
      this.#physical.poke(hpa, new Uint8Array(pageSize));
  }

  /** Where a guest-physical address is in the machine's RAM; undefined where it is not mapped. */
  hostAddress(gpa: number): number | undefined {
    return this.#tables.lookup(gpa)?.hpa;
  }

  /** A copy of bytes, without effects; undefined where not all of them are guest RAM. Unbacked pages are zero. */
  read(gpa: number, length: number): Uint8Array | undefined {
    return this.#get(gpa, length, (host, count) => this.#physical.peek(host, count));
  }

  /** false, and nothing written, where not all of it is guest RAM. */
  write(gpa: number, bytes: Uint8Array): boolean {
    return this.#put(gpa, bytes, (host, part) => this.#physical.poke(host, part));
  }

  /** Likewise, for bytes that nobody changes as long as the machine is there. */
  loadFile(gpa: number, bytes: Uint8Array): boolean {
    return this.#put(gpa, bytes, (host, part) => this.#physical.loadFile(host, part));
  }

  /** As a device of the guest reaches it: what is watched there tells of it by its name. */
  asSeenBy(device: string): DirectMemory {
    return {
      contains: (gpa, length) => this.contains(gpa, length),
      read: (gpa, length) =>
        this.#get(gpa, length, (host, count) => this.#physical.readFor(device, host, count)),
      write: (gpa, bytes) =>
        this.#put(gpa, bytes, (host, part) => this.#physical.writeFor(device, host, part)),
    };
  }

  #get(
    gpa: number,
    length: number,
    get: (host: number, count: number) => Uint8Array,
  ): Uint8Array | undefined {
    if (!this.contains(gpa, length)) return undefined;
    const bytes = new Uint8Array(length);
    this.#forEachPage(gpa, length, (at, count, done) => {
      const host = this.hostAddress(at);
      if (host !== undefined) bytes.set(get(host, count), done);
    });
    return bytes;
  }

  #put(gpa: number, bytes: Uint8Array, put: (host: number, part: Uint8Array) => void): boolean {
    if (!this.contains(gpa, bytes.length)) return false;
    this.#forEachPage(gpa, bytes.length, (at, count, done) => {
      if (this.hostAddress(at) === undefined) this.populate(at);
      const host = this.hostAddress(at);
      assert(host !== undefined, 'a populated page is mapped');
      put(host, bytes.subarray(done, done + count));
    });
    return true;
  }

  #back(gpa: number, size: number): boolean {
    // A megapage cannot take the place of pages that are mapped already.
    if (size > frameSize && this.#isPartlyMapped(gpa, size)) return false;
    const hpa = this.#frames.allocate(size, { kind: 'guest', guest: this.#guest, gpa });
    if (hpa === undefined) return false;
    this.#tables.map(gpa, hpa, size, allPermissions);
    return true;
  }

  #isPartlyMapped(gpa: number, size: number): boolean {
    for (let at = gpa; at < gpa + size; at += frameSize) if (this.#tables.lookup(at)) return true;
    return false;
  }

  #forEachPage(gpa: number, length: number, visit: (at: number, count: number, done: number) => void): void {
    for (let done = 0; done < length;) {
      const at = gpa + done;
      const count = Math.min(length - done, frameSize - (at % frameSize));
      visit(at, count, done);
      done += count;
    }
  }
}
