import { align, readTokens, type Tokens } from './token-table.ts';

/** A symbol as `nm`, System.map and /proc/kallsyms give it. */
export interface ListedSymbol {
  readonly address: bigint;
  /** nm's letter: `T` and `t` are code, capitals are global. */
  readonly type: string;
  readonly name: string;
}

/**
 * A Linux kernel's own symbols, as linked, found in its Image by the structure of the tables (kernel/kallsyms.c,
 * scripts/kallsyms.c; 6.1 to 7.2). Nothing says where they are, so every property that the generator guarantees is
 * checked: what passes is no accident.
 */
export function readKallsyms(image: Uint8Array): readonly ListedSymbol[] | undefined {
  for (const found of readTokens(image))
    // Where its alignment happens to be both, either can be meant.
    for (const alignment of [8, 4] as const) {
      if (alignment > found.alignment) continue;
      const tokens = { ...found, alignment };
      const names = findNames(image, tokens);
      const addresses = names && findAddresses(image, tokens, names);
      if (names && addresses) return list(image, tokens, names, addresses);
    }
  return undefined;
}

/** kallsyms_num_syms, and kallsyms_names, which stands right after it. */
interface Names {
  readonly countOffset: number;
  readonly start: number;
  readonly count: number;
}

interface Addresses {
  readonly offsets: number;
  /** What the offsets count from; undefined where each counts from its own place. */
  readonly base: bigint | undefined;
}

/** Fewer no kernel has, and more than these would not fit into what its modules can reach. */
const fewestSymbols = 1000;
const mostSymbols = 2_000_000;
/** How far before the tokens the names can begin. */
const mostNameBytes = 32 << 20;
/** kallsyms_markers has the position of every 256th name. */
const markerDistance = 256;

/** Looks back from the tokens for a count that is followed by as many names, and those by their markers. */
function findNames(image: Uint8Array, { start: end, alignment }: Tokens): Names | undefined {
  const view = viewOf(image);
  const first = Math.max(0, end - mostNameBytes);
  for (let at = align(end, alignment) - 2 * alignment; at >= first; at -= alignment) {
    const count = view.getUint32(at, true);
    if (count < fewestSymbols || count > mostSymbols) continue;
    if (alignment === 8 && view.getUint32(at + 4, true) !== 0) continue;
    const names = { countOffset: at, start: at + alignment, count };
    if (hasMarkers(image, view, names, { end, alignment })) return names;
  }
  return undefined;
}

function hasMarkers(
  image: Uint8Array,
  view: DataView,
  { start, count }: Names,
  { end, alignment }: { readonly end: number; readonly alignment: number },
): boolean {
  const positions: number[] = [];
  let at = start;
  for (let index = 0; index < count; index++) {
    if (index % markerDistance === 0) positions.push(at - start);
    const { length, next } = nameAt(image, at);
    at = next + length;
    if (length === 0 || at > end) return false;
  }
  const markers = align(at, alignment);
  if (markers + 4 * positions.length > end) return false;
  return positions.every((position, index) => view.getUint32(markers + 4 * index, true) === position);
}

/** A name's length has one byte, or two from 128 on (since 6.1); its bytes are tokens. */
function nameAt(image: Uint8Array, at: number): { readonly length: number; readonly next: number } {
  const low = image[at] ?? 0;
  if (low < 0x80) return { length: low, next: at + 1 };
  return { length: (low & 0x7f) | ((image[at + 1] ?? 0) << 7), next: at + 2 };
}

/**
 * kallsyms_offsets and kallsyms_relative_base: since 6.4 after the tokens, before that ahead of the count. The base is
 * a pointer that a relocatable kernel may have left to its relocations: then the names say what it is. Newer kernels
 * (alignment 4) have none: each offset counts from where it stands.
 */
function findAddresses(
  image: Uint8Array,
  tokens: Tokens,
  { countOffset, count }: Names,
): Addresses | undefined {
  const view = viewOf(image);
  if (tokens.alignment === 4) {
    const offsets = align(tokens.end, 4);
    return ascends(view, offsets, count, 4) ? { offsets, base: undefined } : undefined;
  }
  const room = align(4 * count, 8);
  for (const offsets of [align(tokens.end, 8), countOffset - 8 - room]) {
    const base = offsets + room;
    if (offsets < 0 || base + 8 > image.length || !ascends(view, offsets, count, 0)) continue;
    return { offsets, base: view.getBigUint64(base, true) };
  }
  return undefined;
}

/** `distance`: from one place that an offset counts from to the next. */
function ascends(view: DataView, offsets: number, count: number, distance: 0 | 4): boolean {
  if (offsets + 4 * count > view.byteLength) return false;
  let last = -Infinity;
  for (let index = 0; index < count; index++) {
    const at = offsets + 4 * index;
    const offset = distance === 0 ? view.getUint32(at, true) : view.getInt32(at, true) + distance * index;
    if (offset < last) return false;
    last = offset;
  }
  return distance !== 0 || last > 0;
}

function list(image: Uint8Array, tokens: Tokens, names: Names, { offsets, base }: Addresses): ListedSymbol[] {
  const view = viewOf(image);
  const found: ListedSymbol[] = [];
  let at = names.start;
  for (let index = 0; index < names.count; index++) {
    const { length, next } = nameAt(image, at);
    let text = '';
    for (let offset = 0; offset < length; offset++) text += tokens.texts[image[next + offset] ?? 0] ?? '';
    at = next + length;
    const place = offsets + 4 * index;
    const address =
      base === undefined
        ? linkBase + BigInt(place + view.getInt32(place, true))
        : (base === 0n ? linkBase : base) + BigInt(view.getUint32(place, true));
    found.push({ address, type: text.slice(0, 1), name: text.slice(1) });
  }
  return found;
}

/** arch/riscv: KERNEL_LINK_ADDR, the last 2 GiB of the address space. */
const linkBase = 0xffff_ffff_8000_0000n;

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
