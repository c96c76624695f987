import { boxOf, floatFormats } from '../../../../src/isa/float-formats.ts';
import type { FloatFormat, FloatValue } from '../../../../src/isa/float-semantics.ts';
import { needsFloatingPoint } from '../../../../src/isa/floating-point-guards.ts';
import { encode } from '../../../../src/isa/encode.ts';
import { allInstructions } from '../../../../src/isa/extensions/index.ts';
import type { Instruction } from '../../../../src/isa/instruction.ts';
import { handlerOf } from '../../../../src/hart/engine/handlers.ts';
import { computeFloat, convert } from '../../../../src/hart/floating-point/operations.ts';
import { boxed, unboxed } from '../../../../src/hart/floating-point-state.ts';
import { op, ramBase, TestMachine } from '../../fixture.ts';
import { Random } from './random.ts';

type Computation = Extract<FloatValue, { kind: 'float' | 'convert' }>;

/** The instructions that compute with f registers in wasm. */
export const nativeFloats: readonly Instruction[] = allInstructions.filter(
  (instruction) =>
    needsFloatingPoint(instruction) &&
    computationOf(instruction) !== undefined &&
    handlerOf(instruction, 4, 'far') !== undefined,
);

/**
 * Has a machine do an instruction on many operands in a loop, and gives what is not as the exact path has it. `fcsr`
 * is what it is set to before each of them.
 */
export function compareFloats(options: {
  readonly instruction: Instruction;
  readonly engine: 'interpreter' | 'translator';
  readonly seed: number;
  readonly count: number;
  readonly fcsr: bigint;
}): readonly string[] {
  const { instruction, seed, count, fcsr } = options;
  const computation = computationOf(instruction) as Computation;
  const random = new Random(seed);
  const operands = Array.from({ length: count }, () => makeOperands(random, computation));
  const machine = machines[options.engine];
  const { state, memory, hart } = machine;
  hart.reset(BigInt(ramBase));
  const { fields } = instruction.encoding;
  const has = (name: string): boolean => fields.some((field) => field.name === name);
  const isStored =
    computation.kind === 'float' ? !comparisons.has(computation.operator) : isFloat(computation.to);
  const takesInteger = computation.kind === 'convert' && !isFloat(computation.from);
  machine.program([
    // x10 walks over blocks of five doublewords: three operands, the result and fcsr.
    op('fld', { rd: 1, rs1: 10, imm: 0 }),
    op('fld', { rd: 2, rs1: 10, imm: 8 }),
    op('fld', { rd: 3, rs1: 10, imm: 16 }),
    op('ld', { rd: 11, rs1: 10, imm: 0 }),
    ...(fcsr === 1n ? [] : [op('csrrw', { rd: 0, rs1: 12, csr: 3 })]),
    encode(instruction, {
      rs1: takesInteger ? 11 : 1,
      ...(has('rs2') && { rs2: 2 }),
      ...(has('rs3') && { rs3: 3 }),
      rd: isStored ? 4 : 13,
      ...(has('rm') && { rm: isStored || seed % 2 === 0 ? 7 : 1 }),
    }),
    ...(isStored ? [op('fsd', { rs2: 4, rs1: 10, imm: 24 })] : [op('sd', { rs2: 13, rs1: 10, imm: 24 })]),
    ...(fcsr === 1n
      ? []
      : [op('csrrs', { rd: 14, rs1: 0, csr: 3 }), op('sd', { rs2: 14, rs1: 10, imm: 32 })]),
    op('addi', { rd: 10, rs1: 10, imm: 40 }),
    op('addi', { rd: 15, rs1: 15, imm: -1 }),
  ]);
  const length = (fcsr === 1n ? 6 : 9) + 2;
  machine.program([op('bne', { rs1: 15, rs2: 0, imm: -4 * length })], ramBase + 4 * length);
  const data = new BigUint64Array(memory.ram.buffer, memory.ramOffset + 0x10_0000, 5 * count);
  for (const [index, triple] of operands.entries()) data.set([...triple, 0n, 0n], 5 * index);
  machine.setCsr('mstatus', 3n << 13n);
  machine.setCsr('fcsr', fcsr);
  state.setX(10, BigInt(ramBase + 0x10_0000));
  state.setX(12, fcsr);
  state.setX(15, BigInt(count));
  hart.run((length + 1) * count);
  const mode = isStored || seed % 2 === 0 || !has('rm') ? 0 : 1;
  return operands.flatMap((triple, index) => {
    const expected = compute(computation, triple, mode);
    const bits = data[5 * index + 3] as bigint;
    const flags = fcsr === 1n ? undefined : Number(data[5 * index + 4]) & 31;
    if (bits === expected.bits && (flags ?? expected.flags) === expected.flags) return [];
    const text = triple.map((value) => value.toString(16)).join(' ');
    return [`${text}: ${expected.bits.toString(16)} ${expected.flags}; ${bits.toString(16)} ${flags ?? ''}`];
  });
}

const comparisons = new Set<string>(['eq', 'lt', 'le', 'ltq', 'leq']);

const machines = {
  interpreter: new TestMachine('interpreter'),
  translator: new TestMachine('translator', {
    policy: { interval: 1000, pageHeat: 0, loopHeat: 3, changeHeat: 20, capacity: 5 },
  }),
};

function computationOf({ semantics: [statement] }: Instruction): Computation | undefined {
  if (statement?.kind !== 'setX' && statement?.kind !== 'setF') return undefined;
  const { value } = statement;
  return value.kind === 'float' || value.kind === 'convert' ? value : undefined;
}

function isFloat(format: string): format is FloatFormat {
  return format in floatFormats;
}

function compute(
  computation: Computation,
  [a, b, c]: readonly [bigint, bigint, bigint],
  mode: 0 | 1,
): { readonly bits: bigint; readonly flags: number } {
  if (computation.kind === 'float') {
    const { operator, format } = computation;
    const operands = [a, b, c].map((value) => unboxed(value, format));
    const { bits, flags } = computeFloat(operator, format, operands, mode);
    return { bits: comparisons.has(operator) ? bits : boxed(bits, format), flags };
  }
  const { from, to } = computation;
  const { bits, flags } = convert(isFloat(from) ? unboxed(a, from) : a, from, to, mode);
  return { bits: isFloat(to) ? boxed(bits, to) : BigInt.asUintN(64, bits), flags };
}

/** Most often related to each other, so that sums cancel and quotients are exact. */
function makeOperands(random: Random, computation: Computation): [bigint, bigint, bigint] {
  const format = computation.kind === 'float' ? computation.format : computation.from;
  if (!isFloat(format)) return [random.value(), 0n, 0n];
  const number = (): bigint => random.floatOf(format) | boxOf(format);
  const [a, b] = [number(), number()];
  if (computation.kind === 'convert') return [random.chance(30) ? integral(random, format) : a, b, 0n];
  const near = (value: bigint): bigint =>
    BigInt.asUintN(64, value + BigInt(random.below(9) - 4)) ^
    (random.chance(50) ? floatFormats[format].sign : 0n);
  if (computation.operands.length === 3) {
    const product = computeFloat('mul', format, [unboxed(a, format), unboxed(b, format)], 0).bits;
    // An addend far below or above the product, so that it decides a tie; or close to it.
    const { fractionBits } = floatFormats[format];
    const distance = BigInt(random.below(6 * fractionBits) - 3 * fractionBits) << BigInt(fractionBits);
    const scaled = BigInt.asUintN(64, (product + distance) & ~BigInt(random.bits() >>> random.below(32)));
    const c = random.weighted([
      [3, number()],
      [3, near(product)],
      [4, scaled],
    ]);
    return [a, b, boxed(c & (floatFormats[format].sign * 2n - 1n), format)];
  }
  const other = random.weighted([
    [6, b],
    [2, near(a)],
    [1, integral(random, format)],
  ]);
  return [
    random.chance(10) ? integral(random, format) : a,
    boxed(other & (floatFormats[format].sign * 2n - 1n), format),
    0n,
  ];
}

function integral(random: Random, format: FloatFormat): bigint {
  return boxed(convert(random.value() >> BigInt(random.below(64)), 'l', format, 0).bits, format);
}
