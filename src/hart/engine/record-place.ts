import type { AccessSize, AmoOperator, RegisterOperand, Value } from '../../isa/semantics.ts';
import { assert } from '../../common/errors.ts';
import { slotOffset } from '../state.ts';
import {
  writeAmoAccess,
  writeLoad,
  writeLoadReserved,
  writeStore,
  writeStoreConditional,
  writeZeroBlock,
  type AccessPad,
} from './compile-accesses.ts';
import { isPcRelative, type CodePlace, type Operand } from './compile-semantics.ts';
import type { HandlerVariant } from './handlers.ts';
import { writePc, writeTranslation, type InterpreterFrame } from './interpreter-frame.ts';
import { recordBytes, recordField, recordShift } from './layout.ts';
import type { CodeWriter, Local } from './wasm/code-writer.ts';
import type { MemoryOpcode } from './wasm/opcodes.ts';

/** Semantics compiled for operands that the predecoded record names. */
export class RecordPlace implements CodePlace, AccessPad {
  readonly code: CodeWriter;
  readonly host: Local;
  readonly ramDelta: number;
  readonly #frame: InterpreterFrame;
  readonly #reach: HandlerVariant['reach'];
  /** Bytes from this record to that of the next instruction in memory. */
  readonly #stride: number;
  #scratchInUse = 0;

  constructor(frame: InterpreterFrame, { reach, length }: HandlerVariant) {
    this.code = frame.code;
    this.host = frame.host;
    this.ramDelta = frame.ramDelta;
    this.#frame = frame;
    this.#reach = reach;
    this.#stride = length * (recordBytes / 2);
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
    code.get(this.#frame.bias);
    this.#nextRecord();
    code.i32(recordShift);
    code.plain('i32.shr_u');
    code.plain('i64.extend_i32_u');
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

  prepareJump(target: Value, compiled: Operand): void {
    if (this.#isNear(target)) return;
    compiled();
    this.code.set(this.#frame.target);
  }

  jump(target: Value): void {
    if (this.#isNear(target)) this.#goNear();
    else this.code.br(this.#frame.farJump);
  }

  branch(condition: () => void, target: Value, compiled: Operand): void {
    condition();
    this.code.if(() => {
      if (this.#isNear(target)) {
        this.#goNear();
      } else {
        compiled();
        this.code.set(this.#frame.target);
        this.code.br(this.#frame.farJump);
      }
    });
    this.fallThrough();
  }

  fallThrough(): void {
    this.#nextRecord();
    this.code.set(this.#frame.record);
    this.code.br(this.#frame.nextInstruction);
  }

  #goNear(): void {
    const { code } = this;
    const { record, nextInstruction } = this.#frame;
    code.get(record);
    this.#field('i32.load', recordField.imm);
    code.plain('i32.add');
    code.set(record);
    code.br(nextInstruction);
  }

  #isNear(target: Value): boolean {
    return this.#reach === 'near' && isPcRelative(target);
  }

  #field(opcode: MemoryOpcode, offset: number): void {
    this.code.get(this.#frame.record);
    this.code.memory(opcode, offset);
  }

  #nextRecord(): void {
    this.code.get(this.#frame.record);
    this.code.i32(this.#stride);
    this.code.plain('i32.add');
  }
}
