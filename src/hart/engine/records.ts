import type { InstructionAlignment } from '../../isa/configuration/isa.ts';
import type { DecodedInstruction } from '../../isa/instruction.ts';
import { sret } from '../../isa/extensions/privileged.ts';
import { ecall } from '../../isa/extensions/rv64i-control.ts';
import { predecodedBytes } from '../layout.ts';
import type { MachineMemory } from '../memory.ts';
import { dynamicRounding } from '../../isa/rounding-modes.ts';
import type { RegisterOperand } from '../../isa/semantics.ts';
import { floatOperands, hasRounding, isRoundedInWasm, unitMask } from './float-unit.ts';
import { csrHandlerOf, handlerOf, specialHandler } from './handlers.ts';
import {
  floatRegisterOffset,
  pageRecords,
  pageRecordsBytes,
  recordBytes,
  recordField,
  registerOffset,
  seenFlag,
  sinkOffset,
} from './layout.ts';
import { isAgainstAlignment } from './misaligned-jumps.ts';

/** A record by its place in the pool, counted in half-words, as all of it but the immediate is. */
export type RecordIndex = number & { readonly __engine: 'record' };

/** Writes predecoded instructions, as `recordField` and `pageRecords` lay them out. */
export class Records {
  readonly #halfWords: Uint16Array;
  readonly #words: Int32Array;
  readonly #alignment: InstructionAlignment;

  constructor(memory: MachineMemory, alignment: InstructionAlignment) {
    this.#alignment = alignment;
    const { buffer } = memory.wasm;
    this.#halfWords = new Uint16Array(buffer, memory.predecodedOffset, predecodedBytes / 2);
    this.#words = new Int32Array(buffer, memory.predecodedOffset, predecodedBytes / 4);
  }

  /** The record of the half-word at an offset of the page that has this place in the pool. */
  at(place: number, offset: number): RecordIndex {
    return ((place * pageRecordsBytes) / 2 + offset * (recordBytes / 4)) as RecordIndex;
  }

  isDecoded(record: RecordIndex): boolean {
    return this.#halfWords[record] !== specialHandler.decode;
  }

  /** Makes all records of a page undecoded. */
  clearPage(place: number): void {
    const first = this.at(place, 0);
    this.#halfWords.fill(specialHandler.decode, first, first + pageRecordsBytes / 2);
    for (const end of [pageRecords.end, pageRecords.crossingEnd]) {
      this.#halfWords[first + (end * recordBytes) / 2] = specialHandler.pageEnd;
    }
  }

  patience(place: number): number {
    return this.#words[this.#patienceAt(place)] as number;
  }

  setPatience(place: number, instructions: number): void {
    this.#words[this.#patienceAt(place)] = instructions;
  }

  clear(record: RecordIndex): void {
    this.#halfWords[record] = specialHandler.decode;
  }

  /**
   * `undefined` is no instruction: the slow path finds out. `offset` is the place in the page, to tell which
   * targets are near.
   */
  write(record: RecordIndex, decoded: DecodedInstruction | undefined, offset: number): void {
    const target = offset + (decoded?.imm ?? 0);
    this.#write(record, decoded, target >= 0 && target < pageBytes ? 'near' : 'far');
  }

  /** The instruction that begins at the last half-word, whose record this is, and whose second half is `high`. */
  writeCrossing(record: RecordIndex, decoded: DecodedInstruction | undefined, high: number): void {
    const crossing = (record +
      ((pageRecords.crossing - (pageRecords.end - 1)) * recordBytes) / 2) as RecordIndex;
    this.#write(crossing, decoded, 'far');
    this.#halfWords[crossing + recordField.saved / 2] = high;
    this.#halfWords[record] = specialHandler.crossing;
  }

  setBreakpoint(record: RecordIndex): void {
    this.#replaceHandler(record, specialHandler.breakpoint);
  }

  /** Gives the record back its handler, if it has a breakpoint. */
  removeBreakpoint(record: RecordIndex): void {
    if (this.#halfWords[record] === specialHandler.breakpoint) this.#putBackHandler(record);
  }

  /** Makes the translated function of this number begin here. The record is decoded, and of a plain instruction. */
  setRegion(record: RecordIndex, region: number): void {
    this.removeRegion(record);
    this.#replaceHandler(record, specialHandler.region);
    this.#halfWords[record + recordField.region / 2] = region;
  }

  /** Has the interpreter count down `passes` times until it tells that it came by; of a record as above. */
  setLoopHead(record: RecordIndex, passes: number): void {
    this.#replaceHandler(record, specialHandler.loopHead);
    this.#halfWords[record + recordField.region / 2] = passes;
  }

  /** Gives the record back its handler, if a region or a translated loop begins here. */
  removeRegion(record: RecordIndex): void {
    const handler = this.#halfWords[record];
    if (handler === specialHandler.region || handler === specialHandler.loopHead)
      this.#putBackHandler(record);
  }

  isRegion(record: RecordIndex): boolean {
    return this.#halfWords[record] === specialHandler.region;
  }

  /** Is it decoded, an instruction that the interpreter does by itself, and all of it in its page? */
  isPlain(record: RecordIndex): boolean {
    const handler = this.#halfWords[record] as number;
    return (
      handler >= firstInstruction || handler === specialHandler.region || handler === specialHandler.loopHead
    );
  }

  /** Did a jump lead here that is not seen before it runs? */
  isSeen(record: RecordIndex): boolean {
    return ((this.#halfWords[record + recordField.saved / 2] as number) & seenFlag) !== 0;
  }

  #patienceAt(place: number): number {
    return (place * pageRecordsBytes + pageRecords.patience * recordBytes) / 4;
  }

  #replaceHandler(record: RecordIndex, handler: number): void {
    const saved = record + recordField.saved / 2;
    const seen = (this.#halfWords[saved] as number) & seenFlag;
    this.#halfWords[saved] = seen | (this.#halfWords[record] as number);
    this.#halfWords[record] = handler;
  }

  #putBackHandler(record: RecordIndex): void {
    this.#halfWords[record] = (this.#halfWords[record + recordField.saved / 2] as number) & ~seenFlag;
  }

  #write(record: RecordIndex, decoded: DecodedInstruction | undefined, reach: 'near' | 'far'): void {
    const far = decoded && (handlerOf(decoded.instruction, decoded.length, 'far') ?? csrHandlerOf(decoded));
    const isOutside = this.#alignment === 4 && decoded !== undefined && isAgainstAlignment(decoded);
    if (decoded === undefined || far === undefined || isOutside || !isRoundedInWasm(decoded)) {
      this.#halfWords[record] = decoded === undefined ? specialHandler.slow : handlerOutside(decoded);
      return;
    }
    const { instruction, rd, rs1, rs2, length } = decoded;
    // Of a CSR instruction the constant takes the place of the immediate.
    const imm = decoded.imm === 0 ? decoded.zimm : decoded.imm;
    const near = reach === 'near' ? handlerOf(instruction, length, 'near') : undefined;
    const floats = floatOperands(instruction);
    const offsetOf = (operand: RegisterOperand, register: number): number =>
      floats.has(operand) ? floatRegisterOffset(register) : registerOffset(register);
    this.#halfWords[record + recordField.rd / 2] =
      rd === 0 && !floats.has('rd') ? sinkOffset : offsetOf('rd', rd);
    this.#halfWords[record + recordField.rs1 / 2] = offsetOf('rs1', rs1);
    this.#halfWords[record + recordField.rs2 / 2] = offsetOf('rs2', rs2);
    if (hasRounding(instruction)) {
      const rounding = decoded.rm === dynamicRounding ? 0 : decoded.rm;
      this.#halfWords[record + recordField.rs3 / 2] = floatRegisterOffset(decoded.rs3);
      this.#halfWords[record + recordField.unitMask / 2] = unitMask(decoded) | (rounding << 8);
    } else {
      this.#words[(record + recordField.imm / 2) / 2] = near === undefined ? imm : imm * (recordBytes / 2);
    }
    this.#halfWords[record] = near ?? far;
  }
}

const pageBytes = 0x1000;
const firstInstruction = Object.keys(specialHandler).length;

function handlerOutside({ instruction }: DecodedInstruction): number {
  if (instruction === ecall) return specialHandler.call;
  return instruction === sret ? specialHandler.return : specialHandler.slow;
}
