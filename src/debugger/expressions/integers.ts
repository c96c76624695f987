import { underlying, type BaseType, type Type } from '../../symbols/types.ts';

/** Width and sign of a type whose values are integers. */
export interface IntegerShape {
  readonly byteSize: number;
  readonly isSigned: boolean;
}

/** The shape of integers, characters, booleans and enums; `undefined` for every other type. */
export function integerOf(type: Type): IntegerShape | undefined {
  const plain = underlying(type);
  if (plain.kind === 'enum') return { byteSize: plain.byteSize, isSigned: plain.isSigned };
  if (plain.kind !== 'base' || plain.byteSize < 1 || plain.byteSize > 16) return undefined;
  switch (plain.encoding) {
    case 'signed':
    case 'signed-character':
      return { byteSize: plain.byteSize, isSigned: true };
    case 'unsigned':
    case 'unsigned-character':
    case 'boolean':
      return { byteSize: plain.byteSize, isSigned: false };
    case 'float':
    case 'other':
      return undefined;
  }
}

/** The types that arithmetic has, by the names that GCC gives them. */
export const INT: BaseType = { kind: 'base', name: 'int', byteSize: 4, encoding: 'signed' };
const UNSIGNED_INT: BaseType = { kind: 'base', name: 'unsigned int', byteSize: 4, encoding: 'unsigned' };
/** 64 bits, signed. */
export const LONG: BaseType = { kind: 'base', name: 'long int', byteSize: 8, encoding: 'signed' };
/** What addresses and registers are as numbers. */
export const UNSIGNED_LONG: BaseType = {
  kind: 'base',
  name: 'long unsigned int',
  byteSize: 8,
  encoding: 'unsigned',
};
/** What a fact is that holds or does not. */
export const BOOLEAN: BaseType = { kind: 'base', name: '_Bool', byteSize: 1, encoding: 'boolean' };
const INT128: BaseType = { kind: 'base', name: '__int128', byteSize: 16, encoding: 'signed' };
const UNSIGNED_INT128: BaseType = {
  kind: 'base',
  name: '__int128 unsigned',
  byteSize: 16,
  encoding: 'unsigned',
};

function arithmeticType({ byteSize, isSigned }: IntegerShape): BaseType {
  if (byteSize > 8) return isSigned ? INT128 : UNSIGNED_INT128;
  if (byteSize > 4) return isSigned ? LONG : UNSIGNED_LONG;
  return isSigned ? INT : UNSIGNED_INT;
}

/** C11 6.3.1.1: what is narrower than int becomes int. A bit-field counts by its bits. */
export function promoted(shape: IntegerShape, bitSize = 8 * shape.byteSize): BaseType {
  if (bitSize < 32 || shape.byteSize < 4) return INT;
  return arithmeticType(shape);
}

/** C11 6.3.1.8, the usual arithmetic conversions of two promoted types. */
export function common(a: BaseType, b: BaseType): BaseType {
  if (a.byteSize !== b.byteSize) return a.byteSize > b.byteSize ? a : b;
  return a.encoding === 'unsigned' ? a : b;
}

/** C11 6.4.4.1: the first type that a literal fits. Only decimal ones without suffix do not become unsigned. */
export function literalType(
  value: bigint,
  literal: { readonly sign: 'unsigned' | 'signed' | 'either'; readonly width: 'long' | 'any' },
): BaseType {
  const { sign, width } = literal;
  const fits = (bits: number): boolean => value < 1n << BigInt(bits);
  if (width === 'any' && sign !== 'unsigned' && fits(31)) return INT;
  if (width === 'any' && sign !== 'signed' && fits(32)) return UNSIGNED_INT;
  return sign !== 'unsigned' && fits(63) ? LONG : UNSIGNED_LONG;
}

/** A number as a type holds it: cut to its width, with its sign. */
export function wrapped(value: bigint, { byteSize, isSigned }: IntegerShape): bigint {
  return isSigned ? BigInt.asIntN(8 * byteSize, value) : BigInt.asUintN(8 * byteSize, value);
}

/** Little-endian, as many bytes as told. */
export function toBytes(value: bigint, byteSize: number): Uint8Array {
  const bytes = new Uint8Array(byteSize);
  let rest = BigInt.asUintN(8 * byteSize, value);
  for (let index = 0; index < byteSize; index++, rest >>= 8n) bytes[index] = Number(rest & 0xffn);
  return bytes;
}

/** An unsigned number of little-endian bytes. */
export function fromBytes(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let index = bytes.length - 1; index >= 0; index--) value = (value << 8n) | BigInt(bytes[index] ?? 0);
  return value;
}
