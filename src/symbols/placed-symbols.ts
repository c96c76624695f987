import type { ReadMemory } from './dwarf/location.ts';
import type { ElfSymbol } from './elf/symbol-table.ts';
import type { FunctionSymbol, SourceFrame } from './function-index.ts';
import type { LineAddresses, SourceLine } from './line-index.ts';
import type { SymbolImage } from './symbol-index.ts';
import type { TextPage } from './text-pages.ts';
import type { TypedEnumerator } from './type-index.ts';
import type { Type } from './types.ts';
import type { CallerFrame, FrameRegisters } from './unwind.ts';
import type { VariableSymbol } from './variable-index.ts';

/** What can be asked about the code and data of an image, wherever it lies. */
export type Symbols = Pick<
  SymbolImage,
  | 'elf'
  | 'sources'
  | 'isCode'
  | 'codeAt'
  | 'functionAt'
  | 'symbolAt'
  | 'symbolsNamed'
  | 'lineAt'
  | 'addressesOf'
  | 'functionsNamed'
  | 'prologueEnd'
  | 'framesAt'
  | 'unwind'
  | 'globals'
  | 'globalsNamed'
  | 'localsAt'
  | 'typeNamed'
  | 'enumeratorNamed'
  | 'textPages'
>;

/** An image that runs elsewhere than it was linked: all addresses, but those of `elf`, are those where it runs. */
export class PlacedSymbols implements Symbols {
  readonly #image: Symbols;
  readonly #slide: bigint;

  /** `slide`: what is added to an address as linked, modulo 2^64. */
  constructor(image: Symbols, slide: bigint) {
    this.#image = image;
    this.#slide = slide;
  }

  get elf(): Symbols['elf'] {
    return this.#image.elf;
  }

  get sources(): readonly string[] {
    return this.#image.sources;
  }

  isCode(address: bigint): boolean {
    return this.#image.isCode(this.#linked(address));
  }

  codeAt(address: bigint, length: number): Uint8Array {
    return this.#image.codeAt(this.#linked(address), length);
  }

  functionAt(address: bigint): FunctionSymbol | undefined {
    const found = this.#image.functionAt(this.#linked(address));
    return found && this.#moved(found);
  }

  symbolAt(address: bigint): { readonly symbol: ElfSymbol; readonly offset: bigint } | undefined {
    const found = this.#image.symbolAt(this.#linked(address));
    return found && { symbol: this.#movedSymbol(found.symbol), offset: found.offset };
  }

  symbolsNamed(name: string): readonly ElfSymbol[] {
    return this.#image.symbolsNamed(name).map((symbol) => this.#movedSymbol(symbol));
  }

  lineAt(address: bigint): SourceLine | undefined {
    const found = this.#image.lineAt(this.#linked(address));
    return found && { ...found, start: this.#placed(found.start), end: this.#placed(found.end) };
  }

  addressesOf(file: string, line: number): LineAddresses | undefined {
    const found = this.#image.addressesOf(file, line);
    return found && { ...found, addresses: found.addresses.map((address) => this.#placed(address)) };
  }

  functionsNamed(nameOrGlob: string): readonly FunctionSymbol[] {
    return this.#image.functionsNamed(nameOrGlob).map((found) => this.#moved(found));
  }

  prologueEnd(of: FunctionSymbol): bigint {
    const linked = { ...of, low: this.#linked(of.low), high: this.#linked(of.high) };
    return this.#placed(this.#image.prologueEnd(linked));
  }

  framesAt(address: bigint): readonly SourceFrame[] {
    return this.#image.framesAt(this.#linked(address));
  }

  unwind(
    frame: FrameRegisters,
    readMemory: ReadMemory,
    slide = 0n,
    isOtherCode?: (address: bigint) => boolean,
  ): CallerFrame | undefined {
    return this.#image.unwind(frame, readMemory, this.#slide + slide, isOtherCode);
  }

  *globals(): Generator<VariableSymbol> {
    for (const found of this.#image.globals()) yield this.#movedVariable(found);
  }

  globalsNamed(name: string): readonly VariableSymbol[] {
    return this.#image.globalsNamed(name).map((found) => this.#movedVariable(found));
  }

  localsAt(address: bigint, depth?: number): readonly VariableSymbol[] {
    return this.#image.localsAt(this.#linked(address), depth).map((found) => this.#movedVariable(found));
  }

  typeNamed(words: readonly string[]): Type | undefined {
    return this.#image.typeNamed(words);
  }

  enumeratorNamed(name: string): TypedEnumerator | undefined {
    return this.#image.enumeratorNamed(name);
  }

  *textPages(): Generator<TextPage> {
    for (const { virtualAddress, bytes } of this.#image.textPages())
      yield { virtualAddress: this.#placed(virtualAddress), bytes };
  }

  #linked(address: bigint): bigint {
    return BigInt.asUintN(64, address - this.#slide);
  }

  #placed(address: bigint): bigint {
    return BigInt.asUintN(64, address + this.#slide);
  }

  #moved(found: FunctionSymbol): FunctionSymbol {
    const place = ({ low, high }: { readonly low: bigint; readonly high: bigint }) => ({
      low: this.#placed(low),
      high: this.#placed(high),
    });
    return { ...found, ...place(found), ranges: found.ranges.map(place) };
  }

  #movedSymbol(symbol: ElfSymbol): ElfSymbol {
    return { ...symbol, address: this.#placed(symbol.address) };
  }

  #movedVariable(found: VariableSymbol): VariableSymbol {
    return {
      ...found,
      locate: (frame, readMemory) =>
        found.locate(frame && { ...frame, pc: this.#linked(frame.pc) }, readMemory, this.#slide),
    };
  }
}
