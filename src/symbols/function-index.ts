import { AddressMap } from './address-map.ts';
import type { AddressRange } from './dwarf/addresses.ts';
import { DW_AT, DW_LANG } from './dwarf/constants.ts';
import type { Dwarf, DwarfUnit } from './dwarf/dwarf.ts';
import type { Entry } from './dwarf/entry.ts';
import { type DwarfFunction, readFunctions } from './dwarf/functions.ts';
import { type Scope, inlinedBelow, nameOf, readScopes, scopesAt, withAttribute } from './dwarf/scopes.ts';
import type { ElfSymbol, SymbolTable } from './elf/symbol-table.ts';
import { isGlob, matchesGlob } from './glob.ts';
import type { LineIndex } from './line-index.ts';
import type { NameIndex } from './name-index.ts';
import type { UnitIndex } from './unit-index.ts';

/** A function with code of its own. */
export interface FunctionSymbol {
  readonly name: string;
  /** The name in the symbol table, where the language has another for it. */
  readonly linkageName: string | undefined;
  /** Where a call arrives. */
  readonly low: bigint;
  /** The address after the part that begins at `low`. */
  readonly high: bigint;
  /** All parts: a compiler may set rarely used code apart. */
  readonly ranges: readonly AddressRange[];
  /** Where it is declared; unknown for what only the symbol table knows. */
  readonly file: string | undefined;
  readonly line: number | undefined;
  /** `symbol` where no debug information describes it, as for labels in assembly. */
  readonly source: 'dwarf' | 'symbol';
}

/** A place in a source. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Where a breakpoint on a function goes: into its body, or to where a copy of it has been inlined. */
export interface FunctionStop {
  readonly name: string;
  readonly kind: 'function' | 'inlined';
  readonly address: bigint;
}

/** One of the functions that an address belongs to in the source, when calls have been inlined. */
export interface SourceFrame {
  readonly name: string;
  readonly kind: 'function' | 'inlined';
  /** Where this frame is: the statement in the innermost one, the inlined call in those around it. */
  readonly position: SourcePosition | undefined;
}

/** Answers about functions, from debug information first and the symbol table where there is none. */
export class FunctionIndex {
  readonly #dwarf: Dwarf;
  readonly #units: UnitIndex;
  readonly #lines: LineIndex;
  readonly #names: NameIndex;
  readonly #symbols: SymbolTable;
  readonly #isCode: (address: bigint) => boolean;
  readonly #byUnit = new Map<DwarfUnit, UnitFunctions>();
  readonly #scopes = new Map<number, Scope>();

  constructor(parts: {
    readonly dwarf: Dwarf;
    readonly units: UnitIndex;
    readonly lines: LineIndex;
    readonly names: NameIndex;
    readonly symbols: SymbolTable;
    readonly isCode: (address: bigint) => boolean;
  }) {
    this.#dwarf = parts.dwarf;
    this.#units = parts.units;
    this.#lines = parts.lines;
    this.#names = parts.names;
    this.#symbols = parts.symbols;
    this.#isCode = parts.isCode;
  }

  at(address: bigint): FunctionSymbol | undefined {
    const found = this.dwarfAt(address);
    if (found) return (isAssembly(found.unit) && this.#secondEntry(found, address)) || this.#described(found);
    if (!this.#isCode(address)) return undefined;
    const symbol = this.#symbols.enclosingFunction(address) ?? this.#symbols.enclosing(address);
    return symbol && this.#undescribed(symbol);
  }

  /** The entry of .debug_info that an address belongs to. */
  dwarfAt(address: bigint): DwarfFunction | undefined {
    const unit = this.#units.at(address);
    return unit && this.#functionsOf(unit).map.at(address);
  }

  /** Functions whose name, or name in the symbol table, matches; `*` and `?` make the name a pattern. By address. */
  named(nameOrGlob: string): readonly FunctionSymbol[] {
    const found = new Map<bigint, FunctionSymbol>();
    const add = (one: FunctionSymbol): unknown => found.has(one.low) || found.set(one.low, one);
    const glob = isGlob(nameOrGlob);
    const matches = (name: string): boolean => (glob ? matchesGlob(nameOrGlob, name) : name === nameOrGlob);
    for (const symbol of this.#symbolsMatching(nameOrGlob)) {
      // A pattern is for functions; a single label is worth stopping at when it is named in full.
      if (!this.#isCode(symbol.address) || (glob && symbol.kind !== 'function')) continue;
      const described = this.dwarfAt(symbol.address);
      add(described?.low === symbol.address ? this.#described(described) : this.#undescribed(symbol));
    }
    if (found.size === 0 || glob) {
      // Not in the symbol table: stripped, or known to the source under another name than to the linker.
      for (const unit of this.#dwarf.units) {
        for (const one of this.#functionsOf(unit).all) if (matches(one.name)) add(this.#described(one));
      }
    }
    return [...found.values()].toSorted((a, b) => (a.low < b.low ? -1 : 1));
  }

  /**
   * Where to stop in a function so that its parameters have been stored and its frame stands: after the
   * prologue. Optimized code describes its variables from the first instruction on, and may leave at its second
   * line already, so there it is the first instruction.
   */
  prologueEnd({ low, high, source }: Pick<FunctionSymbol, 'low' | 'high' | 'source'>): bigint {
    const unit = source === 'dwarf' ? this.#units.at(low) : undefined;
    if (!unit || isAssembly(unit)) return low;
    const { marked, secondLine } = this.#lines.bodyStart({ low, high });
    return marked ?? (isOptimized(unit) ? low : (secondLine ?? low));
  }

  /** Where to stop to see every call of the functions of a name or pattern, inlined ones too. By address. */
  stopsIn(nameOrGlob: string): readonly FunctionStop[] {
    const stops = this.named(nameOrGlob).map((one): FunctionStop => ({
      name: one.name,
      kind: 'function',
      address: this.prologueEnd(one),
    }));
    for (const name of this.#inlinedNames(nameOrGlob)) {
      for (const unit of this.#names.unitsInlining(name)) stops.push(...this.#inlinedStops(unit, name));
    }
    return stops.toSorted((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
  }

  /** The frames of the source at an address, innermost first; the last is the function that has the code. */
  framesAt(address: bigint): readonly SourceFrame[] {
    const scopes = this.scopesAt(address).filter(({ kind }) => kind !== 'block');
    const owner = this.at(address);
    if (!owner) return [];
    let position: SourcePosition | undefined = this.#lines.lineAt(address);
    if (position) position = { file: position.file, line: position.line, column: position.column };
    const frames: SourceFrame[] = [];
    for (const { kind, entry } of scopes.slice(1).toReversed()) {
      if (kind !== 'inlined') continue;
      frames.push({ name: nameOf(this.#dwarf, entry) ?? '', kind, position });
      position = this.#callPosition(entry, address);
    }
    return [...frames, { name: owner.name, kind: 'function', position }];
  }

  /** Function, blocks and inlined calls around an address, outermost first; empty without debug information. */
  scopesAt(address: bigint): readonly Scope[] {
    const found = this.dwarfAt(address);
    return found ? scopesAt(this.#scopesOf(found), address) : [];
  }

  #inlinedNames(nameOrGlob: string): readonly string[] {
    if (!isGlob(nameOrGlob)) return [nameOrGlob];
    return [...this.#names.inlinedNames()].filter((name) => matchesGlob(nameOrGlob, name));
  }

  *#inlinedStops(unit: DwarfUnit, name: string): Generator<FunctionStop> {
    for (const one of this.#functionsOf(unit).all) {
      for (const { entry, ranges } of inlinedBelow(this.#scopesOf(one))) {
        if (nameOf(this.#dwarf, entry) !== name) continue;
        // DWARF 3.3.8.1: DW_AT_entry_pc, of which there may be none, or an offset from the first address.
        const low = entry.attribute(DW_AT.low_pc)?.address() ?? ranges[0]?.low;
        const entryPc = entry.attribute(DW_AT.entry_pc);
        const offset = entryPc?.constant();
        const address =
          entryPc?.address() ?? (low !== undefined && offset !== undefined ? low + offset : low);
        if (address !== undefined && this.#isCode(address)) yield { name, kind: 'inlined', address };
      }
    }
  }

  #scopesOf({ entry, unit }: DwarfFunction): Scope {
    const known = this.#scopes.get(entry.offset) ?? readScopes(entry, unit);
    this.#scopes.set(entry.offset, known);
    return known;
  }

  #functionsOf(unit: DwarfUnit): UnitFunctions {
    let known = this.#byUnit.get(unit);
    if (!known) {
      const all = readFunctions(this.#dwarf, unit)
        .filter(({ low }) => this.#isCode(low))
        .map((one) => (isAssembly(unit) ? this.#relaxed(one) : one));
      const ranges = all.flatMap((value) => value.ranges.map((range) => ({ range, value })));
      this.#byUnit.set(unit, (known = { all, map: new AddressMap(ranges) }));
    }
    return known;
  }

  /** Assembly may enter one function at several places, of which only the first has a description. */
  #secondEntry({ low }: DwarfFunction, address: bigint): FunctionSymbol | undefined {
    const symbol = this.#symbols.enclosingFunction(address);
    return symbol && symbol.address > low ? this.#undescribed(symbol) : undefined;
  }

  /**
   * GNU as writes the length of a function before the linker relaxes its calls, and the symbol table's is right
   * afterwards.
   */
  #relaxed(one: DwarfFunction): DwarfFunction {
    const symbol = this.#symbols.enclosingFunction(one.low);
    if (symbol?.address !== one.low || symbol.size === 0n) return one;
    return { ...one, ranges: [{ low: one.low, high: one.low + symbol.size }] };
  }

  /** Of a plain name, also the copies that GCC made and numbered: `sum.part.0` is a part of `sum`. */
  #symbolsMatching(nameOrGlob: string): readonly ElfSymbol[] {
    const more = isGlob(nameOrGlob)
      ? this.#symbols.matching((name) => matchesGlob(nameOrGlob, name))
      : this.#symbols.startingWith(`${nameOrGlob}.`);
    return [...this.#symbols.named(nameOrGlob), ...more];
  }

  #described({ unit, entry, name, linkageName, low, ranges }: DwarfFunction): FunctionSymbol {
    const declared = withAttribute(this.#dwarf, entry, DW_AT.decl_line);
    // Assemblers describe functions, but not where they stand in the source.
    const place = declared ? undefined : this.#lines.lineAt(low);
    const home = ranges.find((range) => range.low === low) ?? ranges[0];
    return {
      name,
      linkageName,
      low,
      high: home?.high ?? low,
      ranges,
      file: place?.file ?? this.#lines.path(unit, declared?.size(DW_AT.decl_file)),
      line: place?.line ?? declared?.size(DW_AT.decl_line),
      source: 'dwarf',
    };
  }

  #undescribed(symbol: ElfSymbol): FunctionSymbol {
    const low = symbol.address;
    const high = this.#symbols.endOf(symbol);
    const ranges = [{ low, high }];
    const place = this.#lines.lineAt(low);
    return {
      name: symbol.name,
      linkageName: undefined,
      low,
      high,
      ranges,
      file: place?.file,
      line: place?.line,
      source: 'symbol',
    };
  }

  #callPosition(entry: Entry, address: bigint): SourcePosition | undefined {
    const unit = this.#units.at(address);
    const file = unit && this.#lines.path(unit, entry.size(DW_AT.call_file));
    const line = entry.size(DW_AT.call_line);
    if (file === undefined || line === undefined) return undefined;
    return { file, line, column: entry.size(DW_AT.call_column) ?? 0 };
  }
}

interface UnitFunctions {
  readonly all: readonly DwarfFunction[];
  readonly map: AddressMap<DwarfFunction>;
}

/** DW_LANG_Mips_Assembler is what every assembler calls its language. */
function isAssembly(unit: DwarfUnit): boolean {
  return unit.root.size(DW_AT.language) === DW_LANG.Mips_Assembler;
}

/** GCC and Clang put their options into DW_AT_producer, or say nothing, which counts as not optimized. */
function isOptimized(unit: DwarfUnit): boolean {
  return / -O(?!0)/.test(unit.root.string(DW_AT.producer) ?? '');
}
