import { latin1 } from './latin1.ts';

/**
 * UTF-8 to text; a malformed sequence gives U+FFFD. Written here because the core has neither the DOM's nor
 * Node's coders; names and paths are nearly all ASCII, which takes no loop but the first.
 */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  let plain = start;
  while (plain < end && (bytes[plain] ?? 0) < 0x80) plain++;
  // At once: V8 keeps what was put together letter by letter as a chain of all its beginnings.
  let text = latin1(bytes.subarray(start, plain));
  for (let at = plain; at < end;) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x80) {
      text += String.fromCharCode(byte);
      at++;
      continue;
    }
    const length =
      byte >= 0xf0 && byte < 0xf5 ? 4 : byte >= 0xe0 && byte < 0xf0 ? 3 : byte >= 0xc2 && byte < 0xe0 ? 2 : 0;
    const point = length > 0 && at + length <= end ? continuation(bytes, at, length) : -1;
    if (point < 0) {
      text += '\u{fffd}';
      at++;
    } else {
      text += String.fromCodePoint(point);
      at += length;
    }
  }
  return text;
}

/** The code point of a sequence of `length` bytes, or -1 when a byte of it, or what it encodes, is not allowed. */
function continuation(bytes: Uint8Array, at: number, length: number): number {
  let point = (bytes[at] ?? 0) & (0x7f >> length);
  for (let next = 1; next < length; next++) {
    const byte = bytes[at + next] ?? 0;
    if ((byte & 0xc0) !== 0x80) return -1;
    point = (point << 6) | (byte & 0x3f);
  }
  const shortest = length === 2 ? 0x80 : length === 3 ? 0x800 : 0x1_0000;
  const surrogate = point >= 0xd800 && point < 0xe000;
  return point < shortest || surrogate || point > 0x10_ffff ? -1 : point;
}

/** The inverse of `decodeUtf8`; half a surrogate pair becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const letter of text) {
    const point = letter.codePointAt(0) ?? 0;
    if (point < 0x80) bytes.push(point);
    else if (point < 0x800) bytes.push(0xc0 | (point >> 6), tail(point));
    else if (point >= 0xd800 && point < 0xe000) bytes.push(0xef, 0xbf, 0xbd);
    else if (point < 0x1_0000) bytes.push(0xe0 | (point >> 12), tail(point >> 6), tail(point));
    else bytes.push(0xf0 | (point >> 18), tail(point >> 12), tail(point >> 6), tail(point));
  }
  return Uint8Array.from(bytes);
}

function tail(bits: number): number {
  return 0x80 | (bits & 0x3f);
}
