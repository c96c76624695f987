import { buildTree, findEncoding } from './decoding-tree.ts';
import { allInstructions } from './extensions/index.ts';
import type { DecodedInstruction } from './instruction.ts';
import { extractOperand } from './operands.ts';

/**
 * Takes an instruction word apart. The low two bits tell its length: where they are not 3, only the low 16 bits
 * count. `undefined` for what is no instruction of this machine (an illegal-instruction exception).
 */
export function decode(word: number): DecodedInstruction | undefined {
  const instruction = findEncoding(tree, word);
  if (instruction === undefined) return undefined;
  const decoded = {
    instruction,
    compressed: undefined,
    word: word >>> 0,
    length: 4 as const,
    rd: 0,
    rs1: 0,
    rs2: 0,
    rs3: 0,
    imm: 0,
    csr: 0,
    zimm: 0,
  };
  for (const field of instruction.encoding.fields) {
    switch (field.name) {
      case 'rd':
      case 'rs1':
      case 'rs2':
      case 'rs3':
      case 'imm':
      case 'csr':
      case 'zimm':
        decoded[field.name] = extractOperand(word, field);
        break;
      // Of no consequence to execution: text alone shows them.
      case 'aq':
      case 'rl':
      case 'pred':
      case 'succ':
      case 'fm':
      case 'rm':
        break;
    }
  }
  return decoded;
}

const tree = buildTree(allInstructions);
