import { decode } from '../../../src/isa/decode.ts';
import type { Encoding, Mode, OperandName } from '../../../src/isa/instruction.ts';
import { extractOperand, placeOperand } from '../../../src/isa/operands.ts';
import type { Random } from '../../hart/engine/differential/random.ts';
import { baseOf, type AnyInstruction, type Kind } from './kinds.ts';
import { constants, kept, pointers } from './registers.ts';

/**
 * An instruction with random bits where its encoding leaves them open, but for the operands that decide where its
 * code goes; `undefined` where it writes a register of ours whatever they are.
 */
export function chooseOperands(
  random: Random,
  mode: Mode,
  instruction: AnyInstruction,
  kind: Kind,
): number | undefined {
  const { encoding } = instruction;
  for (;;) {
    let bits = (random.bits() & ~encoding.mask) | encoding.match;
    const set = (name: OperandName, value: number): void => {
      bits = withOperand(bits, encoding, name, value);
    };
    const immediate = encoding.fields.find(({ name }) => name === 'imm');
    if (immediate && random.chance(60)) {
      set(
        'imm',
        kind === 'memory'
          ? 8 * (random.below(9) - 4) + (random.chance(15) ? random.below(8) : 0)
          : edge(random),
      );
    }
    // Stores by any register would change code under way, which has to have its own FENCE.I.
    const bound = mode === 'M' || !baseOf(instruction).mnemonic.startsWith('l');
    if (kind === 'memory' && (bound || random.chance(85))) {
      set('rs1', random.pick(encoding.length === 2 ? [8, 9] : pointers));
    }
    if (encoding.fields.some(({ name }) => name === 'rs2') && random.chance(10))
      set('rs2', random.pick(constants));
    if (encoding.length === 2) bits &= 0xffff;
    const decoded = decode(bits);
    if (!decoded || (decoded.compressed ?? decoded.instruction) !== instruction) continue;
    const writes = encoding.fields.some(({ name }) => name === 'rd') || 'rd' in impliedOf(instruction);
    if (writes && kept.has(decoded.rd)) {
      // The stack pointer stays close to where it was.
      if (instruction.mnemonic === 'c.addi16sp') return bits;
      if (encoding.length === 2 && !encoding.fields.some(({ name }) => name === 'rd')) return undefined;
      continue;
    }
    if (kind === 'memory' && bound && !pointers.includes(decoded.rs1)) return undefined;
    return bits;
  }
}

/** The word with another operand; as it was where that does not fit. */
export function withOperand(bits: number, encoding: Encoding, name: OperandName, value: number): number {
  const field = encoding.fields.find((each) => each.name === name);
  if (!field) return bits;
  const hole = field.slices.reduce(
    (mask, { high, low }) => mask | ((0xffff_ffff >>> (31 - high + low)) << low),
    0,
  );
  const placed = (bits & ~hole) | placeOperand(value, field);
  return extractOperand(placed, field) === value ? placed : bits;
}

function edge(random: Random): number {
  return random.pick([
    0, 1, -1, 2, 4, 8, 16, 31, 32, 63, 2047, -2048, 4096, -4096, 0x7fff_f000, -0x8000_0000,
  ]);
}

function impliedOf(instruction: AnyInstruction): object {
  return 'expandsTo' in instruction ? instruction.implied : {};
}
