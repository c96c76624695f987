import { StrataError } from '../common/errors.ts';
import { decode } from './decode.ts';
import type { CompressedInstruction, Instruction } from './instruction.ts';
import { extractOperand, placeOperand, type Operands } from './operands.ts';

/**
 * The instruction word, unsigned; of a compressed instruction its 16 bits. Operands left out are 0. Throws
 * `operand-out-of-range` where an operand does not fit (too large, odd where bit 0 has no place, not one of
 * x8 to x15), and `reserved-encoding` where a compressed instruction excludes this combination.
 */
export function encode(instruction: Instruction | CompressedInstruction, operands: Operands): number {
  const { encoding, mnemonic } = instruction;
  let word = encoding.match;
  for (const field of encoding.fields) {
    const operand = operands[field.name] ?? 0;
    word |= placeOperand(operand, field);
    if (extractOperand(word, field) !== operand) {
      throw new StrataError(
        'operand-out-of-range',
        'user',
        `${mnemonic} cannot hold ${field.name} = ${operand}`,
      );
    }
  }
  if ('expandsTo' in instruction && decode(word)?.compressed !== instruction) {
    throw new StrataError(
      'reserved-encoding',
      'user',
      `${mnemonic} does not take ${JSON.stringify(operands)}`,
    );
  }
  return word >>> 0;
}
