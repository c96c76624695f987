import { everyExtension, type Isa } from './configuration/isa.ts';
import { formOf, type Form } from './decoding-form.ts';
import { buildTree, findEncoding } from './decoding-tree.ts';
import { reservedEncodings } from './extensions/c-reserved.ts';
import { allCompressed, allInstructions } from './extensions/index.ts';
import type { DecodedInstruction } from './instruction.ts';

/**
 * Takes an instruction word apart. The low two bits tell its length: where they are not 3, only the low 16 bits
 * count. `undefined` for what is no instruction of the machine (an illegal-instruction exception).
 */
export type Decode = (word: number) => DecodedInstruction | undefined;

/** The decoder of machines with this instruction set. */
export function decoderOf(isa: Isa): Decode {
  const known = decoders.get(isa);
  if (known) return known;
  const decoder = makeDecoder(isa);
  decoders.set(isa, decoder);
  return decoder;
}

function makeDecoder(isa: Isa): Decode {
  const instructions = allInstructions.filter((instruction) => isa.includes(instruction));
  const compressed = allCompressed.filter((entry) => isa.includes(entry) && isa.includes(entry.expandsTo));
  const tree = buildTree(instructions.map((instruction) => formOf(instruction)));
  const compressedTree = buildTree([
    ...compressed.map((entry) => formOf(entry.expandsTo, entry)),
    ...reservedEncodings,
  ]);
  return (word) => {
    if ((word & 3) === 3) {
      const form = findEncoding(tree, word);
      return form && takeApart(word >>> 0, form);
    }
    const half = word & 0xffff;
    const form = findEncoding(compressedTree, half);
    return form === undefined || 'reason' in form ? undefined : takeApart(half, form);
  };
}

const decoders = new WeakMap<Isa, Decode>();

function takeApart(word: number, form: Form): DecodedInstruction | undefined {
  const { rd = 0, rs1 = 0, rs2 = 0, imm = 0 } = form.implied;
  const decoded = {
    instruction: form.instruction,
    compressed: form.compressed,
    word,
    length: form.encoding.length,
    rd,
    rs1,
    rs2,
    rs3: 0,
    imm,
    csr: 0,
    zimm: 0,
    rm: 0,
  };
  for (const { operand, left, right, at, signed, bias } of form.parts) {
    const top = word << left;
    decoded[operand] |= ((signed ? top >> right : top >>> right) << at) + bias;
  }
  // Unpriv. F, floating-point control and status register: static rounding modes 5 and 6 are reserved.
  return decoded.rm === 5 || decoded.rm === 6 ? undefined : decoded;
}

/** The decoder of everything that Strata implements: for views, and for files of which no machine is known. */
export const decode: Decode = decoderOf(everyExtension);
