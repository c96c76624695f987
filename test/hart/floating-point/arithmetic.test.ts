import assert from 'node:assert/strict';
import fc from 'fast-check';
import { computeArithmetic } from '../../../src/hart/floating-point/arithmetic.ts';
import { floatFormats } from '../../../src/isa/float-formats.ts';
import type { ArithmeticOperator, FloatFormat } from '../../../src/isa/float-semantics.ts';

const doubles = new Float64Array(1);
const doubleBits = new BigUint64Array(doubles.buffer);
const singles = new Float32Array(1);
const singleBits = new Uint32Array(singles.buffer);

function bitsOf(value: number, format: FloatFormat): bigint {
  if (Number.isNaN(value)) return floatFormats[format].canonicalNaN;
  doubles[0] = value;
  singles[0] = value;
  return format === 'd' ? (doubleBits[0] ?? 0n) : BigInt(singleBits[0] ?? 0);
}

const special = fc.constantFrom(0, -0, 1, -1, 5e-324, 2 ** -1022, -(2 ** -1022), 2 ** -126, 2 ** -149, 3);
const large = fc.constantFrom(Number.MAX_VALUE, -Infinity, Infinity, NaN, 2 ** 127, 1 + 2 ** -23, 0.1);
const number = fc.oneof(fc.double(), fc.float(), special, large);

const host: Readonly<Partial<Record<ArithmeticOperator, (a: number, b: number) => number>>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  sqrt: (a) => Math.sqrt(a),
};

describe('hart/floating-point/arithmetic, against the host, to nearest', () => {
  for (const [operator, compute] of Object.entries(host)) {
    it(`gives the bits of ${operator} in double precision, and in single`, () => {
      fc.assert(
        fc.property(number, number, (a, b) => {
          const ours = (format: FloatFormat, ...operands: readonly number[]): bigint =>
            computeArithmetic(
              operator as ArithmeticOperator,
              format,
              operands.map((operand) => bitsOf(operand, format)),
              0,
            ).bits;
          assert.equal(ours('d', a, b), bitsOf(compute(a, b), 'd'));
          // Rounding twice is harmless here: a double has more than twice the digits of a single.
          const [x, y] = [Math.fround(a), Math.fround(b)];
          assert.equal(ours('s', x, y), bitsOf(Math.fround(compute(x, y)), 's'));
        }),
        { numRuns: 2000 },
      );
    });
  }
});
