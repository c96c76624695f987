import fc from 'fast-check';
import { boxOf, floatFormats } from '../../src/isa/float-formats.ts';
import type { FloatFormat } from '../../src/isa/float-semantics.ts';

/** Bits of f registers: numbers of each format, with what is special about them, boxed or not. */
export const floatValue: fc.Arbitrary<bigint> = fc.oneof(
  ...(['d', 'd', 's', 's', 'h'] as const).map((format) =>
    numberOf(format).map((bits) => bits | boxOf(format)),
  ),
  fc.bigInt(0n, 2n ** 64n - 1n),
);

/** Bits of a format: any, or few digits, or close to where the exponent changes, or no number. */
function numberOf(format: FloatFormat): fc.Arbitrary<bigint> {
  const { bits, fractionBits, exponentBits } = floatFormats[format];
  const most = 2 ** exponentBits - 1;
  const bias = (most - 1) / 2;
  const exponent = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: bias - 3, max: bias + 3 }) },
    { weight: 2, arbitrary: fc.integer({ min: bias - fractionBits - 3, max: bias + fractionBits + 3 }) },
    {
      weight: 3,
      arbitrary: fc.constantFrom(0, 0, 1, most, most - 1, bias + 31, bias + 32, bias + 63, bias + 64),
    },
    { weight: 2, arbitrary: fc.integer({ min: 0, max: most }) },
  );
  const everyFraction = 2n ** BigInt(fractionBits) - 1n;
  const fraction = fc.oneof(
    fc.bigInt(0n, everyFraction),
    fc.constantFrom(0n, 0n, 1n, everyFraction, everyFraction - 1n, (everyFraction + 1n) / 2n),
    fc
      .tuple(fc.integer({ min: 0, max: fractionBits - 1 }), fc.integer({ min: 0, max: fractionBits - 1 }))
      .map(([one, other]) => (1n << BigInt(one)) | (1n << BigInt(other))),
    fc.integer({ min: 0, max: fractionBits }).map((count) => everyFraction & ~((1n << BigInt(count)) - 1n)),
  );
  return fc
    .tuple(fc.boolean(), exponent, fraction)
    .map(
      ([negative, field, tail]) =>
        (negative ? 1n << BigInt(bits - 1) : 0n) | (BigInt(field) << BigInt(fractionBits)) | tail,
    );
}
