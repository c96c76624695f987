import type { ListedSymbol } from '../../../src/symbols/linux/kallsyms.ts';

/**
 * Where the addresses stand: before the names until Linux 6.3, behind the tokens since; in newer ones each counts from
 * its own place, and tables begin at multiples of 4.
 */
export type Layout = 'addresses-first' | 'names-first' | 'place-relative';

/** Writes symbols as scripts/kallsyms.c does, with a few tokens of two characters, into the midst of other bytes. */
export function writeKallsyms(
  symbols: readonly ListedSymbol[],
  { layout, base, filler = 64 }: { readonly layout: Layout; readonly base: bigint; readonly filler?: number },
): Uint8Array {
  const names = symbols.map(({ type, name }) => `${type}${name}`);
  const tokens = tokensFor(names);
  const encoded = names.map((name) => compress(name, tokens));
  const positions: number[] = [];
  const nameBytes: number[] = [];
  encoded.forEach((bytes, index) => {
    if (index % 256 === 0) positions.push(nameBytes.length);
    if (bytes.length < 0x80) nameBytes.push(bytes.length);
    else nameBytes.push((bytes.length & 0x7f) | 0x80, bytes.length >> 7);
    nameBytes.push(...bytes);
  });
  const tokenBytes: number[] = [];
  const index = tokens.map((token) => {
    const at = tokenBytes.length;
    tokenBytes.push(...characters(token), 0);
    return at;
  });
  const noise = Array.from({ length: filler }, (_, at) => (at * 37 + 11) & 0xff);
  const packed = { nameBytes, positions, tokenBytes, index };
  if (layout === 'place-relative') return writePlaceRelative(symbols, packed, base, noise);
  const addresses = [
    padded(symbols.flatMap(({ address }) => u32(Number(address - base)))),
    [...u32(Number(base & 0xffff_ffffn)), ...u32(Number(base >> 32n))],
  ];
  const nameTables = [
    [...u32(symbols.length), 0, 0, 0, 0],
    padded(nameBytes),
    padded(positions.flatMap(u32)),
  ];
  const tokenTables = [padded(tokenBytes), index.flatMap((at) => [at & 0xff, at >> 8])];
  const tables =
    layout === 'names-first'
      ? [...nameTables, ...tokenTables, ...addresses]
      : [...addresses, ...nameTables, ...tokenTables];
  return Uint8Array.from([...noise, ...tables.flat(), ...noise]);
}

function writePlaceRelative(
  symbols: readonly ListedSymbol[],
  packed: {
    readonly nameBytes: readonly number[];
    readonly positions: readonly number[];
    readonly tokenBytes: readonly number[];
    readonly index: readonly number[];
  },
  base: bigint,
  noise: readonly number[],
): Uint8Array {
  const before = [
    ...noise,
    ...u32(symbols.length),
    ...padded(packed.nameBytes, 4),
    ...packed.positions.flatMap(u32),
    ...padded(packed.tokenBytes, 4),
    ...packed.index.flatMap((at) => [at & 0xff, at >> 8]),
  ];
  const offsets = symbols.map(({ address }, at) => Number(address - base) - (before.length + 4 * at));
  return Uint8Array.from([...before, ...offsets.flatMap((offset) => u32(offset | 0)), ...noise]);
}

/** A kernel's worth of symbols, with one long name. */
export function someSymbols(base: bigint, count = 1500): readonly ListedSymbol[] {
  const first: ListedSymbol[] = [
    { address: base, type: 'T', name: '_start' },
    { address: base + 0x1000n, type: 'T', name: '_stext' },
  ];
  const middle = Array.from({ length: count }, (_, index): ListedSymbol => ({
    address: base + 0x1000n + BigInt(16 * index),
    type: index % 3 === 0 ? 'T' : 't',
    name: index === 7 ? `long_${'name'.repeat(50)}` : `do_thing_${index}`,
  }));
  const end = base + 0x1000n + BigInt(16 * count);
  return [
    ...first,
    ...middle,
    { address: end, type: 'T', name: '_etext' },
    { address: end + 0x1000n, type: 'D', name: 'jiffies' },
    { address: end + 0x2000n, type: 'B', name: '_end' },
  ];
}

/** Each character that occurs is a token; the numbers of others stand for pairs, or for nothing. */
function tokensFor(names: readonly string[]): readonly string[] {
  const used = new Set(names.join(''));
  const pairs = ['do', '_t', 'hi', 'ng'];
  return Array.from({ length: 256 }, (_, code) => {
    const character = String.fromCharCode(code);
    return used.has(character) || /[0-9]/.test(character) ? character : (pairs.shift() ?? '');
  });
}

function compress(name: string, tokens: readonly string[]): number[] {
  const bytes: number[] = [];
  for (let at = 0; at < name.length;) {
    const pair = tokens.indexOf(name.slice(at, at + 2));
    const length = pair >= 0 && name.length - at >= 2 ? 2 : 1;
    bytes.push(length === 2 ? pair : name.charCodeAt(at));
    at += length;
  }
  return bytes;
}

function characters(text: string): number[] {
  return Array.from(text, (character) => character.charCodeAt(0));
}

function u32(value: number): number[] {
  return [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24];
}

function padded(bytes: readonly number[], size = 8): readonly number[] {
  return [...bytes, ...Array.from({ length: (size - (bytes.length % size)) % size }, () => 0)];
}
