import type { Diagnostic, Result } from '../common/diagnostic.ts';
import { DiagnosticLog } from './diagnostics.ts';
import { Dwarf } from './dwarf/dwarf.ts';
import { FrameTable } from './dwarf/frame-table.ts';
import type { ReadMemory } from './dwarf/location.ts';
import { dwarfSections } from './dwarf/sections.ts';
import { type ElfFile, readElf } from './elf/elf-file.ts';
import type { BuildId } from './elf/notes.ts';
import type { ElfSymbol } from './elf/symbol-table.ts';
import { FunctionIndex, type FunctionStop, type FunctionSymbol, type SourceFrame } from './function-index.ts';
import { type LineAddresses, LineIndex, type SourceLine } from './line-index.ts';
import { NameIndex } from './name-index.ts';
import type { PathRemap } from './source-paths.ts';
import { TypeReader } from './dwarf/type-reader.ts';
import { TypeIndex, type TypedEnumerator } from './type-index.ts';
import type { Type } from './types.ts';
import { VariableIndex, type VariableSymbol } from './variable-index.ts';
import { type TextPage, codeRanges, textPages } from './text-pages.ts';
import { UnitIndex } from './unit-index.ts';
import { LineTables } from './unit-lines.ts';
import { type CallerFrame, type FrameRegisters, Unwinder } from './unwind.ts';

/** What an image does not say of itself. */
export interface ImageOptions {
  /** Where sources are now that were elsewhere when the image was compiled; the first that applies is used. */
  readonly remap?: readonly PathRemap[];
}

/** Reads an image's symbols; what a question needs is decoded when it is asked, so that a large image opens at once. */
export function loadImage(name: string, bytes: Uint8Array, options: ImageOptions = {}): Result<SymbolImage> {
  const elf = readElf(bytes);
  if (!elf.ok) return elf;
  const value = new SymbolImage(name, elf.value, options);
  return { ok: true, value, diagnostics: value.diagnostics };
}

/**
 * What an image says about its code and data. All addresses are as linked: for an image that runs elsewhere, the
 * caller subtracts the difference before it asks, and adds it to the answers.
 */
export class SymbolImage {
  readonly name: string;
  readonly elf: ElfFile;
  /** Whether the image has code at an address. */
  readonly isCode: (address: bigint) => boolean;
  readonly #log = new DiagnosticLog();
  readonly #lines: LineIndex;
  readonly #functions: FunctionIndex;
  readonly #unwinder: Unwinder;
  readonly #variables: VariableIndex;
  readonly #types: TypeIndex;

  constructor(name: string, elf: ElfFile, { remap = [] }: ImageOptions = {}) {
    this.name = name;
    this.elf = elf;
    const isCode = codeRanges(elf);
    this.isCode = isCode;
    const sections = dwarfSections(elf, this.#log);
    const dwarf = new Dwarf(sections, this.#log);
    const tables = new LineTables(dwarf, remap);
    const units = new UnitIndex(dwarf, tables, isCode);
    this.#lines = new LineIndex(dwarf, units, tables, isCode);
    const names = new NameIndex(dwarf);
    const { symbols } = elf;
    this.#functions = new FunctionIndex({ dwarf, units, lines: this.#lines, names, symbols, isCode });
    const types = new TypeReader(dwarf, (tag, typed) => names.type(tag, typed));
    this.#unwinder = new Unwinder(new FrameTable(sections, this.#log, isCode), {
      isCode,
      functionStart: (address) => this.#functions.at(address)?.low,
    });
    this.#types = new TypeIndex(names, types);
    this.#variables = new VariableIndex({
      dwarf,
      lines: this.#lines,
      functions: this.#functions,
      names,
      types,
      cfa: (frame, readMemory) => this.#unwinder.cfa(frame, readMemory),
    });
  }

  /** Warnings so far: damage shows when what is damaged is first needed. */
  get diagnostics(): readonly Diagnostic[] {
    return [...this.elf.diagnostics, ...this.#log.all];
  }

  /** The linker's fingerprint, where the image has one. */
  get buildId(): BuildId | undefined {
    return this.elf.buildId;
  }

  /** Full paths, remapped, of all files that the image was compiled from and names, sorted. */
  get sources(): readonly string[] {
    return this.#lines.sources;
  }

  /** Bytes of the image's code from an address on: at most `length`, fewer at the end of a page of it. */
  codeAt(address: bigint, length: number): Uint8Array {
    for (const { virtualAddress, bytes } of this.textPages()) {
      const at = address - virtualAddress;
      if (at >= 0n && at < BigInt(bytes.length)) return bytes.subarray(Number(at), Number(at) + length);
    }
    return new Uint8Array();
  }

  /** The function whose code an address is in, not counting inlined ones. */
  functionAt(address: bigint): FunctionSymbol | undefined {
    return this.#functions.at(address);
  }

  /** The symbol-table entry that holds an address, or stands nearest before it, with the distance to it. */
  symbolAt(address: bigint): { readonly symbol: ElfSymbol; readonly offset: bigint } | undefined {
    const symbol = this.elf.symbols.enclosing(address);
    return symbol && { symbol, offset: address - symbol.address };
  }

  /** File, line and column of an address, and the addresses around it that are the same line. */
  lineAt(address: bigint): SourceLine | undefined {
    return this.#lines.lineAt(address);
  }

  /**
   * Where to stop for a line: one address for each function, inlined copy of one, and block, that has code of the
   * line or of the nearest line after it; a function's first line means its body. `undefined` when the image has
   * no source of that name.
   */
  addressesOf(file: string, line: number): LineAddresses | undefined {
    const statements = this.#lines.statementsOf(file, line);
    if (!statements) return undefined;
    const stops = new Map<string, bigint>();
    for (const address of statements.addresses) {
      const owner = this.#functions.at(address);
      const inner = this.#functions.scopesAt(address).at(-1);
      const key = inner ? `entry ${inner.entry.offset}` : `symbol ${owner?.low ?? address}`;
      // Addresses ascend, so the first of each block is its lowest: a loop's test, not every return to it.
      if (stops.has(key)) continue;
      stops.set(key, owner?.low === address ? this.#functions.prologueEnd(owner) : address);
    }
    return { ...statements, addresses: [...new Set(stops.values())] };
  }

  /** What the symbol table has under a name. */
  symbolsNamed(name: string): readonly ElfSymbol[] {
    return this.elf.symbols.named(name);
  }

  /** Functions by name, or by a pattern with `*` and `?`; by address. */
  functionsNamed(nameOrGlob: string): readonly FunctionSymbol[] {
    return this.#functions.named(nameOrGlob);
  }

  /** Where to stop in a function so that its frame stands and its parameters can be read. */
  prologueEnd(of: FunctionSymbol): bigint {
    return this.#functions.prologueEnd(of);
  }

  /** Where to stop to see every call of the functions of a name or pattern, inlined ones too; by address. */
  stopsIn(nameOrGlob: string): readonly FunctionStop[] {
    return this.#functions.stopsIn(nameOrGlob);
  }

  /** The frames of the source at an address, innermost first: inlined calls, then the function that has the code. */
  framesAt(address: bigint): readonly SourceFrame[] {
    return this.#functions.framesAt(address);
  }

  /**
   * The caller of a frame, by call frame information, else by guesses that {@link CallerFrame.method} names;
   * `undefined` for the outermost frame, and where the stack cannot be followed. The frame's addresses are those of
   * the running code, which lies `slide` farther up than it was linked. Its caller may be code of another image, as
   * `isOtherCode` tells.
   */
  unwind(
    frame: FrameRegisters,
    readMemory: ReadMemory,
    slide = 0n,
    isOtherCode: (address: bigint) => boolean = () => false,
  ): CallerFrame | undefined {
    return this.#unwinder.unwind(frame, readMemory, slide, isOtherCode);
  }

  /** All variables outside functions; with those of one name in several files. */
  globals(): Generator<VariableSymbol> {
    return this.#variables.globals();
  }

  /** Variables outside functions by name: more than one where files have static ones of the same name. */
  globalsNamed(name: string): readonly VariableSymbol[] {
    return this.#variables.globalsNamed(name);
  }

  /**
   * Parameters, then variables from the outermost block inwards: of two with one name the later hides the
   * earlier. `depth` is the frame's position in {@link framesAt}: 0 for the innermost.
   */
  localsAt(address: bigint, depth = 0): readonly VariableSymbol[] {
    return this.#variables.localsAt(address, depth);
  }

  /**
   * A type by the words that name it in C: `struct proc`, `unsigned long`, `pagetable_t`. Pointers and arrays of
   * it are made with `pointerTo` and `arrayOf`.
   */
  typeNamed(words: readonly string[]): Type | undefined {
    return this.#types.named(words);
  }

  /** An enumerator of any enum at file level. */
  enumeratorNamed(name: string): TypedEnumerator | undefined {
    return this.#types.enumerator(name);
  }

  /** The read-only code by page: what to look for in a guest's memory to recognise the image. */
  textPages(): Generator<TextPage> {
    return textPages(this.elf);
  }
}
