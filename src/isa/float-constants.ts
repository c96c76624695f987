import { floatFormats } from './float-formats.ts';
import type { FloatFormat } from './float-semantics.ts';

/** Unpriv. Zfa, load-immediate instructions: the numbers by their encoding; but for 1, the least normal number. */
const numbers: readonly number[] = [
  [-1, Number.NaN, 2 ** -16, 2 ** -15, 2 ** -8, 2 ** -7, 0.0625, 0.125],
  [0.25, 0.3125, 0.375, 0.4375, 0.5, 0.625, 0.75, 0.875],
  [1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4],
  [8, 16, 128, 256, 2 ** 15, 2 ** 16, Infinity, Number.NaN],
].flat();
const leastNormal = 1;

/** The bits of the constant that FLI loads for a value of its immediate. */
export function floatConstantBits(format: FloatFormat, index: number): bigint {
  const { fractionBits, exponentBits, sign, canonicalNaN } = floatFormats[format];
  if (index === leastNormal) return 1n << BigInt(fractionBits);
  const number = numbers[index] ?? Number.NaN;
  if (Number.isNaN(number)) return canonicalNaN;
  const bias = 2 ** (exponentBits - 1) - 1;
  const exponent = Math.floor(Math.log2(Math.abs(number)));
  if (exponent > bias) return (2n ** BigInt(exponentBits) - 1n) << BigInt(fractionBits);
  // Some are subnormal in half precision.
  const field = Math.max(exponent + bias, 0);
  const fraction = Math.abs(number) / 2 ** (Math.max(field, 1) - bias) - (field === 0 ? 0 : 1);
  const magnitude = (BigInt(field) << BigInt(fractionBits)) + BigInt(fraction * 2 ** fractionBits);
  return number < 0 ? magnitude | sign : magnitude;
}

/** The constant as assembly has it. */
export function floatConstantText(index: number): string {
  if (index === leastNormal) return 'min';
  const number = numbers[index] ?? Number.NaN;
  if (Number.isNaN(number)) return 'nan';
  if (number === Infinity) return 'inf';
  return Number.isInteger(number) ? `${number}.0` : String(number);
}
