import { ByteReader } from '../byte-reader.ts';
import type { DiagnosticLog } from '../diagnostics.ts';
import {
  SHF_ALLOC,
  SHN_XINDEX,
  SHT_DYNSYM,
  SHT_SYMTAB,
  STB_LOCAL,
  STB_WEAK,
  STT_FUNC,
  STT_GNU_IFUNC,
  STT_NOTYPE,
  STT_OBJECT,
} from './constants.ts';
import type { Section } from './sections.ts';
import { SortedNames } from './sorted-names.ts';

const SYMBOL_SIZE = 24;
/** Symbols looked back over for one that encloses an address: inner labels are few. */
const LOOK_BACK = 64;
const RANK_OBJECT = 4;
const RANK_FUNCTION = 8;

/** A name that the linker gave to an address. */
export interface ElfSymbol {
  readonly name: string;
  readonly address: bigint;
  /** Zero where the source did not say, as for most labels in assembly. */
  readonly size: bigint;
  readonly kind: 'function' | 'object' | 'label';
  readonly binding: 'local' | 'global' | 'weak';
}

/** Symbols that have a name and an address, by address, in flat arrays: a kernel has 200,000. */
export class SymbolTable {
  readonly #table: Uint8Array;
  readonly #view: DataView;
  readonly #names: Uint8Array;
  readonly #sections: readonly Section[];
  #sortedOnce: Uint32Array | undefined;
  #byNameOnce: SortedNames | undefined;

  constructor(table: Uint8Array, names: Uint8Array, sections: readonly Section[]) {
    this.#table = table;
    this.#view = new DataView(table.buffer, table.byteOffset, table.byteLength);
    this.#names = names;
    this.#sections = sections;
  }

  /** Indices into the table, by address; sorted at the first question. */
  get #order(): Uint32Array {
    this.#sortedOnce ??= this.#sorted();
    return this.#sortedOnce;
  }

  get #byName(): SortedNames {
    this.#byNameOnce ??= new SortedNames(this.#names, this.#order, (index) => this.#nameOffset(index));
    return this.#byNameOnce;
  }

  get count(): number {
    return this.#order.length;
  }

  /** All symbols, by address. */
  *all(): Generator<ElfSymbol> {
    for (const index of this.#order) yield this.#symbol(index);
  }

  named(name: string): readonly ElfSymbol[] {
    return this.#symbols(this.#byName.equalTo(name));
  }

  /** By name. */
  startingWith(prefix: string): readonly ElfSymbol[] {
    return this.#symbols(this.#byName.startingWith(prefix));
  }

  /** By address. Every name is asked for. */
  matching(isWanted: (name: string) => boolean): readonly ElfSymbol[] {
    return this.#symbols(this.#order.filter((index) => isWanted(this.#name(index))));
  }

  /**
   * The symbol whose bytes hold the address; where sizes are unknown, the nearest before it in its section. At
   * one address a sized function stands before an object, and either before a bare label.
   */
  enclosing(address: bigint): ElfSymbol | undefined {
    return this.#enclosing(address, 0);
  }

  /** Like {@link enclosing}, of functions alone: a label inside a function does not hide it. */
  enclosingFunction(address: bigint): ElfSymbol | undefined {
    return this.#enclosing(address, RANK_FUNCTION);
  }

  /** Where a symbol ends: by its size, else at the next symbol or at the end of its section. */
  endOf({ address, size }: ElfSymbol): bigint {
    if (size > 0n) return address + size;
    const next = this.#order[this.#lastAtOrBefore(address) + 1];
    const home = this.#sections.find(
      (section) =>
        (section.flags & SHF_ALLOC) !== 0n &&
        address >= section.address &&
        address - section.address < section.size,
    );
    const end = home ? home.address + home.size : address + 1n;
    const nextAddress = next === undefined ? end : this.#address(next);
    return nextAddress < end ? nextAddress : end;
  }

  #enclosing(address: bigint, leastRank: number): ElfSymbol | undefined {
    const last = this.#lastAtOrBefore(address);
    let best: { readonly index: number; readonly rank: number; readonly at: bigint } | undefined;
    for (let position = last; position >= 0 && position > last - LOOK_BACK; position--) {
      const index = this.#order[position] ?? 0;
      const at = this.#address(index);
      if (best && at !== best.at) break;
      const rank = this.#rank(index);
      if (rank < leastRank || !this.#mayHold(index, address)) continue;
      if (!best || rank > best.rank) best = { index, rank, at };
    }
    return best && this.#symbol(best.index);
  }

  #sorted(): Uint32Array {
    const count = Math.floor(this.#table.length / SYMBOL_SIZE);
    const kept = new Uint32Array(count);
    let used = 0;
    for (let index = 0; index < count; index++) if (this.#isUseful(index)) kept[used++] = index;
    const view = this.#view;
    return kept.subarray(0, used).toSorted((a, b) => {
      const high = view.getUint32(a * SYMBOL_SIZE + 12, true) - view.getUint32(b * SYMBOL_SIZE + 12, true);
      if (high !== 0) return high;
      return view.getUint32(a * SYMBOL_SIZE + 8, true) - view.getUint32(b * SYMBOL_SIZE + 8, true) || a - b;
    });
  }

  /** Leaves out undefined and absolute symbols, sections, files, and the psABI's mapping symbols (`$x`, `$d`). */
  #isUseful(index: number): boolean {
    const at = index * SYMBOL_SIZE;
    const nameOffset = this.#view.getUint32(at, true);
    const type = (this.#table[at + 4] ?? 0) & 0xf;
    const sectionIndex = this.#view.getUint16(at + 6, true);
    const first = this.#names[nameOffset] ?? 0;
    if (first === 0 || first === 0x24) return false;
    // Assemblers keep `.L` labels only by mistake, and nobody asks for them.
    if (first === 0x2e && this.#names[nameOffset + 1] === 0x4c) return false;
    if (type !== STT_NOTYPE && type !== STT_OBJECT && type !== STT_FUNC && type !== STT_GNU_IFUNC)
      return false;
    return sectionIndex === SHN_XINDEX || ((this.#sections[sectionIndex]?.flags ?? 0n) & SHF_ALLOC) !== 0n;
  }

  #mayHold(index: number, address: bigint): boolean {
    const size = this.#size(index);
    const at = this.#address(index);
    if (size > 0n) return address - at < size;
    const section = this.#sections[this.#view.getUint16(index * SYMBOL_SIZE + 6, true)];
    return !section || address - section.address < section.size;
  }

  #rank(index: number): number {
    const info = this.#table[index * SYMBOL_SIZE + 4] ?? 0;
    const type = info & 0xf;
    const kind = type === STT_NOTYPE ? 0 : type === STT_OBJECT ? RANK_OBJECT : RANK_FUNCTION;
    return kind + (this.#size(index) > 0n ? 2 : 0) + (info >> 4 === STB_LOCAL ? 0 : 1);
  }

  #lastAtOrBefore(address: bigint): number {
    let low = 0;
    let high = this.#order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#address(this.#order[middle] ?? 0) <= address) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  #symbols(indices: Uint32Array): readonly ElfSymbol[] {
    return Array.from(indices, (index) => this.#symbol(index));
  }

  #symbol(index: number): ElfSymbol {
    const info = this.#table[index * SYMBOL_SIZE + 4] ?? 0;
    const type = info & 0xf;
    const binding = info >> 4;
    return {
      name: this.#name(index),
      address: this.#address(index),
      size: this.#size(index),
      kind: type === STT_NOTYPE ? 'label' : type === STT_OBJECT ? 'object' : 'function',
      binding: binding === STB_LOCAL ? 'local' : binding === STB_WEAK ? 'weak' : 'global',
    };
  }

  #name(index: number): string {
    return new ByteReader(this.#names, this.#nameOffset(index)).string();
  }

  #nameOffset(index: number): number {
    return this.#view.getUint32(index * SYMBOL_SIZE, true);
  }

  #address(index: number): bigint {
    return this.#view.getBigUint64(index * SYMBOL_SIZE + 8, true);
  }

  #size(index: number): bigint {
    return this.#view.getBigUint64(index * SYMBOL_SIZE + 16, true);
  }
}

/** The full symbol table, else the dynamic one, else an empty table. */
export function readSymbolTable(sections: readonly Section[], log: DiagnosticLog): SymbolTable {
  for (const wanted of [SHT_SYMTAB, SHT_DYNSYM]) {
    const table = sections.find(({ type, bytes }) => type === wanted && bytes.length > 0);
    if (!table) continue;
    const names = sections[table.link];
    if (!names || names.bytes.length === 0) {
      log.warn(
        `${table.name} ignored: its string table is missing.`,
        table.fileOffset,
        'Build the file again.',
      );
      continue;
    }
    return new SymbolTable(table.bytes, names.bytes, sections);
  }
  return new SymbolTable(new Uint8Array(), new Uint8Array(), sections);
}
