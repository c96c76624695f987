import { assert } from '../../common/errors.ts';
import type { DirectMemory } from './direct-memory.ts';

/** A part of RAM that a descriptor names; all of it is RAM. */
export interface BufferPart {
  readonly address: number;
  readonly length: number;
}

/** A request of the driver: buffers for the device to read, then buffers for it to write (Virtio 2.7.4.2). */
export class DescriptorChain {
  /** Index of the first descriptor: what the used ring names it by. */
  readonly head: number;
  readonly readable: readonly BufferPart[];
  readonly writable: readonly BufferPart[];
  readonly readableBytes: number;
  readonly writableBytes: number;
  readonly #memory: DirectMemory;

  constructor(
    memory: DirectMemory,
    head: number,
    parts: { readonly readable: readonly BufferPart[]; readonly writable: readonly BufferPart[] },
  ) {
    this.head = head;
    this.readable = parts.readable;
    this.writable = parts.writable;
    this.readableBytes = total(parts.readable);
    this.writableBytes = total(parts.writable);
    this.#memory = memory;
  }

  /** Bytes that the driver wrote for the device, from `offset` on; fewer than `length` where they end. */
  read(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.readableBytes - offset)));
    forEachPart(this.readable, offset, bytes.length, (address, done, count) => {
      const part = this.#memory.read(address, count);
      assert(part !== undefined, 'a chain lies in RAM');
      bytes.set(part, done);
    });
    return bytes;
  }

  /** Writes for the driver, `offset` bytes into the writable buffers; how many bytes found room. */
  write(offset: number, bytes: Uint8Array): number {
    const length = Math.max(0, Math.min(bytes.length, this.writableBytes - offset));
    forEachPart(this.writable, offset, length, (address, done, count) => {
      const written = this.#memory.write(address, bytes.subarray(done, done + count));
      assert(written, 'a chain lies in RAM');
    });
    return length;
  }
}

function total(parts: readonly BufferPart[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

function forEachPart(
  parts: readonly BufferPart[],
  offset: number,
  length: number,
  visit: (address: number, done: number, count: number) => void,
): void {
  let skip = offset;
  let done = 0;
  for (const part of parts) {
    if (done === length) return;
    if (skip >= part.length) {
      skip -= part.length;
      continue;
    }
    const count = Math.min(part.length - skip, length - done);
    visit(part.address + skip, done, count);
    done += count;
    skip = 0;
  }
}
