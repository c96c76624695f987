import type { BaseEncoding, BaseType, Type } from './types.ts';
import { VOID } from './types.ts';

/** Sizes of the psABI's LP64. */
const BASE_TYPES: Readonly<Record<string, readonly [byteSize: number, encoding: BaseEncoding]>> = {
  // psABI: char is unsigned.
  char: [1, 'unsigned-character'],
  'signed char': [1, 'signed-character'],
  'unsigned char': [1, 'unsigned-character'],
  short: [2, 'signed'],
  'unsigned short': [2, 'unsigned'],
  int: [4, 'signed'],
  'unsigned int': [4, 'unsigned'],
  long: [8, 'signed'],
  'unsigned long': [8, 'unsigned'],
  'long long': [8, 'signed'],
  'unsigned long long': [8, 'unsigned'],
  __int128: [16, 'signed'],
  'unsigned __int128': [16, 'unsigned'],
  _Bool: [1, 'boolean'],
  float: [4, 'float'],
  double: [8, 'float'],
};

/** Names that a kernel programmer expects although no unit of the image may define them. */
const FAMILIAR: Readonly<Record<string, string>> = {
  bool: '_Bool',
  int8_t: 'signed char',
  uint8_t: 'unsigned char',
  int16_t: 'short',
  uint16_t: 'unsigned short',
  int32_t: 'int',
  uint32_t: 'unsigned int',
  int64_t: 'long',
  uint64_t: 'unsigned long',
  intptr_t: 'long',
  uintptr_t: 'unsigned long',
  ptrdiff_t: 'long',
  size_t: 'unsigned long',
  ssize_t: 'long',
};

/** A standard type by its words in any order, as in `unsigned long`; `undefined` for any other name. */
export function standardType(words: readonly string[]): Type | undefined {
  const [only] = words;
  if (words.length === 1 && only === 'void') return VOID;
  const familiar = words.length === 1 && only !== undefined ? FAMILIAR[only] : undefined;
  return baseType(familiar ?? canonicalName(words) ?? '');
}

function baseType(name: string): BaseType | undefined {
  const known = Object.hasOwn(BASE_TYPES, name) ? BASE_TYPES[name] : undefined;
  return known && { kind: 'base', name, byteSize: known[0], encoding: known[1] };
}

/** A compiler's name of a base type as a person writes it: `long unsigned int` is `unsigned long`. */
export function familiarName(name: string): string {
  return canonicalName(name.split(' ')) ?? name;
}

/** C11 6.7.2: the specifiers of an integer type may stand in any order, and `int` may be left out. */
function canonicalName(words: readonly string[]): string | undefined {
  const count = (word: string): number => words.filter((each) => each === word).length;
  const unsigned = count('unsigned');
  const signed = count('signed');
  const longs = count('long');
  const short = count('short');
  const others = words.filter((word) => !['unsigned', 'signed', 'long', 'short', 'int'].includes(word));
  if (unsigned + signed > 1 || longs > 2 || short > 1 || short * longs > 0 || count('int') > 1)
    return undefined;
  const [other] = others;
  if (other !== undefined) {
    if (others.length > 1 || longs + short + count('int') > 0) return undefined;
    if (other === 'char') return unsigned ? 'unsigned char' : signed ? 'signed char' : 'char';
    if (other === '__int128') return unsigned ? 'unsigned __int128' : '__int128';
    return unsigned + signed > 0 ? undefined : other;
  }
  if (words.length === 0) return undefined;
  const size = longs === 2 ? 'long long' : longs === 1 ? 'long' : short ? 'short' : 'int';
  return unsigned ? `unsigned ${size}` : size;
}
