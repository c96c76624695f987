import { buildTree, findEncoding } from './decoding-tree.ts';
import { reservedEncodings } from './extensions/c-reserved.ts';
import { allCompressed, allInstructions } from './extensions/index.ts';
import type { CompressedInstruction, DecodedInstruction, Encoding, Instruction } from './instruction.ts';
import { extractOperand } from './operands.ts';

/**
 * Takes an instruction word apart. The low two bits tell its length: where they are not 3, only the low 16 bits
 * count. `undefined` for what is no instruction of this machine (an illegal-instruction exception).
 */
export function decode(word: number): DecodedInstruction | undefined {
  if ((word & 3) === 3) {
    const instruction = findEncoding(tree, word);
    return instruction && takeApart(word >>> 0, instruction.encoding, instruction, undefined);
  }
  const half = word & 0xffff;
  const compressed = findEncoding(compressedTree, half);
  if (compressed === undefined || 'reason' in compressed) return undefined;
  return takeApart(half, compressed.encoding, compressed.expandsTo, compressed);
}

function takeApart(
  word: number,
  encoding: Encoding,
  instruction: Instruction,
  compressed: CompressedInstruction | undefined,
): DecodedInstruction {
  const decoded = {
    instruction,
    compressed,
    word,
    length: encoding.length,
    rd: 0,
    rs1: 0,
    rs2: 0,
    rs3: 0,
    imm: 0,
    csr: 0,
    zimm: 0,
    ...compressed?.implied,
  };
  for (const field of encoding.fields) {
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
const compressedTree = buildTree([...allCompressed, ...reservedEncodings]);
