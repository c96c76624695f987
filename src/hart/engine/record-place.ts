import type { AccessSize, AmoOperator, RegisterOperand, Value } from '../../isa/semantics.ts';
import { assert } from '../../common/errors.ts';
import { hartSlot, slotOffset } from '../state.ts';
import { writeAmo } from './compile-arithmetic.ts';
import { isPcRelative, type CodePlace, type Operand } from './compile-semantics.ts';
import type { HandlerVariant } from './handlers.ts';
import { writePc, writeTranslation, type InterpreterFrame } from './interpreter-frame.ts';
import { recordBytes, recordField, recordShift } from './layout.ts';
import type { CodeWriter, Local } from './wasm/code-writer.ts';
import type { MemoryOpcode } from './wasm/opcodes.ts';

/** Semantics compiled for operands that the predecoded record names. */
export class RecordPlace implements CodePlace {
  readonly code: CodeWriter;
  readonly #frame: InterpreterFrame;
  readonly #reach: HandlerVariant['reach'];
  /** Bytes from this record to that of the next instruction in memory. */
  readonly #stride: number;
  #scratchInUse = 0;

  constructor(frame: InterpreterFrame, { reach, length }: HandlerVariant) {
    this.code = frame.code;
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
    writeTranslation(this.#frame, 'read', size, address);
    this.code.memory(loadOpcode(size, signed), 0);
  }

  store(size: AccessSize, address: Operand, value: Operand): void {
    writeTranslation(this.#frame, 'write', size, address);
    value();
    this.code.memory(storeOpcode(size), 0);
  }

  loadReserved(size: 4 | 8, address: Operand): void {
    const { code } = this;
    const { host, stateOffset } = this.#frame;
    writeTranslation(this.#frame, 'read', size, address);
    code.set(host);
    code.i32(0);
    this.#physicalAddress();
    code.memory('i64.store', stateOffset + slotOffset(hartSlot.reservationAddress));
    code.i32(0);
    code.i64(1n);
    code.memory('i64.store', stateOffset + slotOffset(hartSlot.reservationValid));
    code.get(host);
    code.memory(loadOpcode(size, true), 0);
  }

  storeConditional(size: 4 | 8, address: Operand, value: Operand): void {
    const { code } = this;
    const { host, stateOffset } = this.#frame;
    const reservationAddress = stateOffset + slotOffset(hartSlot.reservationAddress);
    const reservationValid = stateOffset + slotOffset(hartSlot.reservationValid);
    this.withScratch((failed) => {
      writeTranslation(this.#frame, 'write', size, address);
      code.set(host);
      code.i64(1n);
      code.set(failed);
      code.i32(0);
      code.memory('i32.load', reservationValid);
      code.i32(0);
      code.memory('i64.load', reservationAddress);
      this.#physicalAddress();
      code.plain('i64.eq');
      code.plain('i32.and');
      code.if(() => {
        code.get(host);
        value();
        code.memory(storeOpcode(size), 0);
        code.i64(0n);
        code.set(failed);
      });
      for (const slot of [reservationValid, reservationAddress]) {
        code.i32(0);
        code.i64(0n);
        code.memory('i64.store', slot);
      }
      code.get(failed);
    });
  }

  amo(operator: AmoOperator, size: 4 | 8, address: Operand, value: Operand): void {
    const { code } = this;
    const { host } = this.#frame;
    this.withScratch((old) => {
      this.withScratch((operand) => {
        writeTranslation(this.#frame, 'write', size, address);
        code.tee(host);
        code.memory(loadOpcode(size, true), 0);
        code.set(old);
        value();
        code.set(operand);
        code.get(host);
        writeAmo(operator, size, old, operand, code);
        code.memory(storeOpcode(size), 0);
        code.get(old);
      });
    });
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

  #physicalAddress(): void {
    this.code.get(this.#frame.host);
    this.code.plain('i64.extend_i32_u');
    this.code.i64(BigInt(this.#frame.ramDelta));
    this.code.plain('i64.add');
  }
}

function loadOpcode(size: AccessSize, signed: boolean): MemoryOpcode {
  if (size === 8) return 'i64.load';
  const bits = size === 1 ? 8 : size === 2 ? 16 : 32;
  return signed ? `i64.load${bits}_s` : `i64.load${bits}_u`;
}

function storeOpcode(size: AccessSize): MemoryOpcode {
  return ({ 1: 'i64.store8', 2: 'i64.store16', 4: 'i64.store32', 8: 'i64.store' } as const)[size];
}
