import type { CompressedInstruction, Encoding, Instruction, OperandField } from './instruction.ts';

/** An instruction made ready for decoding, which runs for every instruction of a guest's code. */
export interface Form {
  readonly encoding: Encoding;
  readonly instruction: Instruction;
  readonly compressed: CompressedInstruction | undefined;
  readonly implied: CompressedInstruction['implied'];
  readonly parts: readonly Part[];
}

/** A run of bits of an operand: `((word << left) >> right) << at`, with `>>>` where it does not hold the sign. */
interface Part {
  readonly operand: DecodedOperand;
  readonly left: number;
  readonly right: number;
  readonly at: number;
  readonly signed: boolean;
  readonly bias: number;
}

type DecodedOperand = 'rd' | 'rs1' | 'rs2' | 'rs3' | 'imm' | 'csr' | 'zimm' | 'rm';

/** The form of an instruction; or of a compressed one, which expands to it. */
export function formOf(instruction: Instruction, compressed?: CompressedInstruction): Form {
  const { encoding } = compressed ?? instruction;
  return {
    encoding,
    instruction,
    compressed,
    implied: compressed?.implied ?? {},
    parts: encoding.fields.flatMap(partsOf),
  };
}

function partsOf({ name, slices, signed, bias }: OperandField): readonly Part[] {
  switch (name) {
    case 'rd':
    case 'rs1':
    case 'rs2':
    case 'rs3':
    case 'imm':
    case 'csr':
    case 'zimm':
    case 'rm':
      break;
    // Of no consequence to execution: text alone shows them.
    case 'aq':
    case 'rl':
    case 'pred':
    case 'succ':
    case 'fm':
      return [];
  }
  const topPlace = Math.max(...slices.map(({ at }) => at));
  return slices.map(({ high, low, at }) => ({
    operand: name,
    left: 31 - high,
    right: 31 - high + low,
    at,
    signed: signed && at === topPlace,
    bias,
  }));
}
