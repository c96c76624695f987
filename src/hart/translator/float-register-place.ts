import { assert } from '../../common/errors.ts';
import { boxOf } from '../../isa/float-formats.ts';
import { dynamicRounding } from '../../isa/rounding-modes.ts';
import type { RegisterOperand } from '../../isa/semantics.ts';
import type { Operand } from '../engine/compile/semantics.ts';
import { writeBox, type NativeFormat } from '../engine/compile/float-place.ts';
import { writeUnitRefusal } from '../engine/float-unit.ts';
import type { CodeWriter, Local } from '../engine/wasm/code-writer.ts';
import { slotOffset } from '../state-layout.ts';
import type { PlacedInstruction } from './flow-graph.ts';
import type { RegionLocals } from './region-frame.ts';

/** What a region's instruction has of the floating-point unit: f registers in locals of the type f64. */
export abstract class FloatRegisterPlace {
  readonly code: CodeWriter;
  readonly doubles: readonly Local[];
  readonly singles: readonly Local[];
  readonly #locals: RegionLocals;
  readonly #instruction: PlacedInstruction;
  readonly #unitMask: number;

  constructor({
    code,
    locals,
    instruction,
    unitMask,
  }: {
    readonly code: CodeWriter;
    readonly locals: RegionLocals;
    readonly instruction: PlacedInstruction;
    /** What is to be looked at in the floating-point unit's word before this instruction, if it is one of its. */
    readonly unitMask: number;
  }) {
    this.code = code;
    this.doubles = locals.doubles;
    this.singles = locals.singles;
    this.#locals = locals;
    this.#instruction = instruction;
    this.#unitMask = unitMask;
  }

  abstract withScratch(body: (scratch: Local) => void): void;

  abstract leaveIf(condition: () => void): void;

  stateBase(): void {
    this.code.get(this.#locals.state);
  }

  slotAt(slot: number): number {
    return slotOffset(slot);
  }

  requireUnit(): void {
    const { code } = this;
    if (this.#unitMask === 0) return;
    this.leaveIf(() => writeUnitRefusal(code, () => code.get(this.#locals.unit), this.#unitMask));
  }

  /** Where NX is not set the region was left: the interpreter looks whether results are exact. */
  requireExact(): void {
    return;
  }

  roundToIntegral(value: Local): void {
    const { rm } = this.#instruction.decoded;
    this.code.get(value);
    this.code.plain(roundingOpcode[rm === dynamicRounding ? 0 : rm] ?? 'f64.nearest');
  }

  readF(operand: RegisterOperand): void {
    this.code.get(this.#f(operand));
    this.code.plain('i64.reinterpret_f64');
  }

  writeF(operand: 'rd', value: Operand): void {
    value();
    this.code.plain('f64.reinterpret_i64');
    this.code.set(this.#f(operand));
  }

  readFloat(operand: RegisterOperand, format: NativeFormat): void {
    const { code } = this;
    if (format === 'd') {
      code.get(this.#f(operand));
      return;
    }
    this.withScratch((bits) => {
      this.readF(operand);
      code.set(bits);
      this.leaveIf(() => {
        code.get(bits);
        code.i64(boxOf('s'));
        code.plain('i64.lt_u');
      });
      code.get(bits);
      code.plain('i32.wrap_i64');
      code.plain('f32.reinterpret_i32');
    });
  }

  writeFloat(operand: 'rd', format: NativeFormat, value: Operand): void {
    const { code } = this;
    value();
    if (format === 's') {
      writeBox(code);
      code.plain('f64.reinterpret_i64');
    }
    code.set(this.#f(operand));
  }

  #f(operand: RegisterOperand): Local {
    const local = this.#locals.f[this.#instruction.decoded[operand]];
    assert(local !== undefined, 'every register that a region uses has a local');
    return local;
  }
}

/** By rounding mode; ties away from zero is not among them. */
const roundingOpcode = ['f64.nearest', 'f64.trunc', 'f64.floor', 'f64.ceil'] as const;
