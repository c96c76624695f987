import type { InstructionAlignment } from '../../isa/configuration/isa.ts';
import type { Decode } from '../../isa/decode.ts';
import type { DecodedInstruction } from '../../isa/instruction.ts';
import { sret } from '../../isa/extensions/privileged.ts';
import { csrrs } from '../../isa/extensions/zicsr.ts';
import { time } from '../../isa/csrs/counters.ts';
import { ecall } from '../../isa/extensions/rv64i-control.ts';
import { dynamicRounding } from '../../isa/rounding-modes.ts';
import type { RegisterOperand } from '../../isa/semantics.ts';
import { floatOperands, hasRounding, isRoundedInWasm, unitMask } from './float-unit.ts';
import { csrHandlerOf, handlerOf, specialHandler } from './handlers.ts';
import { floatRegisterOffset, registerOffset, sinkOffset } from './layout.ts';
import { isAgainstAlignment } from './misaligned-jumps.ts';

/** What the records of an instruction word hold, wherever the word is. */
export interface RecordTemplate {
  readonly word: number;
  readonly handler: number;
  /** The handler where the target lies in the same page; 0 where there is no such. */
  readonly nearHandler: number;
  readonly rd: number;
  /** rs1, and rs2 in the upper half. */
  readonly sources: number;
  /** Four bytes: see `recordField`. */
  readonly imm: number;
  /** How far on the next instruction of a straight run is; 0 where the run ends. */
  readonly step: number;
}

/** Takes apart each word that code has again and again once. */
export class RecordTemplates {
  readonly #decode: Decode;
  readonly #alignment: InstructionAlignment;
  readonly #known: (RecordTemplate | undefined)[] = Array.from({ length: places }, () => undefined);

  constructor(decode: Decode, alignment: InstructionAlignment) {
    this.#decode = decode;
    this.#alignment = alignment;
  }

  of(word: number): RecordTemplate {
    const place = (word ^ (word >>> 12) ^ (word >>> 20)) & (places - 1);
    const known = this.#known[place];
    if (known?.word === word) return known;
    return (this.#known[place] = templateOf(word, this.#decode(word), this.#alignment));
  }
}

/** A power of two. */
const places = 0x4000;

/** `undefined` is no instruction: the slow path finds out. */
function templateOf(
  word: number,
  decoded: DecodedInstruction | undefined,
  alignment: InstructionAlignment,
): RecordTemplate {
  const handler = decoded && (handlerOf(decoded.instruction, decoded.length, 'far') ?? csrHandlerOf(decoded));
  const step = decoded === undefined || endsRun(decoded) ? 0 : decoded.length;
  const isOutside = alignment === 4 && decoded !== undefined && isAgainstAlignment(decoded);
  if (decoded === undefined || handler === undefined || isOutside || !isRoundedInWasm(decoded)) {
    const rd = integerTarget(decoded?.rd ?? 0);
    return { word, handler: handlerOutside(decoded), nearHandler: 0, rd, sources: 0, imm: 0, step };
  }
  const { instruction, rd, rs1, rs2, length } = decoded;
  const floats = floatOperands(instruction);
  const offsetOf = (operand: RegisterOperand, register: number): number =>
    floats.has(operand) ? floatRegisterOffset(register) : registerOffset(register);
  return {
    word,
    handler,
    nearHandler: handlerOf(instruction, length, 'near') ?? 0,
    rd: floats.has('rd') ? floatRegisterOffset(rd) : integerTarget(rd),
    sources: offsetOf('rs1', rs1) | (offsetOf('rs2', rs2) << 16),
    imm: immediateOf(decoded),
    step,
  };
}

function immediateOf(decoded: DecodedInstruction): number {
  if (hasRounding(decoded.instruction)) {
    const rounding = decoded.rm === dynamicRounding ? 0 : decoded.rm;
    return floatRegisterOffset(decoded.rs3) | ((unitMask(decoded) | (rounding << 8)) << 16);
  }
  // Of a CSR instruction the constant takes the place of the immediate.
  return decoded.imm === 0 ? decoded.zimm : decoded.imm;
}

/** What follows an unconditional jump in memory may be anything: it is decoded when it is reached. */
function endsRun({ instruction }: DecodedInstruction): boolean {
  return instruction.semantics.some((statement) => statement.kind === 'jump');
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
