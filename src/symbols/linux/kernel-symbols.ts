import type { Btf } from '../btf/btf.ts';
import { type Location, unavailable } from '../dwarf/location.ts';
import type { ElfFile } from '../elf/elf-file.ts';
import { SymbolImage } from '../symbol-index.ts';
import type { TypedEnumerator } from '../type-index.ts';
import { type Type, sizeOf } from '../types.ts';
import type { FrameRegisters } from '../unwind.ts';
import type { VariableSymbol } from '../variable-index.ts';
import { knownVariables } from './known-variables.ts';

/** The symbols of a kernel or module without DWARF, with the types and parameters that its BTF tells. */
export class KernelSymbols extends SymbolImage {
  readonly btf: Btf;

  constructor(name: string, elf: ElfFile, btf: Btf) {
    super(name, elf);
    this.btf = btf;
  }

  override typeNamed(words: readonly string[]): Type | undefined {
    return this.btf.typeNamed(words);
  }

  override enumeratorNamed(name: string): TypedEnumerator | undefined {
    return this.btf.enumeratorNamed(name);
  }

  override *globals(): Generator<VariableSymbol> {
    for (const name of knownVariables.keys()) yield* this.globalsNamed(name);
  }

  /** BTF has no variables (but those of each CPU); of a few everybody knows the type. */
  override globalsNamed(name: string): readonly VariableSymbol[] {
    const [symbol] = this.symbolsNamed(name);
    const type = knownVariables.get(name)?.(this.btf);
    if (symbol === undefined || type === undefined) return [];
    const locate: VariableSymbol['locate'] = (_frame, _read, slide = 0n) => ({
      kind: 'address',
      address: BigInt.asUintN(64, symbol.address + slide),
    });
    return [{ name, kind: 'global', type, file: undefined, line: undefined, locate }];
  }

  /** Parameters are where the psABI has them passed, until the function's first instruction has run. */
  override localsAt(address: bigint, depth = 0): readonly VariableSymbol[] {
    const owner = depth === 0 ? this.functionAt(address) : undefined;
    const parameters = (owner && this.btf.parametersOf(owner.name)) ?? [];
    let register = firstArgument;
    return parameters.map(({ name, type }, index) => {
      const own = register;
      register += (sizeOf(type) ?? 8) > 8 && (sizeOf(type) ?? 8) <= 16 ? 2 : 1;
      return {
        name: name === '' ? `argument ${index}` : name,
        kind: 'parameter',
        type,
        file: undefined,
        line: undefined,
        locate: (frame) => argumentAt(owner?.low, own, type, frame),
      };
    });
  }
}

/** a0, and the register after a7. */
const firstArgument = 10;
const endOfArguments = 18;

function argumentAt(
  entry: bigint | undefined,
  register: number,
  type: Type,
  frame: FrameRegisters | undefined,
): Location {
  if (frame?.pcKind !== 'exact' || frame.pc !== entry)
    return unavailable('only known at the first instruction of the function');
  const size = sizeOf(type) ?? 8;
  if (register >= endOfArguments || (size > 8 && size <= 16))
    return unavailable('passed in more than a register');
  // psABI: what is larger than two registers is passed by reference.
  const value = frame.x[register];
  if (size > 16) return value === undefined ? unavailable('not known') : { kind: 'address', address: value };
  return { kind: 'register', register };
}
