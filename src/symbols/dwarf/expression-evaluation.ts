import { ByteReader } from '../byte-reader.ts';
import {
  type ExpressionContext,
  type Location,
  type LocationPiece,
  OPTIMIZED_OUT,
  type OperandType,
  unavailable,
} from './location.ts';

/**
 * An expression in the middle of its evaluation: where it is, its stack, and what it has found. Operations end with
 * `true`, after a failure too: then it is over.
 */
export class ExpressionEvaluation {
  readonly reader: ByteReader;
  readonly context: ExpressionContext;
  readonly stack: bigint[];
  readonly #pieces: LocationPiece[] = [];
  /** What stands in place of the top of the stack as the location so far. */
  #simple: Location | undefined;
  #failure: Location | undefined;

  constructor(expression: Uint8Array, context: ExpressionContext, initial: readonly bigint[] = []) {
    this.reader = new ByteReader(expression);
    this.context = context;
    this.stack = [...initial];
  }

  /** How many values are on the stack. */
  get depth(): number {
    return this.stack.length;
  }

  /** Is there nothing more to do? */
  get isOver(): boolean {
    return this.reader.done || this.#failure !== undefined;
  }

  /** What it found. */
  get location(): Location {
    if (this.#failure) return this.#failure;
    if (this.reader.failed) return unavailable(DAMAGED);
    return this.#pieces.length > 0 ? { kind: 'pieces', pieces: this.#pieces } : this.#current;
  }

  push(value: bigint): true {
    this.stack.push(BigInt.asUintN(64, value));
    return true;
  }

  /** The top of the stack, which the caller knows to be there. */
  pop(): bigint {
    return this.stack.pop() ?? 0n;
  }

  /** Pushes a sum, if its base is known. */
  plus(base: bigint | undefined, offset: bigint, reason: string): true {
    return base === undefined ? this.fail(reason) : this.push(base + offset);
  }

  /** The location is no address on the stack, but this. */
  is(location: Location): true {
    this.#simple = location;
    return true;
  }

  /** DWARF 2.6.1.2: an empty location before a piece says that this piece is optimized out. */
  piece(bitSize: number, bitOffset: number): true {
    this.#pieces.push({ bitSize, bitOffset, location: this.#current });
    this.#simple = undefined;
    this.stack.length = 0;
    return true;
  }

  /** Does something, then gives the top of the stack the width and sign of a base type. */
  typed(offset: number, action: () => true): true {
    const type = offset === 0 ? GENERIC : this.context.baseType(offset);
    if (!type || type.isFloat || type.byteSize > 8)
      return this.fail('its location needs arithmetic on a type other than integers');
    action();
    if (this.#failure) return true;
    const value = this.stack.pop();
    if (value === undefined) return this.fail(DAMAGED);
    const bits = type.byteSize * 8;
    return this.push(type.isSigned ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value));
  }

  /** Ends the evaluation. The first reason counts. */
  fail(reason: string): true {
    this.#failure ??= unavailable(reason);
    return true;
  }

  get #current(): Location {
    if (this.#simple) return this.#simple;
    const address = this.stack.at(-1);
    return address === undefined ? OPTIMIZED_OUT : { kind: 'address', address };
  }
}

/** Why an expression fails that no compiler writes. */
export const DAMAGED = 'its location is damaged';
const GENERIC: OperandType = { byteSize: 8, isSigned: false, isFloat: false };
