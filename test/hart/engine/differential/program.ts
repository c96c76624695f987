import { decode } from '../../../../src/isa/decode.ts';
import { needsFloatingPoint } from '../../../../src/isa/floating-point-guards.ts';
import type { InstructionAlignment } from '../../../../src/isa/configuration/isa.ts';
import { encode } from '../../../../src/isa/encode.ts';
import { allCompressed, allInstructions } from '../../../../src/isa/extensions/index.ts';
import type { CompressedInstruction, Instruction } from '../../../../src/isa/instruction.ts';
import type { Semantics } from '../../../../src/isa/semantics.ts';
import type { Random } from './random.ts';

/** What the registers hold when a program begins; programs seldom write the pointers. */
export const registers = {
  data: [2, 8, 9],
  code: 10,
  /** An instruction word, for stores into code. */
  word: 11,
  device: 14,
  nowhere: 15,
  /** Places in the code, for jalr. */
  links: [1, 5],
} as const;

export interface Program {
  readonly bytes: Uint8Array;
  /** Offsets of its instructions. */
  readonly starts: readonly number[];
}

/** Instructions of every kind that a hart may meet, from the first byte to the last. */
export function makeProgram(random: Random, length: number, alignment: InstructionAlignment): Program {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  const starts: number[] = [];
  for (let at = 0; at + 4 <= length;) {
    const word = makeInstruction(random, alignment);
    starts.push(at);
    if ((word & 3) === 3) view.setInt32(at, word, true);
    else view.setInt16(at, word, true);
    at += (word & 3) === 3 ? 4 : 2;
  }
  return { bytes, starts };
}

/** Short ones only where there is an alignment of two. */
export function makeInstruction(random: Random, alignment: InstructionAlignment): number {
  for (;;) {
    const word = random.weighted(makers)(random);
    if (alignment === 2 || (word & 3) === 3) return word;
  }
}

/** An instruction that goes on to the next one, but for traps. */
export function makeStraight(random: Random): number {
  return random.weighted(straightMakers)(random);
}

type Kind = 'computation' | 'memory' | 'control' | 'operation';
type Maker = (random: Random) => number;

const makers: readonly (readonly [number, Maker])[] = [
  [30, (random) => anyOperands(random, random.pick(base.computation))],
  [18, (random) => anyOperands(random, random.pick(short.computation))],
  [15, (random) => anyOperands(random, random.pick(floating))],
  [22, access],
  [6, (random) => anyOperands(random, random.pick(short.memory))],
  [10, branch],
  [4, (random) => anyOperands(random, random.pick(short.control))],
  [3, (random) => encode(jal, { rd: random.pick([0, 1, 5]), imm: 2 * (random.below(3000) - 1500) })],
  [
    2,
    (random) =>
      encode(jalr, { rd: random.pick([0, 1]), rs1: random.pick(registers.links), imm: random.below(9) }),
  ],
  [1, (random) => anyOperands(random, random.pick(base.operation))],
  [4, interruptControl],
  [1, (random) => random.bits()],
];

const straightMakers: readonly (readonly [number, Maker])[] = [
  [30, (random) => anyOperands(random, random.pick(base.computation))],
  [15, (random) => anyOperands(random, random.pick(short.computation))],
  [10, (random) => anyOperands(random, random.pick(floating))],
  [30, access],
  [10, (random) => anyOperands(random, random.pick(short.memory))],
  [8, interruptControl],
];

/** A load, store or atomic, most often aligned and near a pointer. */
function access(random: Random): number {
  const instruction = random.pick(base.memory);
  const rs1 = random.weighted([
    [80, random.pick(registers.data)],
    [10, registers.code],
    [6, registers.device],
    [2, registers.nowhere],
    [3, random.below(32)],
  ]);
  const rs2 = rs1 === registers.code ? registers.word : random.below(32);
  const fields = new Set(instruction.encoding.fields.map(({ name }) => name));
  const imm = random.chance(85) ? 8 * (random.below(64) - 32) : random.below(256) - 128;
  return encode(instruction, {
    rs1,
    ...(fields.has('rd') && { rd: destination(random) }),
    ...(fields.has('rs2') && { rs2 }),
    ...(fields.has('imm') && { imm }),
  });
}

/** Turns interrupts on and off, or has one pending: what is pending is taken before the next instruction. */
function interruptControl(random: Random): number {
  const [csr, bit] = random.weighted([
    [6, [0x100, 2]],
    [1, [0x104, 2]],
    [1, [0x144, 2]],
    [1, [0x300, 8]],
  ]);
  const instruction = random.pick(csrBits);
  return encode(instruction, { rd: random.chance(50) ? 0 : destination(random), csr, zimm: bit });
}

function branch(random: Random): number {
  const instruction = random.pick(branches);
  const reach = random.chance(90) ? 60 : 1000;
  return encode(instruction, {
    rs1: random.below(32),
    rs2: random.below(32),
    imm: 2 * (random.below(2 * reach) - reach),
  });
}

/** Any operands, but for a destination that is a pointer: then most often another try. */
function anyOperands(random: Random, instruction: Instruction | CompressedInstruction): number {
  const { match, mask, length } = instruction.encoding;
  const open = ~mask & (length === 2 ? 0xffff : -1);
  const hasRounding = instruction.encoding.fields.some(({ name }) => name === 'rm');
  for (;;) {
    const bits = (random.bits() & open) | match;
    // Most often as compilers do: rounding as frm says.
    const word = hasRounding && random.chance(70) ? bits | 0x7000 : bits;
    const decoded = decode(word);
    if ((decoded?.compressed ?? decoded?.instruction) !== instruction) continue;
    if (!pointers.has(decoded?.rd ?? 0) || random.chance(2)) return word;
    // Some write a pointer whatever their operands are.
    if (random.chance(5)) return word;
  }
}

function destination(random: Random): number {
  const rd = random.below(32);
  return pointers.has(rd) && random.chance(95) ? 0 : rd;
}

const pointers = new Set<number>([...registers.data, registers.code, registers.device, registers.nowhere]);

/** Where they would end a run for good, or leave the mode that is under test. */
const excluded = new Set(['wfi', 'mret', 'sret']);

const base = byKind(
  allInstructions.filter(({ mnemonic }) => !excluded.has(mnemonic)),
  ({ semantics }) => semantics,
);
const short = byKind(allCompressed, ({ expandsTo }) => expandsTo.semantics);
const floating = base.computation.filter(needsFloatingPoint);
const branches = base.control.filter(({ semantics }) => semantics[0]?.kind === 'branch');
const jal = named(base.control, 'jal');
const jalr = named(base.control, 'jalr');
const csrBits = [named(base.operation, 'csrrsi'), named(base.operation, 'csrrci')];

function byKind<T>(
  instructions: readonly T[],
  semanticsOf: (item: T) => Semantics,
): Record<Kind, readonly T[]> {
  const ofKind = (kind: Kind): readonly T[] =>
    instructions.filter((item) => kindOf(semanticsOf(item)) === kind);
  return {
    computation: ofKind('computation'),
    memory: ofKind('memory'),
    control: ofKind('control'),
    operation: ofKind('operation'),
  };
}

function kindOf(semantics: Semantics): Kind {
  for (const statement of semantics) {
    switch (statement.kind) {
      case 'jump':
      case 'branch':
        return 'control';
      case 'store':
        return 'memory';
      case 'operation':
        return 'operation';
      case 'setX':
      case 'setF':
        if (/"(load|loadReserved|storeConditional|amo)"/.test(textOf(statement.value))) return 'memory';
    }
  }
  return 'computation';
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? part.toString() : part));
}

function named(among: readonly Instruction[], mnemonic: string): Instruction {
  return among.find((instruction) => instruction.mnemonic === mnemonic) as Instruction;
}
