import { assert } from '../../../common/errors.ts';
import { boxOf } from '../../../isa/float-formats.ts';
import type { RegisterOperand, Value } from '../../../isa/semantics.ts';
import type { CodeWriter, Local } from '../wasm/code-writer.ts';

type Operand = () => void;

/** The formats that wasm computes in, by their wasm types. */
export const floatType = { s: 'f32', d: 'f64' } as const;
/** Single or double precision: half precision has no wasm type. */
export type NativeFormat = keyof typeof floatType;

/** How many locals the code of an instruction needs: see `FloatPlace`. */
export const floatLocals = { doubles: 10, singles: 5 } as const;

/** What floating point needs of the place that it is compiled for. */
export interface FloatPlace {
  readonly code: CodeWriter;
  /** Locals of the types f64 and f32, which one instruction uses as it likes. */
  readonly doubles: readonly Local[];
  readonly singles: readonly Local[];
  withScratch(body: (scratch: Local) => void): void;
  /**
   * Ends the code where the condition, an i32, is not zero: nothing of the instruction has taken effect, and
   * TypeScript has to do it, exactly.
   */
  leaveIf(condition: () => void): void;
  /** To come first: leaves where the unit is not as `unitMask` asks. */
  requireUnit(): void;
  /** For a result that may be inexact: `isExact` leaves an i32. Where it is 0 and NX is not set, leaves. */
  requireExact(isExact: () => void): void;
  /** Rounds the f64 on the stack to an integer, by the instruction's rounding mode. */
  roundToIntegral(value: Local): void;
  /** Leaves all 64 bits of an f register. */
  readF(operand: RegisterOperand): void;
  writeF(operand: 'rd', value: Operand): void;
  /** Leaves a float of the format; leaves where the register holds none. */
  readFloat(operand: RegisterOperand, format: NativeFormat): void;
  writeFloat(operand: 'rd', format: NativeFormat, value: Operand): void;
  loadDouble(address: Operand): void;
  storeDouble(address: Operand, value: Operand): void;
}

/** Leaves the operand of an operation, an f register, as a float of its format. */
export function writeFloatOperand(value: Value | undefined, place: FloatPlace): void {
  assert(value?.kind === 'f' && isNative(value.format), 'operands of floating point are registers');
  place.readFloat(value.operand, value.format);
}

/** Is it a format that wasm computes in? */
export function isNative(format: string): format is NativeFormat {
  return format === 's' || format === 'd';
}

/** From the f32 on the stack to the i64 of a register that holds it. */
export function writeBox(code: CodeWriter): void {
  code.plain('i32.reinterpret_f32');
  code.plain('i64.extend_i32_u');
  code.i64(boxOf('s'));
  code.plain('i64.or');
}
