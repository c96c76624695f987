import type { Location, LocationPiece, ReadMemory } from './dwarf/location.ts';
import type { FrameRegisters } from './unwind.ts';

/** A value's bytes, lowest first, or why they cannot be had, for people. */
export type ReadBytes =
  { readonly ok: true; readonly bytes: Uint8Array } | { readonly ok: false; readonly reason: string };

/** More than any variable that is worth showing whole, and less than would exhaust the host. */
const MOST_BYTES = 1 << 24;

/** Fetches the bytes of a value of a known size from wherever a location says that they are. */
export function readLocation(
  location: Location,
  byteSize: number,
  frame: FrameRegisters | undefined,
  readMemory: ReadMemory,
): ReadBytes {
  if (byteSize > MOST_BYTES) return failed(`too large to read: ${byteSize} bytes`);
  switch (location.kind) {
    case 'address': {
      const bytes = readMemory(location.address, byteSize);
      if (bytes && bytes.length >= byteSize) return { ok: true, bytes: bytes.subarray(0, byteSize) };
      return failed(`memory at 0x${location.address.toString(16)} cannot be read`);
    }
    case 'register': {
      const value = frame?.x[location.register];
      return value === undefined
        ? failed(`register ${location.register} is not known in this frame`)
        : { ok: true, bytes: littleEndian(value, byteSize) };
    }
    case 'value':
      return { ok: true, bytes: littleEndian(location.value, byteSize) };
    case 'bytes':
      return { ok: true, bytes: padded(location.bytes, byteSize) };
    case 'pieces':
      return readPieces(location.pieces, byteSize, frame, readMemory);
    case 'unavailable':
      return failed(location.reason);
  }
}

/** DWARF 2.6.1.2: pieces follow one another from the lowest bit of the value on. */
function readPieces(
  pieces: readonly LocationPiece[],
  byteSize: number,
  frame: FrameRegisters | undefined,
  readMemory: ReadMemory,
): ReadBytes {
  let value = 0n;
  let filled = 0;
  for (const { bitSize, bitOffset, location } of pieces) {
    if (filled >= byteSize * 8) break;
    const found = readLocation(location, Math.ceil((bitOffset + bitSize) / 8), frame, readMemory);
    // A part that is missing makes the whole unreadable: zeros in its place would be a lie.
    if (!found.ok) return failed(pieces.length === 1 ? found.reason : `in part ${found.reason}`);
    const bits = BigInt.asUintN(bitSize, fromLittleEndian(found.bytes) >> BigInt(bitOffset));
    value |= bits << BigInt(filled);
    filled += bitSize;
  }
  return { ok: true, bytes: littleEndian(value, byteSize) };
}

function failed(reason: string): ReadBytes {
  return { ok: false, reason };
}

function littleEndian(value: bigint, byteSize: number): Uint8Array {
  const bytes = new Uint8Array(byteSize);
  let rest = value;
  for (let index = 0; index < byteSize && rest !== 0n; index++) {
    bytes[index] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}

function fromLittleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let index = bytes.length - 1; index >= 0; index--) value = (value << 8n) | BigInt(bytes[index] ?? 0);
  return value;
}

function padded(bytes: Uint8Array, byteSize: number): Uint8Array {
  const whole = new Uint8Array(byteSize);
  whole.set(bytes.subarray(0, byteSize));
  return whole;
}
