import type { InstructionAlignment } from '../../isa/configuration/isa.ts';
import type { AccessSize, AmoOperator, RegisterOperand, Value } from '../../isa/semantics.ts';
import { assert } from '../../common/errors.ts';
import type { Instruction } from '../../isa/instruction.ts';
import { csrSlot, slotOffset } from '../state-layout.ts';
import {
  writeAmoAccess,
  writeLoad,
  writeLoadReserved,
  writeStore,
  writeStoreConditional,
  writeZeroBlock,
  type AccessPad,
} from './compile/accesses.ts';
import { floatType, writeBox, type NativeFormat } from './compile/float-place.ts';
import { isPcRelative, type CodePlace, type Operand } from './compile/semantics.ts';
import { hasRounding, unitBit, writeUnit, writeUnitRefusal } from './float-unit.ts';
import type { HandlerVariant } from './handlers.ts';
import { writePc, writeTranslation, type InterpreterFrame } from './interpreter-frame.ts';
import { recordField } from './layout.ts';
import type { CodeWriter, Local } from './wasm/code-writer.ts';
import type { MemoryOpcode } from './wasm/opcodes.ts';

/** Semantics compiled for operands that the predecoded record names. */
export class RecordPlace implements CodePlace, AccessPad {
  readonly code: CodeWriter;
  readonly host: Local;
  readonly ramDelta: number;
  readonly alignment: InstructionAlignment;
  readonly doubles: readonly Local[];
  readonly singles: readonly Local[];
  readonly #frame: InterpreterFrame;
  readonly #instruction: Instruction;
  readonly #reach: HandlerVariant['reach'];
  readonly #length: 2 | 4;
  #scratchInUse = 0;

  constructor(frame: InterpreterFrame, { instruction, reach, length }: HandlerVariant) {
    this.code = frame.code;
    this.host = frame.host;
    this.ramDelta = frame.ramDelta;
    this.alignment = frame.alignment;
    this.doubles = frame.doubles;
    this.singles = frame.singles;
    this.#frame = frame;
    this.#instruction = instruction;
    this.#reach = reach;
    this.#length = length;
  }

  readX(operand: RegisterOperand): void {
    assert(operand !== 'rs3', 'records have no rs3');
    this.#field('i32.load16_u', recordField[operand]);
    this.code.memory('i64.load', this.#frame.stateOffset);
  }

  writeX(operand: 'rd', value: Operand): void {
    this.#field('i32.load16_u', recordField[operand]);
    value();
    this.code.memory('i64.store', this.#frame.stateOffset);
  }

  immediate(): void {
    this.#field('i64.load32_s', recordField.imm);
  }

  pc(): void {
    writePc(this.#frame);
  }

  nextPc(): void {
    const { code } = this;
    writePc(this.#frame);
    code.i64(BigInt(this.#length));
    code.plain('i64.add');
  }

  withScratch(body: (scratch: Local) => void): void {
    const scratch = this.#frame.scratch[this.#scratchInUse];
    assert(scratch !== undefined, 'semantics are nested too deep');
    this.#scratchInUse++;
    body(scratch);
    this.#scratchInUse--;
  }

  load(size: AccessSize, signed: boolean, address: Operand): void {
    writeLoad(this, size, signed, address);
  }

  store(size: AccessSize, address: Operand, value: Operand): void {
    writeStore(this, size, address, value);
  }

  loadReserved(size: 4 | 8, address: Operand): void {
    writeLoadReserved(this, size, address);
  }

  storeConditional(size: 4 | 8, address: Operand, value: Operand): void {
    writeStoreConditional(this, size, address, value);
  }

  amo(operator: AmoOperator, size: 4 | 8, address: Operand, value: Operand): void {
    writeAmoAccess(this, operator, size, address, value);
  }

  /** In the place of an immediate, of which there is none. */
  zimm(): void {
    this.immediate();
  }

  contextWord(place: number): void {
    this.code.get(this.#frame.context);
    this.code.memory('i32.load', place);
  }

  zeroBlock(address: Operand): void {
    writeZeroBlock(this, address);
  }

  leaveIf(condition: () => void): void {
    condition();
    this.code.if(() => this.code.br(this.#frame.slow));
  }

  translate(...[array, size, address, alignment]: Parameters<AccessPad['translate']>): void {
    writeTranslation(this.#frame, array, size, address, alignment);
  }

  stateBase(): void {
    this.code.i32(0);
  }

  slotAt(slot: number): number {
    return this.#frame.stateOffset + slotOffset(slot);
  }

  requireUnit(): void {
    const { code } = this;
    this.leaveIf(() => {
      if (!hasRounding(this.#instruction)) {
        writeUnitRefusal(code, () => writeUnit(this), unitBit.dirty);
        return;
      }
      // As `writeUnitRefusal` has it for a mask that is known; without NX, for there `requireExact` looks.
      writeUnit(this);
      this.#field('i32.load8_u', recordField.unitMask);
      code.plain('i32.and');
      code.i32(unitBit.dirty);
      code.plain('i32.ne');
    });
  }

  requireExact(isExact: () => void): void {
    const { code } = this;
    this.stateBase();
    code.memory('i32.load', this.slotAt(csrSlot.fcsr));
    code.i32(unitBit.inexact);
    code.plain('i32.and');
    code.plain('i32.eqz');
    code.if(() => {
      this.leaveIf(() => {
        isExact();
        code.plain('i32.eqz');
      });
    });
  }

  roundToIntegral(value: Local): void {
    const { code } = this;
    const result = this.doubles[3] as Local;
    code.get(value);
    code.plain('f64.trunc');
    code.set(result);
    for (const [rounding, opcode] of [
      [0, 'f64.nearest'],
      [2, 'f64.floor'],
      [3, 'f64.ceil'],
    ] as const) {
      this.#field('i32.load8_u', recordField.rounding);
      code.i32(rounding);
      code.plain('i32.eq');
      code.if(() => {
        code.get(value);
        code.plain(opcode);
        code.set(result);
      });
    }
    code.get(result);
  }

  readF(operand: RegisterOperand): void {
    this.#field('i32.load16_u', recordField[operand]);
    this.code.memory('i64.load', this.#frame.stateOffset);
  }

  writeF(operand: 'rd', value: Operand): void {
    this.writeX(operand, value);
  }

  readFloat(operand: RegisterOperand, format: NativeFormat): void {
    const { code } = this;
    const { stateOffset } = this.#frame;
    if (format === 's') {
      // Unpriv. D, NaN boxing: what is above a single are ones.
      this.leaveIf(() => {
        this.#field('i32.load16_u', recordField[operand]);
        code.memory('i32.load', stateOffset + 4);
        code.i32(-1);
        code.plain('i32.ne');
      });
    }
    this.#field('i32.load16_u', recordField[operand]);
    code.memory(`${floatType[format]}.load`, stateOffset);
  }

  writeFloat(operand: 'rd', format: NativeFormat, value: Operand): void {
    const { code } = this;
    this.#field('i32.load16_u', recordField[operand]);
    value();
    if (format === 's') writeBox(code);
    code.memory(format === 's' ? 'i64.store' : 'f64.store', this.#frame.stateOffset);
  }

  loadDouble(address: Operand): void {
    this.translate('read', 8, address, 'any');
    this.code.memory('f64.load', 0);
  }

  storeDouble(address: Operand, value: Operand): void {
    this.translate('write', 8, address, 'any');
    value();
    this.code.memory('f64.store', 0);
  }

  prepareJump(target: Value, compiled: Operand): void {
    if (this.#isNear(target)) return;
    compiled();
    this.code.set(this.#frame.target);
  }

  jump(target: Value): void {
    this.code.br(this.#isNear(target) ? this.#frame.nearJump : this.#frame.farJump);
  }

  branch(condition: () => void, target: Value, compiled: Operand): void {
    condition();
    this.code.if(() => {
      if (this.#isNear(target)) {
        this.code.br(this.#frame.nearJump);
      } else {
        compiled();
        this.code.set(this.#frame.target);
        this.code.br(this.#frame.farJump);
      }
    });
    this.fallThrough();
  }

  fallThrough(): void {
    this.code.br(this.#frame.next[this.#length]);
  }

  #isNear(target: Value): boolean {
    return this.#reach === 'near' && isPcRelative(target);
  }

  #field(opcode: MemoryOpcode, offset: number): void {
    this.code.get(this.#frame.record);
    this.code.memory(opcode, offset);
  }
}
