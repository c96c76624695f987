import { compressedType } from '../compressed-format.ts';
import { describing, describingCompressed } from '../description.ts';
import { rType } from '../formats.ts';
import type { CompressedInstruction, Instruction } from '../instruction.ts';
import { constant, setX } from '../semantics.ts';
import { addi } from './rv64i-computation.ts';

const instruction = describing('Zimop');
const compressed = describingCompressed('Zcmop');

const bits = (value: number, width: number): string => value.toString(2).padStart(width, '0');

/** Instructions that later extensions may give a meaning; until then they write zero. */
export const mayBeOperations: readonly Instruction[] = [
  ...Array.from({ length: 32 }, (_, n) => {
    const [high, middle, low] = [bits(n >> 4, 1), bits((n >> 2) & 3, 2), bits(n & 3, 2)];
    return instruction({
      mnemonic: `mop.r.${n}`,
      encoding: rType(`1${high}00${middle}0 111${low} ..... 100 ..... 1110011`),
      syntax: '{rd}, {rs1}',
      summary: 'Writes zero, until an extension gives it a meaning.',
      semantics: ({ rd }) => [setX(rd, constant(0))],
    });
  }),
  ...Array.from({ length: 8 }, (_, n) =>
    instruction({
      mnemonic: `mop.rr.${n}`,
      encoding: rType(`1${bits(n >> 2, 1)}00${bits(n & 3, 2)}1 ..... ..... 100 ..... 1110011`),
      syntax: '{rd}, {rs1}, {rs2}',
      summary: 'Writes zero, until an extension gives it a meaning.',
      semantics: ({ rd }) => [setX(rd, constant(0))],
    }),
  ),
];

/** Likewise of 16 bits; these write nothing. */
export const mayBeCompressed: readonly CompressedInstruction[] = [1, 3, 5, 7, 9, 11, 13, 15].map((n) =>
  compressed({
    mnemonic: `c.mop.${n}`,
    encoding: compressedType(`011 0 ${bits(n, 5)} 00000 01`),
    syntax: '',
    summary: 'Does nothing, until an extension gives it a meaning.',
    expandsTo: addi,
    implied: { rd: 0, rs1: 0 },
  }),
);
