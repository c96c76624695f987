import { formatAddress } from '../../common/address.ts';
import { typeName } from '../../symbols/type-names.ts';
import { findMember, underlying, type EnumType, type RecordType } from '../../symbols/types.ts';
import { isCharacter, readInteger, stringIn } from './contents.ts';
import { elementOf, memberOf } from './parts.ts';
import { readFloat } from './float.ts';
import type { Surroundings } from './surroundings.ts';
import { symbolText } from './symbol-text.ts';
import { ExpressionFault, type TypedValue, type Value } from './value.ts';

/** Parts shown of a record or an array before it is opened: of itself, and of each record or array in it. */
const mostParts = [8, 3];
const deepestParts = mostParts.length;
/** A number so large is an address or a pattern of bits, not a count: hexadecimal says more. */
const beyondCounting = 1n << 48n;
/** Characters shown of a string. */
const longestText = 200;

/** A value in one line, as views show it. Never fails: what cannot be read is shown as such. */
export function formatValue(value: Value, surroundings: Surroundings, depth = 0): string {
  try {
    return format(value, surroundings, depth);
  } catch (thrown) {
    if (thrown instanceof ExpressionFault) return `<${thrown.message}>`;
    throw thrown;
  }
}

function format(value: Value, surroundings: Surroundings, depth: number): string {
  switch (value.kind) {
    case 'none':
      return 'none';
    case 'text':
      return value.text;
    case 'facts':
      return value.title();
    case 'list':
      return `{${value.items.map((item) => formatValue(item, surroundings, depth + 1)).join(', ')}}`;
    case 'typed':
      return formatTyped(value, surroundings, depth);
  }
}

function formatTyped(value: TypedValue, surroundings: Surroundings, depth: number): string {
  const type = underlying(value.type);
  switch (type.kind) {
    case 'base':
      return formatBase(value);
    case 'enum':
      return formatEnum(value, type);
    case 'pointer':
      return formatPointer(value, surroundings);
    case 'struct':
    case 'union':
    case 'class':
      return formatRecord(value, type, surroundings, depth);
    case 'array':
      return formatArray(value, type.count, surroundings, depth);
    case 'function': {
      const { memory } = value.place;
      const address = memory?.address ?? 0n;
      return value.label === undefined
        ? addressText(address, surroundings)
        : `${formatAddress(address)} → ${value.label}`;
    }
    case 'void':
      return 'void';
    case 'unknown': {
      const { memory } = value.place;
      return `<no type is known${memory ? ` for what is at ${formatAddress(memory.address)}: cast its address` : ''}>`;
    }
  }
}

function formatBase(value: TypedValue): string {
  const found = readInteger(value);
  if (!found.ok) {
    const float = readFloat(value);
    return float === undefined ? missing(found.reason) : String(float);
  }
  if (value.notation === 'hexadecimal') return formatAddress(BigInt.asUintN(64, found.value));
  const type = underlying(value.type);
  if (type.kind === 'base' && type.encoding === 'boolean')
    return found.value === 0n ? 'false' : found.value === 1n ? 'true' : String(found.value);
  if (found.value >= beyondCounting) return formatAddress(found.value);
  return isCharacter(type) ? characterText(found.value) : String(found.value);
}

/** The names of its flags, where no single name fits. */
function formatEnum(value: TypedValue, { enumerators }: EnumType): string {
  const found = readInteger(value);
  if (!found.ok) return missing(found.reason);
  const exact = enumerators.find((each) => each.value === found.value);
  if (exact) return exact.name;
  return flagNames(found.value, enumerators) ?? String(found.value);
}

function flagNames(value: bigint, enumerators: EnumType['enumerators']): string | undefined {
  const flags = enumerators.filter(({ value: flag }) => isSingleBit(flag) && (value & flag) !== 0n);
  const isWhole = flags.reduce((rest, { value: flag }) => rest & ~flag, value) === 0n;
  const areFlags = enumerators.every(({ value: flag }) => flag === 0n || isSingleBit(flag));
  return value !== 0n && isWhole && areFlags && flags.length > 1
    ? flags.map(({ name }) => name).join(' | ')
    : undefined;
}

function isSingleBit(value: bigint): boolean {
  return value > 0n && (value & (value - 1n)) === 0n;
}

function formatPointer(value: TypedValue, surroundings: Surroundings): string {
  const found = readInteger(value);
  if (!found.ok) return missing(found.reason);
  const text = stringIn(value, surroundings.virtual, longestText);
  if (text !== undefined && found.value !== 0n) return `${formatAddress(found.value)} ${quoted(text)}`;
  const isElsewhere = value.space !== undefined && value.space !== surroundings.virtual;
  return isElsewhere ? formatAddress(found.value) : addressText(found.value, surroundings);
}

function formatRecord(
  value: TypedValue,
  type: RecordType,
  surroundings: Surroundings,
  depth: number,
): string {
  if (!type.isComplete) return `<the members of ${typeName(type)} are not known>`;
  if (depth >= deepestParts) return '{…}';
  const names = memberNames(type);
  const most = mostParts[depth] ?? 0;
  const parts = names.slice(0, most).map((name) => {
    const member = memberOf(value, name, surroundings.virtual);
    return `${name} = ${formatValue(member, surroundings, depth + 1)}`;
  });
  return `{${[...parts, ...(names.length > most ? ['…'] : [])].join(', ')}}`;
}

/** Of anonymous records within it, the members count as its own, as in C. */
export function memberNames(type: RecordType, depth = 0): readonly string[] {
  return type.members.flatMap(({ name, type: inner }) => {
    if (name !== undefined) return [name];
    const record = underlying(inner);
    const isRecord = record.kind === 'struct' || record.kind === 'union' || record.kind === 'class';
    return isRecord && depth < 8
      ? memberNames(record, depth + 1).filter((each) => findMember(type, each))
      : [];
  });
}

function formatArray(
  value: TypedValue,
  count: number | undefined,
  surroundings: Surroundings,
  depth: number,
): string {
  const text = stringIn(value, surroundings.virtual, longestText);
  if (text !== undefined) return quoted(text);
  if (count === undefined) return '[…]';
  if (depth >= deepestParts) return `[${count}]`;
  const most = mostParts[depth] ?? 0;
  const shown = Array.from({ length: Math.min(count, most) }, (_, index) =>
    formatValue(elementOf(value, BigInt(index), surroundings.virtual), surroundings, depth + 1),
  );
  return `[${count}] {${[...shown, ...(count > most ? ['…'] : [])].join(', ')}}`;
}

/** An address, and the symbol that it lies in. */
function addressText(address: bigint, surroundings: Surroundings): string {
  const symbol = symbolText(address, surroundings);
  return symbol === undefined ? formatAddress(address) : `${formatAddress(address)} → ${symbol}`;
}

function characterText(code: bigint): string {
  const shown = code >= 0x20n && code < 0x7fn ? String.fromCharCode(Number(code)) : escapes[Number(code)];
  return shown === undefined ? String(code) : `${code} '${shown}'`;
}

/** As C writes a string, with what cannot be seen escaped. */
function quoted(text: string): string {
  const escaped = text.replaceAll(unseen, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (character === '"' || character === '\\') return `\\${character}`;
    return escapes[code] ?? `\\x${code.toString(16).padStart(2, '0')}`;
  });
  return `"${escaped}"${text.length >= longestText ? '…' : ''}`;
}

const unseen = /["\\\p{Cc}]/gu;

const escapes: Readonly<Record<number, string>> = {
  0: '\\0',
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
  27: '\\e',
};

/** Why a variable shows no value. */
function missing(reason: string): string {
  return `<${reason}>`;
}
