import type { InstructionAlignment } from '../../isa/configuration/isa.ts';
import type { Decode } from '../../isa/decode.ts';
import type { DecodedInstruction, Instruction } from '../../isa/instruction.ts';
import { sret } from '../../isa/extensions/privileged.ts';
import { csrrs } from '../../isa/extensions/zicsr.ts';
import { time } from '../../isa/csrs/counters.ts';
import { ecall } from '../../isa/extensions/rv64i-control.ts';
import { dynamicRounding } from '../../isa/rounding-modes.ts';
import { floatOperands, hasRounding, isRoundedInWasm, unitMask } from './float-unit.ts';
import { csrHandlerOf, handlerOf, specialHandler, type Reach } from './handlers.ts';
import { floatRegisterOffset, registerOffset, sinkOffset } from './layout.ts';
import { isAgainstAlignment } from './misaligned-jumps.ts';

/** Where a row of `RecordTemplates.rows` has what the records of an instruction word hold, wherever the word is. */
export const templateWord = {
  word: 0,
  /** The handler; in the upper half that where the target lies in the same page, or 0 where there is no such. */
  handlers: 1,
  /** rd; in the upper half how far on the next instruction of a straight run is, or 0 where the run ends. */
  rd: 2,
  /** rs1, and rs2 in the upper half. */
  sources: 3,
  /** Four bytes: see `recordField`. */
  imm: 4,
} as const;
const rowWords = 8;

/** Takes apart each word that code has again and again once; a kernel has some hundred thousand different ones. */
export class RecordTemplates {
  readonly rows = new Int32Array(places * rowWords);
  readonly #decode: Decode;
  readonly #alignment: InstructionAlignment;

  constructor(decode: Decode, alignment: InstructionAlignment) {
    this.#decode = decode;
    this.#alignment = alignment;
    // Where nothing is yet there is the word 0, whose own place is the first: that has another one.
    this.rows[templateWord.word] = 1;
  }

  /** Where the row of a word, as a signed number, begins. */
  rowOf(word: number): number {
    const row = ((word ^ (word >>> 12) ^ (word >>> 20)) & (places - 1)) * rowWords;
    if (this.rows[row + templateWord.word] !== word) this.#fill(row, word);
    return row;
  }

  #fill(row: number, word: number): void {
    const { rows } = this;
    const decoded = this.#decode(word);
    const shape = decoded && shapeOf(decoded.instruction);
    const handler = decoded && shape && this.#handlerOf(decoded, shape);
    const step = decoded === undefined || shape?.endsRun ? 0 : decoded.length;
    rows[row + templateWord.word] = word;
    if (decoded === undefined || shape === undefined || handler === undefined) {
      rows[row + templateWord.handlers] = handlerOutside(decoded);
      rows[row + templateWord.rd] = integerTarget(decoded?.rd ?? 0) | (step << 16);
      rows[row + templateWord.sources] = 0;
      rows[row + templateWord.imm] = 0;
      return;
    }
    const { rd, rs1, rs2, length } = decoded;
    const { floats } = shape;
    rows[row + templateWord.handlers] = handler | (shape.near[length] << 16);
    rows[row + templateWord.rd] = (floats.rd ? floatRegisterOffset(rd) : integerTarget(rd)) | (step << 16);
    rows[row + templateWord.sources] =
      (floats.rs1 ? floatRegisterOffset(rs1) : registerOffset(rs1)) |
      ((floats.rs2 ? floatRegisterOffset(rs2) : registerOffset(rs2)) << 16);
    rows[row + templateWord.imm] = immediateOf(decoded, shape);
  }

  /** `undefined`: it is done outside. */
  #handlerOf(decoded: DecodedInstruction, shape: Shape): number | undefined {
    const handler = shape.far[decoded.length] || csrHandlerOf(decoded);
    if (this.#alignment === 4 && isAgainstAlignment(decoded)) return undefined;
    return shape.rounds && !isRoundedInWasm(decoded) ? undefined : handler;
  }
}

/** A power of two. */
const places = 0x1_0000;

/** What all words of an instruction have in common. */
interface Shape {
  /** Handlers by the length; 0 where there is none. */
  readonly far: Readonly<Record<2 | 4, number>>;
  readonly near: Readonly<Record<2 | 4, number>>;
  /** Which operands are f registers. */
  readonly floats: Readonly<Record<'rd' | 'rs1' | 'rs2', boolean>>;
  /** Has it a rounding mode? */
  readonly rounds: boolean;
  /** What follows an unconditional jump in memory may be anything: it is decoded when it is reached. */
  readonly endsRun: boolean;
}

function shapeOf(instruction: Instruction): Shape {
  let shape = shapes.get(instruction);
  if (shape === undefined) {
    const floats = floatOperands(instruction);
    const handlers = (reach: Reach): Shape['far'] => ({
      2: handlerOf(instruction, 2, reach) ?? 0,
      4: handlerOf(instruction, 4, reach) ?? 0,
    });
    shape = {
      far: handlers('far'),
      near: handlers('near'),
      floats: { rd: floats.has('rd'), rs1: floats.has('rs1'), rs2: floats.has('rs2') },
      rounds: hasRounding(instruction),
      endsRun: instruction.semantics.some((statement) => statement.kind === 'jump'),
    };
    shapes.set(instruction, shape);
  }
  return shape;
}

const shapes = new Map<Instruction, Shape>();

function immediateOf(decoded: DecodedInstruction, { rounds }: Shape): number {
  if (rounds) {
    const rounding = decoded.rm === dynamicRounding ? 0 : decoded.rm;
    return floatRegisterOffset(decoded.rs3) | ((unitMask(decoded) | (rounding << 8)) << 16);
  }
  // Of a CSR instruction the constant takes the place of the immediate.
  return decoded.imm === 0 ? decoded.zimm : decoded.imm;
}

function integerTarget(rd: number): number {
  return rd === 0 ? sinkOffset : registerOffset(rd);
}

function handlerOutside(decoded: DecodedInstruction | undefined): number {
  if (decoded?.instruction === ecall) return specialHandler.call;
  // RDTIME: to set no bits is to read.
  if (decoded?.instruction === csrrs && decoded.csr === time.address && decoded.rs1 === 0)
    return specialHandler.time;
  return decoded?.instruction === sret ? specialHandler.return : specialHandler.slow;
}
