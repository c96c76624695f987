import assert from 'node:assert/strict';
import fc from 'fast-check';
import { calculate, calculateUnary, extend, holds } from '../../src/hart/reference/arithmetic.ts';
import { decode } from '../../src/isa/decode.ts';
import { floatingPointGuards } from '../../src/isa/floating-point-guards.ts';
import { allInstructions } from '../../src/isa/extensions/index.ts';
import type { Instruction } from '../../src/isa/instruction.ts';
import type { Value } from '../../src/isa/semantics.ts';

const s64 = (value: bigint): bigint => BigInt.asIntN(64, value);
const s32 = (value: bigint): bigint => BigInt.asIntN(32, value);
const u32 = (value: bigint): bigint => BigInt.asUintN(32, value);
const flag = (condition: boolean): bigint => (condition ? 1n : 0n);
const orAllOnes = (divisor: bigint, quotient: () => bigint): bigint => (divisor === 0n ? -1n : quotient());
const orDividend = (left: bigint, right: bigint): bigint => (right === 0n ? left : left % right);

const bitText = (value: bigint, width: number): string => value.toString(2).padStart(width, '0');
const hexText = (value: bigint): string => value.toString(16).padStart(16, '0');

/** A rotation of text: bits that leave at the left come back at the right. */
function rotated(value: bigint, amount: bigint, width: number): bigint {
  const by = Number(BigInt.asUintN(width === 64 ? 6 : 5, amount));
  const text = bitText(value, width);
  return BigInt(`0b${text.slice(by)}${text.slice(0, by)}`);
}

/** Polynomials over two elements: the coefficients of the product are sums modulo 2. */
function polynomialProduct(a: bigint, b: bigint): bigint {
  let product = 0n;
  for (let degree = 0n; degree < 127n; degree++) {
    let sum = 0n;
    for (let i = 0n; i <= degree; i++) sum += ((a >> i) & 1n) * ((b >> (degree - i)) & 1n);
    product |= (sum & 1n) << degree;
  }
  return product;
}

/** Written from the manual's prose, apart from the descriptions: rs1, then rs2 or the immediate. */
const meanings: Readonly<Record<string, (a: bigint, b: bigint, pc: bigint) => bigint>> = {
  lui: (_, b) => b,
  auipc: (_, b, pc) => pc + b,
  add: (a, b) => a + b,
  addi: (a, b) => a + b,
  sub: (a, b) => a - b,
  and: (a, b) => a & b,
  andi: (a, b) => a & b,
  or: (a, b) => a | b,
  ori: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  xori: (a, b) => a ^ b,
  slt: (a, b) => flag(s64(a) < s64(b)),
  slti: (a, b) => flag(s64(a) < s64(b)),
  sltu: (a, b) => flag(a < b),
  sltiu: (a, b) => flag(a < b),
  sll: (a, b) => a << (b % 64n),
  slli: (a, b) => a << b,
  srl: (a, b) => a >> (b % 64n),
  srli: (a, b) => a >> b,
  sra: (a, b) => s64(a) >> (b % 64n),
  srai: (a, b) => s64(a) >> b,
  addw: (a, b) => s32(a + b),
  addiw: (a, b) => s32(a + b),
  subw: (a, b) => s32(a - b),
  sllw: (a, b) => s32(a << (b % 32n)),
  slliw: (a, b) => s32(a << b),
  srlw: (a, b) => s32(u32(a) >> (b % 32n)),
  srliw: (a, b) => s32(u32(a) >> b),
  sraw: (a, b) => s32(a) >> (b % 32n),
  sraiw: (a, b) => s32(a) >> b,
  mul: (a, b) => a * b,
  mulh: (a, b) => (s64(a) * s64(b)) >> 64n,
  mulhu: (a, b) => (a * b) >> 64n,
  mulhsu: (a, b) => (s64(a) * b) >> 64n,
  mulw: (a, b) => s32(a * b),
  div: (a, b) => orAllOnes(b, () => s64(a) / s64(b)),
  divu: (a, b) => orAllOnes(b, () => a / b),
  rem: (a, b) => orDividend(s64(a), s64(b)),
  remu: (a, b) => orDividend(a, b),
  divw: (a, b) => s32(orAllOnes(u32(b), () => s32(a) / s32(b))),
  divuw: (a, b) => s32(orAllOnes(u32(b), () => u32(a) / u32(b))),
  remw: (a, b) => s32(orDividend(s32(a), s32(b))),
  remuw: (a, b) => s32(orDividend(u32(a), u32(b))),
  'add.uw': (a, b) => u32(a) + b,
  sh1add: (a, b) => a * 2n + b,
  sh2add: (a, b) => a * 4n + b,
  sh3add: (a, b) => a * 8n + b,
  'sh1add.uw': (a, b) => u32(a) * 2n + b,
  'sh2add.uw': (a, b) => u32(a) * 4n + b,
  'sh3add.uw': (a, b) => u32(a) * 8n + b,
  'slli.uw': (a, b) => u32(a) << b,
  andn: (a, b) => a & ~b,
  orn: (a, b) => a | ~b,
  xnor: (a, b) => ~(a ^ b),
  clz: (a) => BigInt(bitText(a, 64).indexOf('1') === -1 ? 64 : bitText(a, 64).indexOf('1')),
  ctz: (a) => BigInt(64 - 1 - bitText(a, 64).lastIndexOf('1')),
  cpop: (a) => BigInt(bitText(a, 64).split('1').length - 1),
  clzw: (a) => BigInt(bitText(u32(a), 32).indexOf('1') === -1 ? 32 : bitText(u32(a), 32).indexOf('1')),
  ctzw: (a) => BigInt(32 - 1 - bitText(u32(a), 32).lastIndexOf('1')),
  cpopw: (a) => BigInt(bitText(u32(a), 32).split('1').length - 1),
  min: (a, b) => (s64(a) < s64(b) ? a : b),
  minu: (a, b) => (a < b ? a : b),
  max: (a, b) => (s64(a) > s64(b) ? a : b),
  maxu: (a, b) => (a > b ? a : b),
  'sext.b': (a) => BigInt.asIntN(8, a),
  'sext.h': (a) => BigInt.asIntN(16, a),
  'zext.h': (a) => BigInt.asUintN(16, a),
  rol: (a, b) => rotated(a, b, 64),
  ror: (a, b) => rotated(a, -b, 64),
  rori: (a, b) => rotated(a, -b, 64),
  rolw: (a, b) => s32(rotated(u32(a), b, 32)),
  rorw: (a, b) => s32(rotated(u32(a), -b, 32)),
  roriw: (a, b) => s32(rotated(u32(a), -b, 32)),
  'orc.b': (a) => BigInt(`0x${hexText(a).replaceAll(/../g, (byte) => (byte === '00' ? '00' : 'ff'))}`),
  rev8: (a) => BigInt(`0x${(hexText(a).match(/../g) ?? []).toReversed().join('')}`),
  clmul: (a, b) => polynomialProduct(a, b),
  clmulh: (a, b) => polynomialProduct(a, b) >> 64n,
  clmulr: (a, b) => polynomialProduct(a, b) >> 63n,
  bclr: (a, b) => a & ~(1n << (b % 64n)),
  bclri: (a, b) => a & ~(1n << b),
  bext: (a, b) => (a >> (b % 64n)) & 1n,
  bexti: (a, b) => (a >> b) & 1n,
  binv: (a, b) => a ^ (1n << (b % 64n)),
  binvi: (a, b) => a ^ (1n << b),
  bset: (a, b) => a | (1n << (b % 64n)),
  bseti: (a, b) => a | (1n << b),
  'czero.eqz': (a, b) => (b === 0n ? 0n : a),
  'czero.nez': (a, b) => (b !== 0n ? 0n : a),
};

describe('isa/semantics', () => {
  const arithmetic = allInstructions.filter(isArithmetic);

  it('has a meaning here for every instruction that only computes', () => {
    assert.deepEqual(arithmetic.map(({ mnemonic }) => mnemonic).toSorted(), Object.keys(meanings).toSorted());
  });

  const edges = [
    0n,
    1n,
    31n,
    32n,
    63n,
    0x7fff_ffffn,
    0x8000_0000n,
    0xffff_ffffn,
    1n << 63n,
    (1n << 64n) - 1n,
  ];
  const pattern = fc.oneof(fc.constantFrom(...edges), fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }));
  for (const instruction of arithmetic) {
    it(`says of ${instruction.mnemonic} what the manual says`, () => {
      fc.assert(
        fc.property(pattern, pattern, pattern, fc.integer(), (rs1, rs2, pc, open) => {
          const { encoding, mnemonic, semantics } = instruction;
          const decoded = decode((encoding.match | (open & ~encoding.mask)) >>> 0);
          const [statement] = semantics;
          assert(decoded && statement?.kind === 'setX');
          const imm = BigInt.asUintN(64, BigInt(decoded.imm));
          const second = encoding.fields.some(({ name }) => name === 'imm') ? imm : rs2;
          const expected = meanings[mnemonic]?.(rs1, second, pc) ?? -1n;
          const actual = evaluate(statement.value, { rs1, rs2, imm, pc });
          assert.equal(actual, BigInt.asUintN(64, expected));
        }),
      );
    });
  }

  it('computes branch and jump targets from pc, and keeps bit 0 clear', () => {
    const jalr = named('jalr').semantics;
    assert(jalr[0]?.kind === 'jump' && jalr[1]?.kind === 'setX');
    const operands = { rs1: 0x1001n, rs2: 0n, imm: 2n, pc: 0x400n };
    assert.equal(evaluate(jalr[0].target, operands), 0x1002n);
    const [branch] = named('bltu').semantics;
    assert(branch?.kind === 'branch');
    assert.equal(evaluate(branch.target, { ...operands, imm: (1n << 64n) - 4n }), 0x3fcn);
    assert.deepEqual(
      [branch.condition.operator, branch.condition.left, branch.condition.right],
      ['ltu', { kind: 'x', operand: 'rs1' }, { kind: 'x', operand: 'rs2' }],
    );
  });

  it('gives each load and store the size and sign of its name', () => {
    const accesses = allInstructions.flatMap(({ mnemonic, guards, semantics: [statement] }) => {
      if (guards === floatingPointGuards) return [];
      if (statement?.kind === 'store') return [[mnemonic, statement.size, statement.access]];
      if (statement?.kind !== 'setX' || statement.value.kind !== 'load') return [];
      const { size, signed, access } = statement.value;
      return [[mnemonic, size, access, signed]];
    });
    for (const [mnemonic, size, access, signed] of accesses) {
      const [, kind, letter, mark] = /^(hlvx\.|hlv\.|hsv\.|l|s)([bhwd])(u?)$/.exec(String(mnemonic)) ?? [];
      assert(kind !== undefined && letter !== undefined, String(mnemonic));
      assert.equal(size, { b: 1, h: 2, w: 4, d: 8 }[letter], String(mnemonic));
      if (signed !== undefined) assert.equal(signed, mark === '', String(mnemonic));
      const expected =
        kind === 'hlvx.' ? 'hypervisor-execute' : kind.startsWith('h') ? 'hypervisor' : 'normal';
      assert.equal(access, expected, String(mnemonic));
    }
    assert.equal(accesses.length, 7 + 4 + 9 + 4);
  });

  it('gives each atomic the operator and size of its name', () => {
    for (const { mnemonic, semantics } of allInstructions.filter(
      ({ extension }) => extension === 'Zaamo' || extension === 'Zalrsc',
    )) {
      const [statement] = semantics;
      assert(statement?.kind === 'setX');
      const { value } = statement;
      const size = mnemonic.endsWith('.d') ? 8 : 4;
      if (value.kind === 'amo') assert.equal(`amo${value.operator}.${size === 8 ? 'd' : 'w'}`, mnemonic);
      else assert.equal(value.kind, mnemonic.startsWith('lr') ? 'loadReserved' : 'storeConditional');
      assert('size' in value && value.size === size, mnemonic);
    }
  });
});

interface Operands {
  readonly rs1: bigint;
  readonly rs2: bigint;
  readonly imm: bigint;
  readonly pc: bigint;
}

function evaluate(value: Value, operands: Operands): bigint {
  switch (value.kind) {
    case 'constant':
      return BigInt.asUintN(64, value.value);
    case 'x':
      return value.operand === 'rs1' ? operands.rs1 : operands.rs2;
    case 'immediate':
      return operands.imm;
    case 'pc':
      return operands.pc;
    case 'binary':
      return calculate(value.operator, evaluate(value.left, operands), evaluate(value.right, operands));
    case 'unary':
      return calculateUnary(value.operator, evaluate(value.value, operands));
    case 'select': {
      const { operator, left, right } = value.condition;
      const isTrue = holds(operator, evaluate(left, operands), evaluate(right, operands));
      return evaluate(isTrue ? value.whenTrue : value.whenFalse, operands);
    }
    case 'extend':
      return extend(evaluate(value.value, operands), value.bits, value.signed);
    case 'boolean': {
      const { operator, left, right } = value.condition;
      return flag(holds(operator, evaluate(left, operands), evaluate(right, operands)));
    }
    case 'f':
    case 'float':
    case 'floatConstant':
    case 'convert':
    case 'nextPc':
    case 'load':
    case 'loadReserved':
    case 'storeConditional':
    case 'amo':
      throw new Error(`${value.kind} is not arithmetic`);
  }
}

function isArithmetic(instruction: Instruction): boolean {
  const { semantics } = instruction;
  const [statement] = semantics;
  if (semantics.length !== 1 || statement?.kind !== 'setX') return false;
  if (instruction.guards.length > 0) return false;
  return ['immediate', 'binary', 'unary', 'extend', 'boolean', 'select'].includes(statement.value.kind);
}

function named(mnemonic: string): Instruction {
  const instruction = allInstructions.find((entry) => entry.mnemonic === mnemonic);
  assert(instruction);
  return instruction;
}
