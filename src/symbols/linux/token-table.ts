import { latin1 } from '../../common/latin1.ts';

/** kallsyms_token_table, with kallsyms_token_index behind it: what each byte of a compressed name stands for. */
export interface Tokens {
  readonly texts: readonly string[];
  /** Where the table begins. */
  readonly start: number;
  /** Where its index ends. */
  readonly end: number;
  /** The tables begin at multiples of this many bytes: of a pointer's size, or in newer kernels of 4. */
  readonly alignment: 4 | 8;
}

const tokenCount = 256;
const longestToken = 512;
const digitZero = 0x30;

/**
 * Token tables in a kernel's image. A character that occurs in names is a token of its own, under its own number; so
 * the digits stand in a row, and the index tells how far before them the table begins, and checks all the rest.
 */
export function* readTokens(image: Uint8Array): Generator<Tokens> {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  for (const digits of findDigits(image)) {
    const tail = tokensFrom(image, digits, tokenCount - digitZero);
    if (tail === undefined) continue;
    for (const alignment of [8, 4] as const) {
      const index = align(tail.end, alignment);
      if (index + 2 * tokenCount > image.length) continue;
      const start = digits - view.getUint16(index + 2 * digitZero, true);
      const all = start < 0 ? undefined : tokensFrom(image, start, tokenCount);
      if (all === undefined || all.end !== tail.end) continue;
      const agrees = all.positions.every(
        (at, token) => view.getUint16(index + 2 * token, true) === at - start,
      );
      if (agrees) yield { texts: all.texts, start, end: index + 2 * tokenCount, alignment };
    }
  }
}

/** Where `0`, `1` … `9` stand, each with its NUL: 20 bytes, of which every 18th pair of the image hits one. */
function* findDigits(image: Uint8Array): Generator<number> {
  for (let at = 0; at + 1 < image.length; at += 18) {
    const one = (image[at] ?? 0) - digitZero;
    const other = (image[at + 1] ?? 0) - digitZero;
    const first = other === -digitZero ? at - 2 * one : one === -digitZero ? at + 1 - 2 * other : -1;
    if (first >= 0 && areDigits(image, first)) yield first;
  }
}

function areDigits(image: Uint8Array, at: number): boolean {
  for (let digit = 0; digit < 10; digit++)
    if (image[at + 2 * digit] !== digitZero + digit || image[at + 2 * digit + 1] !== 0) return false;
  return true;
}

function tokensFrom(
  image: Uint8Array,
  start: number,
  count: number,
): { readonly texts: string[]; readonly positions: number[]; readonly end: number } | undefined {
  const texts: string[] = [];
  const positions: number[] = [];
  let at = start;
  for (let token = 0; token < count; token++) {
    const end = image.indexOf(0, at);
    if (end < 0 || end - at > longestToken) return undefined;
    positions.push(at);
    texts.push(latin1(image.subarray(at, end)));
    at = end + 1;
  }
  return { texts, positions, end: at };
}

/** The next multiple of a power of two. */
export function align(offset: number, alignment: number): number {
  return (offset + alignment - 1) & -alignment;
}
