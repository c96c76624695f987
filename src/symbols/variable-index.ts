import { readIndexedAddress } from './dwarf/addresses.ts';
import { DW_AT, DW_TAG } from './dwarf/constants.ts';
import type { Dwarf, DwarfUnit } from './dwarf/dwarf.ts';
import { type Entry, readEntry } from './dwarf/entry.ts';
import { evaluateExpression, evaluateToNumber } from './dwarf/expression.ts';
import {
  type ExpressionContext,
  type Location,
  OPTIMIZED_OUT,
  type OperandType,
  type ReadMemory,
} from './dwarf/location.ts';
import { expressionAt } from './dwarf/locations.ts';
import { type Scope, nameOf, withAttribute } from './dwarf/scopes.ts';
import type { TypeReader } from './dwarf/type-reader.ts';
import type { FunctionIndex } from './function-index.ts';
import type { LineIndex } from './line-index.ts';
import type { NameIndex } from './name-index.ts';
import type { Type } from './types.ts';
import { type FrameRegisters, lookupAddress } from './unwind.ts';

/** A variable of the program. */
export interface VariableSymbol {
  readonly name: string;
  readonly kind: 'global' | 'parameter' | 'local';
  readonly type: Type;
  readonly file: string | undefined;
  readonly line: number | undefined;
  /** Where its value is in a frame of the function that it belongs to; for a global any frame, or none, will do. */
  readonly locate: (frame: FrameRegisters | undefined, readMemory: ReadMemory, slide?: bigint) => Location;
}

/** Answers about variables: what there is at an address, and where its value is. */
export class VariableIndex {
  readonly #dwarf: Dwarf;
  readonly #lines: LineIndex;
  readonly #functions: FunctionIndex;
  readonly #names: NameIndex;
  readonly #types: TypeReader;
  readonly #cfa: (frame: FrameRegisters, readMemory: ReadMemory) => bigint | undefined;

  constructor(parts: {
    readonly dwarf: Dwarf;
    readonly lines: LineIndex;
    readonly functions: FunctionIndex;
    readonly names: NameIndex;
    readonly types: TypeReader;
    readonly cfa: (frame: FrameRegisters, readMemory: ReadMemory) => bigint | undefined;
  }) {
    this.#dwarf = parts.dwarf;
    this.#lines = parts.lines;
    this.#functions = parts.functions;
    this.#names = parts.names;
    this.#types = parts.types;
    this.#cfa = parts.cfa;
  }

  /** All variables outside functions. */
  *globals(): Generator<VariableSymbol> {
    for (const name of this.#names.variableNames()) yield* this.globalsNamed(name);
  }

  globalsNamed(name: string): readonly VariableSymbol[] {
    return this.#names.variables(name).flatMap((entry) => this.#symbol(entry, 'global', undefined) ?? []);
  }

  /**
   * Parameters, then variables from the outermost block inwards, of the frame that many inlined calls out from
   * the innermost at an address: of two with one name the later hides the earlier.
   */
  localsAt(address: bigint, depth: number): readonly VariableSymbol[] {
    const scopes = this.#functions.scopesAt(address);
    const owner = scopes[0];
    // The frames of the source, as positions in the chain of scopes where each begins, innermost first.
    const begins = scopes.flatMap(({ kind }, index) => (kind === 'block' ? [] : [index])).toReversed();
    const begin = begins[depth];
    if (!owner || begin === undefined) return [];
    return scopes.slice(begin, begins[depth - 1]).flatMap(({ variables }) => {
      const found = variables.flatMap((entry) => this.#symbol(entry, kindOf(entry), owner) ?? []);
      return [
        ...found.filter(({ kind }) => kind === 'parameter'),
        ...found.filter(({ kind }) => kind === 'local'),
      ];
    });
  }

  #symbol(entry: Entry, kind: VariableSymbol['kind'], owner: Scope | undefined): VariableSymbol | undefined {
    const name = nameOf(this.#dwarf, entry);
    const unit = this.#dwarf.unitAt(entry.offset);
    if (name === undefined || !unit) return undefined;
    const typed = withAttribute(this.#dwarf, entry, DW_AT.type);
    const declared = withAttribute(this.#dwarf, entry, DW_AT.decl_line);
    return {
      name,
      kind,
      type: typed ? this.#types.typeOf(typed) : { kind: 'unknown', name: '?' },
      file: this.#lines.path(unit, declared?.size(DW_AT.decl_file)),
      line: declared?.size(DW_AT.decl_line),
      locate: (frame, readMemory, slide = 0n) =>
        this.#locate(entry, unit, frame, this.#context(unit, owner, frame, readMemory, slide)),
    };
  }

  #locate(
    entry: Entry,
    unit: DwarfUnit,
    frame: FrameRegisters | undefined,
    context: ExpressionContext,
  ): Location {
    const attribute = entry.attribute(DW_AT.location);
    if (!attribute) return this.#constantValue(entry);
    const expression = expressionAt(attribute, unit, frame ? lookupAddress(frame) : 0n);
    if (!expression) return OPTIMIZED_OUT;
    return evaluateExpression(expression, context);
  }

  /** DW_AT_const_value: the compiler knew the value and stored it nowhere. */
  #constantValue(entry: Entry): Location {
    const attribute = withAttribute(this.#dwarf, entry, DW_AT.const_value)?.attribute(DW_AT.const_value);
    const value = attribute?.constant();
    if (value !== undefined) return { kind: 'value', value: BigInt.asUintN(64, value) };
    const bytes = attribute?.block();
    return bytes ? { kind: 'bytes', bytes } : OPTIMIZED_OUT;
  }

  #context(
    unit: DwarfUnit,
    owner: Scope | undefined,
    frame: FrameRegisters | undefined,
    readMemory: ReadMemory,
    slide: bigint,
  ): ExpressionContext {
    const context: ExpressionContext = {
      slide,
      register: (register) => frame?.x[register],
      readMemory,
      cfa: () => frame && this.#cfa(frame, readMemory),
      frameBase: () => {
        const attribute = frame && owner?.entry.attribute(DW_AT.frame_base);
        const expression = attribute && expressionAt(attribute, unit, lookupAddress(frame));
        // A frame base that refers to the frame base would never end.
        return expression && evaluateToNumber(expression, { ...context, frameBase: () => undefined });
      },
      indexedAddress: (index) => readIndexedAddress(unit, index),
      baseType: (offset) => this.#operandType(readEntry(unit, unit.offset + offset)),
    };
    return context;
  }

  #operandType(entry: Entry | undefined): OperandType | undefined {
    const type = entry?.tag === DW_TAG.base_type ? this.#types.read(entry) : undefined;
    if (type?.kind !== 'base') return undefined;
    return {
      byteSize: type.byteSize,
      isSigned: type.encoding.startsWith('signed'),
      isFloat: type.encoding === 'float',
    };
  }
}

function kindOf({ tag }: Entry): 'parameter' | 'local' {
  return tag === DW_TAG.formal_parameter ? 'parameter' : 'local';
}
