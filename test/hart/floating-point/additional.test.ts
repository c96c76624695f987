import assert from 'node:assert/strict';
import fc from 'fast-check';
import { floatConstantBits, floatConstantText } from '../../../src/isa/float-constants.ts';
import type { FloatFormat, FloatOperator } from '../../../src/isa/float-semantics.ts';
import { computeFloat } from '../../../src/hart/floating-point/operations.ts';
import { op, TestMachine } from '../fixture.ts';

const view = new DataView(new ArrayBuffer(8));

function bitsOf(number: number): bigint {
  view.setFloat64(0, number);
  return view.getBigUint64(0);
}

const [inexact, invalid] = [1, 16];
const quietNaN = 0x7ff8_0000_0000_0000n;
const signalingNaN = 0x7ff0_0000_0000_0001n;
const ofDoubles = (operator: FloatOperator, ...operands: readonly bigint[]): readonly [bigint, number] => {
  const { bits, flags } = computeFloat(operator, 'd', operands, 0);
  return [bits, flags];
};
const numbers = fc.oneof(
  fc.double({ noNaN: true }),
  fc.double({ min: -5, max: 5, noNaN: true }),
  fc.integer().map((integer) => integer / 2),
  fc.double({ min: -(2 ** 40), max: 2 ** 40, noNaN: true }),
);

describe('hart/floating-point, Zfa', () => {
  it('has the constants of the manual in each format', () => {
    const patterns: Record<FloatFormat, readonly bigint[]> = {
      h: [0xbc00n, 0x0400n, 0x0100n, 0x0200n, 0x1c00n],
      s: [0xbf80_0000n, 0x0080_0000n, 0x3780_0000n, 0x3800_0000n, 0x3b80_0000n],
      d: [bitsOf(-1), 1n << 52n, bitsOf(2 ** -16), bitsOf(2 ** -15), bitsOf(2 ** -8)],
    };
    for (const [format, first] of Object.entries(patterns) as [FloatFormat, readonly bigint[]][])
      for (const [index, bits] of first.entries()) assert.equal(floatConstantBits(format, index), bits);
    assert.deepEqual(
      [11, 22, 29, 30, 31].map((index) => floatConstantBits('h', index)),
      [0x3700n, 0x4200n, 0x7c00n, 0x7c00n, 0x7e00n],
    );
    for (let index = 2; index < 30; index++)
      assert.equal(floatConstantBits('d', index), bitsOf(Number(floatConstantText(index))), `${index}`);
  });

  it('loads them, boxed', () => {
    const machine = new TestMachine();
    machine.setCsr('mstatus', 1n << 13n);
    machine.program([op('fli.s', { rd: 3, zimm: 19 })]);
    machine.step();
    assert.equal(machine.state.getF(3), 0xffff_ffff_3fe0_0000n);
    assert.equal((machine.csr('mstatus') >> 13n) & 3n, 3n);
  });

  it('has a NaN for the lesser and the greater where one is a NaN', () => {
    assert.deepEqual(ofDoubles('minm', bitsOf(1), quietNaN), [quietNaN, 0]);
    assert.deepEqual(ofDoubles('maxm', signalingNaN, bitsOf(1)), [quietNaN, invalid]);
    assert.deepEqual(ofDoubles('maxm', bitsOf(-0), bitsOf(0)), [0n, 0]);
  });

  it('compares quietly', () => {
    assert.deepEqual(ofDoubles('ltq', bitsOf(1), quietNaN), [0n, 0]);
    assert.deepEqual(ofDoubles('leq', bitsOf(1), signalingNaN), [0n, invalid]);
    assert.deepEqual(ofDoubles('leq', bitsOf(1), bitsOf(1)), [1n, 0]);
    assert.deepEqual(ofDoubles('ltq', bitsOf(1), bitsOf(1)), [0n, 0]);
  });

  it('rounds to integers as the host does', () => {
    const host = [
      (value: number) => {
        const floor = Math.floor(value);
        const isDown = value - floor < 0.5 || (value - floor === 0.5 && floor % 2 === 0);
        return isDown ? floor : Math.ceil(value);
      },
      Math.trunc,
      Math.floor,
      Math.ceil,
    ] as const;
    fc.assert(
      fc.property(numbers, (value) => {
        for (const mode of [0, 1, 2, 3] as const) {
          const rounded = host[mode](value);
          const expected =
            rounded === 0 && (value < 0 || Object.is(value, -0)) ? bitsOf(-0) : bitsOf(rounded);
          assert.deepEqual(computeFloat('round', 'd', [bitsOf(value)], mode), { bits: expected, flags: 0 });
          const flags = rounded === value ? 0 : inexact;
          assert.deepEqual(computeFloat('roundnx', 'd', [bitsOf(value)], mode), { bits: expected, flags });
        }
      }),
      { numRuns: 1000 },
    );
    assert.deepEqual(ofDoubles('roundnx', signalingNaN), [quietNaN, invalid]);
  });

  it('takes low words as JavaScript does, with the flags of FCVT.W.D', () => {
    fc.assert(
      fc.property(numbers, (value) => {
        const outside = Math.trunc(value) < -(2 ** 31) || Math.trunc(value) >= 2 ** 31;
        const flags = outside ? invalid : Number.isInteger(value) ? 0 : inexact;
        // oxlint-disable-next-line prefer-math-trunc -- the conversion that the instruction was made for
        const expected = BigInt.asUintN(64, BigInt(value | 0));
        assert.deepEqual(ofDoubles('cvtmod', bitsOf(value)), [expected, flags]);
      }),
      { numRuns: 2000 },
    );
    assert.deepEqual(ofDoubles('cvtmod', quietNaN), [0n, invalid]);
  });
});
