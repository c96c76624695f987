import { type Enumerator, type Member, type Type, sizeOf } from '../types.ts';
import { DW_AT, DW_TAG } from './constants.ts';
import type { Entry } from './entry.ts';
import { evaluateToNumber } from './expression.ts';
import type { ExpressionContext } from './location.ts';

/** The member or base class that a child of a record describes; `undefined` for what has no place in the record. */
export function readMember(entry: Entry, typeOf: (entry: Entry) => Type): Member | undefined {
  const isBase = entry.tag === DW_TAG.inheritance;
  // C++: a member that is only declared here is static, and lies elsewhere.
  if ((entry.tag !== DW_TAG.member && !isBase) || entry.flag(DW_AT.declaration)) return undefined;
  const name = isBase ? undefined : entry.string(DW_AT.name);
  const type = typeOf(entry);
  const bitSize = entry.size(DW_AT.bit_size);
  if (bitSize === undefined) return { name, type, byteOffset: memberOffset(entry), bitField: undefined };
  const bits = firstBit(entry, type, bitSize);
  return { name, type, byteOffset: Math.floor(bits / 8), bitField: { bitOffset: bits % 8, bitSize } };
}

/** DW_AT_data_member_location: a constant, or before DWARF 4 an expression on the record's address. */
function memberOffset(entry: Entry): number {
  const attribute = entry.attribute(DW_AT.data_member_location);
  const block = attribute?.block();
  if (!block) return attribute?.size() ?? 0;
  const offset = evaluateToNumber(block, NO_CONTEXT, [0n]) ?? 0n;
  return offset <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(offset) : 0;
}

/** Counted from the record's lowest bit. DWARF 5, 5.7.6; DWARF 3, 5.5.6 counts from the highest of a storage unit. */
function firstBit(entry: Entry, type: Type, bitSize: number): number {
  const direct = entry.size(DW_AT.data_bit_offset);
  if (direct !== undefined) return direct;
  const storage = entry.size(DW_AT.byte_size) ?? sizeOf(type) ?? 0;
  const fromTop = entry.size(DW_AT.bit_offset);
  const offset = memberOffset(entry) * 8;
  return fromTop === undefined ? offset : Math.max(0, offset + storage * 8 - fromTop - bitSize);
}

/** The enumerator that a child of an enum describes. */
export function readEnumerator(entry: Entry): Enumerator | undefined {
  const name = entry.string(DW_AT.name);
  const value = entry.attribute(DW_AT.const_value)?.constant();
  return entry.tag === DW_TAG.enumerator && name !== undefined && value !== undefined
    ? { name, value }
    : undefined;
}

/** How many elements a dimension of an array has; `undefined` where only the running program knows. */
export function subrangeCount(entry: Entry): number | undefined {
  const count = entry.size(DW_AT.count);
  if (count !== undefined) return count;
  const upper = entry.attribute(DW_AT.upper_bound)?.constant();
  // GCC writes int[0] with an upper bound of -1, in any width.
  if (upper === undefined || upper > BigInt(Number.MAX_SAFE_INTEGER))
    return upper === undefined ? undefined : 0;
  return Math.max(0, Number(upper) + 1);
}

/** Where a member lies depends on nothing but the record. */
const NO_CONTEXT: ExpressionContext = {
  register: () => undefined,
  readMemory: () => undefined,
  frameBase: () => undefined,
  cfa: () => undefined,
  indexedAddress: () => undefined,
  baseType: () => undefined,
};
