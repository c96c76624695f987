import { formOf, type Form } from './decoding-form.ts';
import { buildTree, findEncoding } from './decoding-tree.ts';
import { reservedEncodings } from './extensions/c-reserved.ts';
import { allCompressed, allInstructions } from './extensions/index.ts';
import type { DecodedInstruction } from './instruction.ts';

/**
 * Takes an instruction word apart. The low two bits tell its length: where they are not 3, only the low 16 bits
 * count. `undefined` for what is no instruction of this machine (an illegal-instruction exception).
 */
export function decode(word: number): DecodedInstruction | undefined {
  if ((word & 3) === 3) {
    const form = findEncoding(tree, word);
    return form && takeApart(word >>> 0, form);
  }
  const half = word & 0xffff;
  const form = findEncoding(compressedTree, half);
  return form === undefined || 'reason' in form ? undefined : takeApart(half, form);
}

function takeApart(word: number, form: Form): DecodedInstruction {
  const { rd = 0, rs1 = 0, rs2 = 0 } = form.implied;
  const decoded = {
    instruction: form.instruction,
    compressed: form.compressed,
    word,
    length: form.encoding.length,
    rd,
    rs1,
    rs2,
    rs3: 0,
    imm: 0,
    csr: 0,
    zimm: 0,
  };
  for (const { operand, left, right, at, signed, bias } of form.parts) {
    const top = word << left;
    decoded[operand] |= ((signed ? top >> right : top >>> right) << at) + bias;
  }
  return decoded;
}

const tree = buildTree(allInstructions.map((instruction) => formOf(instruction)));
const compressedTree = buildTree([
  ...allCompressed.map((compressed) => formOf(compressed.expandsTo, compressed)),
  ...reservedEncodings,
]);
