import { SnappyCompressor } from 'snappyjs/snappy_compressor.js';
import { SnappyDecompressor } from 'snappyjs/snappy_decompressor.js';
import { assert } from '../common/errors.ts';

/*
 * By the package's two classes: `compress` and `uncompress`, which call them, make a buffer for each block, and such
 * buffers, in the way until they are collected, were 30 MiB of the adapter after a Linux boot.
 */

/** Packs a block of memory, in little time. One that would not become shorter stays as it is: its length tells. */
export function pack(block: Uint8Array): Uint8Array {
  const compressor = new SnappyCompressor(block);
  const room = compressor.maxCompressedLength();
  if (scratch.length < room) scratch = new Uint8Array(room);
  const length = compressor.compressToBuffer(scratch);
  return length < block.length ? scratch.slice(0, length) : block.slice();
}

/** The inverse of `pack`, for a block of the same length. */
export function unpack(packed: Uint8Array, block: Uint8Array): void {
  if (packed.length === block.length) {
    block.set(packed);
    return;
  }
  const decompressor = new SnappyDecompressor(packed);
  assert(decompressor.readUncompressedLength() === block.length, 'a block is unpacked to where it fits');
  assert(decompressor.uncompressToBuffer(block), 'nobody else writes what is packed');
}

/** A block is packed before it is known whether it becomes shorter. */
let scratch = new Uint8Array(0);
