import { sizeOf, underlying, type Type } from '../../symbols/types.ts';
import { decodeUtf8 } from '../../common/utf8.ts';
import { fromBytes, INT, integerOf, toBytes, UNSIGNED_LONG, wrapped, type IntegerShape } from './integers.ts';
import { computed } from './places.ts';
import { ExpressionFault, type Place, type Space, type TypedValue, type Value } from './value.ts';

/** A computed number of an integer type. */
export function numberValue(value: bigint, type: Type = INT): TypedValue {
  const shape = integerOf(type) ?? { byteSize: sizeOf(type) ?? 8, isSigned: false };
  return { kind: 'typed', type, place: computed(toBytes(value, shape.byteSize)) };
}

/** A number that is an address, or other machine state: 64 bits, shown in hexadecimal. */
export function machineWord(value: bigint, space?: Space): TypedValue {
  return { ...numberValue(value, UNSIGNED_LONG), notation: 'hexadecimal', ...(space && { space }) };
}

/** What reading gave: the number, or why there is none. */
export type ReadInteger =
  { readonly ok: true; readonly value: bigint } | { readonly ok: false; readonly reason: string };

/** Reads a scalar as a number: an integer with its sign, or an address. */
export function readInteger({ type, place, bits }: TypedValue): ReadInteger {
  const shape = scalarShape(type);
  if (shape === undefined) return { ok: false, reason: 'it is no number' };
  if (bits) return readBits(place, bits, shape);
  const found = place.read(0, shape.byteSize);
  return found.ok ? { ok: true, value: wrapped(fromBytes(found.bytes), shape) } : found;
}

/** The number that a value counts as in arithmetic; arrays and functions count as their address (C11 6.3.2.1). */
export function integerIn(value: Value): bigint {
  if (value.kind !== 'typed') throw new ExpressionFault(notANumber(value));
  const { kind } = underlying(value.type);
  if (kind === 'array' || kind === 'function') return addressOf(value);
  const found = readInteger(value);
  if (!found.ok) throw new ExpressionFault(`there is no number here: ${found.reason}`);
  return found.value;
}

/** Where a value lies in memory. */
export function addressOf(value: Value): bigint {
  const memory = value.kind === 'typed' ? value.place.memory : undefined;
  if (memory === undefined || (value.kind === 'typed' && value.bits))
    throw new ExpressionFault('this does not lie in memory, so it has no address');
  return memory.address;
}

/** Is a value true, as a condition? */
export function isTruthy(value: Value): boolean {
  switch (value.kind) {
    case 'none':
      return false;
    case 'text':
    case 'facts':
    case 'list':
      return true;
    case 'typed':
      return integerIn(value) !== 0n;
  }
}

/** Longest string that is read from a guest, in bytes. */
const longestString = 4096;

/**
 * The string that a value is or points to: text, an array of characters up to its first zero, or what a
 * `char *` points to; `undefined` for anything else. Pointers lead into `space`, unless they carry their own.
 */
export function stringIn(value: Value, space: Space, limit = longestString): string | undefined {
  const bytes = value.kind === 'typed' ? stringBytes(value, space, limit) : undefined;
  if (bytes === undefined) return value.kind === 'text' ? value.text : undefined;
  const end = bytes.indexOf(0);
  return decodeUtf8(bytes, 0, end < 0 ? bytes.length : end);
}

function stringBytes(value: TypedValue, space: Space, limit: number): Uint8Array | undefined {
  const type = underlying(value.type);
  if (type.kind === 'pointer' && isCharacter(type.target)) {
    const address = readInteger(value);
    const found = address.ok ? (value.space ?? space).read(address.value, limit) : undefined;
    // Nothing there is no empty string.
    return found?.length === 0 ? undefined : found;
  }
  if (type.kind !== 'array' || !isCharacter(type.element)) return undefined;
  const { memory } = value.place;
  if (type.count === undefined) return memory?.space.read(memory.address, limit);
  const found = value.place.read(0, Math.min(limit, type.count));
  return found.ok ? found.bytes : undefined;
}

/** What strings consist of: `char`. To a kernel, `unsigned char` and `uint8_t` are bytes, not text. */
export function isCharacter(type: Type): boolean {
  const plain = underlying(type);
  return plain.kind === 'base' && plain.byteSize === 1 && plain.name === 'char';
}

/** Writes a number into a scalar; why it could not, where it could not. */
export function writeInteger({ type, place, bits }: TypedValue, value: bigint): string | undefined {
  const shape = scalarShape(type);
  if (shape === undefined || place.write === undefined) return 'this cannot be changed';
  if (!bits) return place.write(0, toBytes(value, shape.byteSize));
  const length = Math.ceil((bits.bitOffset + bits.bitSize) / 8);
  const found = place.read(0, length);
  if (!found.ok) return found.reason;
  const shift = BigInt(bits.bitOffset);
  const mask = ((1n << BigInt(bits.bitSize)) - 1n) << shift;
  const whole = (fromBytes(found.bytes) & ~mask) | ((value << shift) & mask);
  return place.write(0, toBytes(whole, length));
}

/** Of integers and of pointers, which are numbers of eight bytes. */
export function scalarShape(type: Type): IntegerShape | undefined {
  const plain = underlying(type);
  return plain.kind === 'pointer' ? { byteSize: plain.byteSize, isSigned: false } : integerOf(plain);
}

function readBits(
  place: Place,
  { bitOffset, bitSize }: { readonly bitOffset: number; readonly bitSize: number },
  { isSigned }: IntegerShape,
): ReadInteger {
  const found = place.read(0, Math.ceil((bitOffset + bitSize) / 8));
  if (!found.ok) return found;
  const content = fromBytes(found.bytes) >> BigInt(bitOffset);
  return { ok: true, value: isSigned ? BigInt.asIntN(bitSize, content) : BigInt.asUintN(bitSize, content) };
}

function notANumber(value: Exclude<Value, TypedValue>): string {
  switch (value.kind) {
    case 'text':
      return `the text "${value.text}" is no number`;
    case 'none':
      return 'there is no value here';
    case 'facts':
    case 'list':
      return 'this has parts; name one of them';
  }
}
