import { boxOf, floatFormats } from '../../../../src/isa/float-formats.ts';
import type { FloatFormat } from '../../../../src/isa/float-semantics.ts';
import { computeArithmetic } from '../../../../src/hart/floating-point/arithmetic.ts';
import { Random } from '../../engine/differential/random.ts';

/** What an instruction takes: three f registers, or an x register. */
export type OperandFormat = FloatFormat | 'integer';

/** Operands of one instruction: three registers. */
export type Triple = readonly [bigint, bigint, bigint];

/**
 * Operands for the instructions that take a format, always the same ones for a seed: pairs of all that is special, and
 * numbers that are close to each other, to halves between numbers, to where results become subnormal or too large.
 */
export function operandTriples(format: OperandFormat, seed: number, count: number): readonly Triple[] {
  const random = new Random(seed * 0x100 + format.charCodeAt(0));
  const one = format === 'integer' ? () => random.value() : () => float(format, random);
  const specials = format === 'integer' ? specialIntegers : specialFloats(format);
  return Array.from({ length: count }, (_, index): Triple => {
    const pair = index + seed * count;
    if (index % 4 === 0) {
      const [a, b] = [
        specials[(pair >> 2) % specials.length],
        specials[Math.floor((pair >> 2) / specials.length) % specials.length],
      ];
      return [a ?? 0n, b ?? 0n, random.pick(specials)];
    }
    if (format === 'integer') return [one(), one(), one()];
    return related(format, random);
  });
}

const specialIntegers: readonly bigint[] = [7, 8, 11, 23, 24, 25, 31, 32, 52, 53, 54, 62, 63, 64]
  .flatMap((bits) =>
    [-3n, -2n, -1n, 0n, 1n, 2n, 3n].flatMap((by) => [(1n << BigInt(bits)) + by, -(1n << BigInt(bits)) + by]),
  )
  .map((value) => BigInt.asUintN(64, value));

function specialFloats(format: FloatFormat): readonly bigint[] {
  const { bits, fractionBits, exponentBits, sign, canonicalNaN } = floatFormats[format];
  const infinity = ((1n << BigInt(exponentBits)) - 1n) << BigInt(fractionBits);
  const leastNormal = 1n << BigInt(fractionBits);
  const one = (infinity >> 1n) & ~(leastNormal - 1n);
  const magnitudes = [
    0n,
    1n,
    2n,
    leastNormal >> 1n,
    leastNormal - 1n,
    leastNormal,
    leastNormal + 1n,
    one - 1n,
    one,
    one + 1n,
    one + leastNormal,
    one + (leastNormal >> 1n),
    one - leastNormal,
    infinity - leastNormal,
    infinity - 1n,
    infinity,
    infinity + 1n,
    canonicalNaN,
    canonicalNaN + 1n,
    // Where integers end.
    ...[31, 32, 63, 64].flatMap((power) => {
      const field = one + (BigInt(power) << BigInt(fractionBits));
      return field < infinity ? [field - 1n, field] : [];
    }),
  ];
  const boxed = magnitudes.flatMap((value) => [value, value | sign]).map((value) => value | boxOf(format));
  // What is no boxed value counts as NaN.
  return bits === 64 ? boxed : [...boxed, one, boxOf(format) - 1n];
}

/** Any number of a format, with few digits as often as not, and with an exponent that may be anywhere. */
function float(format: FloatFormat, random: Random): bigint {
  const { bits, fractionBits, exponentBits } = floatFormats[format];
  const most = 2 ** exponentBits - 1;
  const middle = (most - 1) / 2;
  const field = random.weighted([
    [5, middle - 3 + random.below(7)],
    [3, random.below(most + 1)],
    [1, random.below(3)],
    [1, most - random.below(3)],
    [1, Math.min(most, middle + 8 + random.below(58))],
  ]);
  const fraction = BigInt.asUintN(
    fractionBits,
    random.weighted([
      [4, random.value()],
      [3, -1n << BigInt(random.below(fractionBits))],
      [3, (1n << BigInt(random.below(fractionBits))) + BigInt(random.below(3) - 1)],
    ]),
  );
  const sign = random.chance(50) ? 1n << BigInt(bits - 1) : 0n;
  return sign | (BigInt(field) << BigInt(fractionBits)) | fraction | boxOf(format);
}

function related(format: FloatFormat, random: Random): Triple {
  const { bits, fractionBits, sign } = floatFormats[format];
  const mask = (1n << BigInt(bits)) - 1n;
  const [a, b, c] = [float(format, random), float(format, random), float(format, random)];
  const near = (value: bigint): bigint =>
    ((BigInt.asUintN(bits, value + BigInt(random.below(7) - 3)) ^ (random.chance(50) ? sign : 0n)) & mask) |
    boxOf(format);
  switch (random.below(4)) {
    case 0:
      return [a, near(a), c];
    case 1: {
      // An addend that cancels a product, or is so small or large that it decides a half.
      const product = computeArithmetic('mul', format, [a & mask, b & mask], 0).bits;
      const by = BigInt(random.below(4 * fractionBits) - 2 * fractionBits) << BigInt(fractionBits);
      return [a, b, near(random.chance(50) ? product : (product + by) & mask)];
    }
    case 2: {
      // A sum of numbers about as far apart as there are digits.
      const by = BigInt(fractionBits - 2 + random.below(5)) << BigInt(fractionBits);
      return [a, ((a - by) & mask) | boxOf(format), c];
    }
    default:
      return [a, b, c];
  }
}
