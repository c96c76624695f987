import { assert } from '../common/errors.ts';

/**
 * Packs a block of memory: what occurred in it before is said by its place (Lempel and Ziv, 1977). It is made to take
 * little time; no other software knows the format.
 *
 * A packed block is a row of pieces: a byte with two lengths, so many bytes as they are, and how far back so many bytes
 * stand that come next. The high half of the first byte counts the former, the low half the latter less `shortestMatch`;
 * where a half is 15, bytes to be added follow, the last of which is not 255. The last piece ends after its bytes.
 * A block that would not become shorter stays as it is: its length tells.
 */
export function pack(block: Uint8Array): Uint8Array {
  const end = block.length;
  assert(end <= mostBytes, 'a distance has 16 bits');
  const view = new DataView(block.buffer, block.byteOffset, end);
  places.fill(0);
  let out = 0;
  let from = 0;
  let at = 1;
  while (at + shortestMatch <= end) {
    const word = view.getInt32(at, true);
    const slot = Math.imul(word, spread) >>> slotShift;
    const before = places[slot] as number;
    places[slot] = at;
    if (view.getInt32(before, true) !== word) {
      // Where nothing was found for long, nothing may be to be found.
      at += 1 + ((at - from) >> 6);
      continue;
    }
    const length = matchLength(view, before, at);
    out = putPiece(block, from, at, length - shortestMatch, out);
    scratch[out++] = at - before;
    scratch[out++] = (at - before) >> 8;
    out = putLength(length - shortestMatch, out);
    if (out >= end) return block.slice();
    at += length;
    from = at;
  }
  out = putPiece(block, from, end, 0, out);
  return out < end ? scratch.slice(0, out) : block.slice();
}

/** The inverse of `pack`, for a block of the same length. */
export function unpack(packed: Uint8Array, block: Uint8Array): void {
  if (packed.length === block.length) {
    block.set(packed);
    return;
  }
  let at = 0;
  let to = 0;
  const length = (half: number): number => {
    if (half < longHalf) return half;
    for (let sum = half; ;) {
      const more = packed[at++] as number;
      sum += more;
      if (more < 255) return sum;
    }
  };
  for (;;) {
    const lengths = packed[at++] as number;
    const plain = length(lengths >> 4);
    copy(packed, at, block, to, plain);
    at += plain;
    to += plain;
    if (to === block.length) return;
    const distance = (packed[at++] as number) | ((packed[at++] as number) << 8);
    const again = shortestMatch + length(lengths & 15);
    // What is copied may be of what is copied, byte after byte: most often one that is repeated.
    if (distance === 1) block.fill(block[to - 1] as number, to, to + again);
    else if (distance >= again) copy(block, to - distance, block, to, again);
    else
      for (let index = 0; index < again; index++) block[to + index] = block[to + index - distance] as number;
    to += again;
  }
}

/** Puts the lengths of a piece and its plain bytes to `start` in `scratch`, and returns where they end. */
function putPiece(block: Uint8Array, from: number, to: number, match: number, start: number): number {
  const plain = to - from;
  scratch[start] = (Math.min(plain, longHalf) << 4) | Math.min(match, longHalf);
  const out = putLength(plain, start + 1);
  copy(block, from, scratch, out, plain);
  return out + plain;
}

function putLength(length: number, start: number): number {
  if (length < longHalf) return start;
  let out = start;
  let rest = length - longHalf;
  for (; rest >= 255; rest -= 255) scratch[out++] = 255;
  scratch[out++] = rest;
  return out;
}

function matchLength(view: DataView, before: number, at: number): number {
  const distance = at - before;
  let end = at + shortestMatch;
  while (end + 4 <= view.byteLength && view.getInt32(end, true) === view.getInt32(end - distance, true))
    end += 4;
  while (end < view.byteLength && view.getUint8(end) === view.getUint8(end - distance)) end++;
  return end - at;
}

/** A few bytes are copied sooner than they are asked for. */
function copy(source: Uint8Array, from: number, target: Uint8Array, to: number, count: number): void {
  if (count > 48) target.set(source.subarray(from, from + count), to);
  else for (let index = 0; index < count; index++) target[to + index] = source[from + index] as number;
}

const mostBytes = 0x1_0000;
const shortestMatch = 4;
const longHalf = 15;
/** 2^32 by the golden ratio: the upper bits of a product depend on all of the word. */
const spread = 0x9e37_79b1;
const slotShift = 20;
/** Where a word with the same upper bits was seen last. */
const places = new Uint16Array(1 << (32 - slotShift));
/** A piece is written before it is known whether the block becomes shorter. */
const scratch = new Uint8Array(3 * mostBytes);
