import type { ExtensionName } from './configuration/extensions.ts';
import type { RegisterOperand, Semantics } from './semantics.ts';

/** Privilege levels with virtualization: HS is S with V = 0. */
export type Mode = 'M' | 'HS' | 'U' | 'VS' | 'VU';

/** The operands that instruction words hold, by the manual’s names. */
export type OperandName =
  'rd' | 'rs1' | 'rs2' | 'rs3' | 'imm' | 'csr' | 'zimm' | 'aq' | 'rl' | 'pred' | 'succ' | 'fm' | 'rm';

/** Bits `high..low` of the instruction word hold bits `high - low + at .. at` of the operand. */
export interface Slice {
  readonly high: number;
  readonly low: number;
  readonly at: number;
}

/** Where an instruction word holds an operand. */
export interface OperandField {
  readonly name: OperandName;
  readonly slices: readonly Slice[];
  readonly signed: boolean;
  /** Added after extraction: 8 for the three-bit registers of compressed instructions. */
  readonly bias: number;
}

/** How an instruction is told from others, and where its operands are. */
export interface Encoding {
  /** The bits as the manual prints them, where `.` is open: for reference pages. */
  readonly pattern: string;
  readonly length: 2 | 4;
  /** An instruction word w is this instruction where `(w & mask) >>> 0 === match`. */
  readonly match: number;
  readonly mask: number;
  readonly fields: readonly OperandField[];
}

/**
 * In `modes`, and where the CSR field named by `field` (`hstatus.VTSR`) has the value `equals`, the instruction
 * raises `raises` in place of what it does. The first guard that holds decides.
 */
export interface Guard {
  readonly modes: readonly Mode[];
  readonly field?: string;
  readonly equals?: number;
  readonly raises: 'illegal-instruction' | 'virtual-instruction';
  /** The clause that says so. */
  readonly source: string;
}

/** One instruction of the base encodings, described once. */
export interface Instruction {
  readonly mnemonic: string;
  /** A machine has the instruction if it has this extension, or one of `alsoIn`, and all that it `needs`. */
  readonly extension: ExtensionName | 'Privileged';
  readonly alsoIn?: readonly ExtensionName[];
  readonly needs?: readonly ExtensionName[];
  readonly encoding: Encoding;
  /**
   * Operands as assembly writes them: `{rd}, {imm}({rs1})`. `{target}` is pc + imm, `{upper}` is imm >> 12
   * and `{shamt}` is imm as a shift amount; `{constant}` is the number of which zimm is the code in Zfa.
   */
  readonly syntax: string;
  /** One sentence for hover and the reference pages. */
  readonly summary: string;
  readonly guards: readonly Guard[];
  readonly semantics: Semantics;
}

/** A 16-bit instruction: its own encoding and text, and the base instruction that it stands for. */
export interface CompressedInstruction {
  readonly mnemonic: string;
  /** A machine has it if it has this extension and the base instruction. */
  readonly extension: ExtensionName;
  readonly encoding: Encoding;
  readonly syntax: string;
  readonly summary: string;
  readonly expandsTo: Instruction;
  /** Operands of the base instruction that the encoding does not hold: `{ rd: 1 }` for c.jalr. */
  readonly implied: Readonly<Partial<Record<Exclude<RegisterOperand, 'rs3'> | 'imm', number>>>;
}

/** An instruction word taken apart. Operands it does not have are 0. `imm` is a signed 32-bit number. */
export interface DecodedInstruction {
  /** The base instruction, also where the word is a compressed one. */
  readonly instruction: Instruction;
  readonly compressed: CompressedInstruction | undefined;
  readonly word: number;
  readonly length: 2 | 4;
  readonly rd: number;
  readonly rs1: number;
  readonly rs2: number;
  readonly rs3: number;
  readonly imm: number;
  /** CSR address of Zicsr instructions. */
  readonly csr: number;
  /** Five-bit unsigned immediate of csrrwi and kin, and of fli. */
  readonly zimm: number;
  /** Rounding mode of a floating-point instruction: 0 to 4, or 7 for that of frm. */
  readonly rm: number;
}
