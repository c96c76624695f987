import { floatFormats } from '../../isa/float-formats.ts';
import type { FloatFormat } from '../../isa/float-semantics.ts';
import { infinity, leastExponent, zero, type Finite } from './number.ts';

/** Accrued exceptions as fflags has them (Unpriv. F, floating-point control and status register). */
export const floatFlag = { NX: 1, UF: 2, OF: 4, DZ: 8, NV: 16 } as const;

/** By number: to nearest, ties to even; towards zero; down; up; to nearest, ties away from zero. */
export type RoundingMode = 0 | 1 | 2 | 3 | 4;

/** What an operation gives: the bits of its result, and the exceptions that it raised. */
export interface Rounded {
  readonly bits: bigint;
  readonly flags: number;
}

/** A number as near as the format has it. Tininess is detected after rounding (Unpriv. F, subnormal arithmetic). */
export function roundTo(number: Finite, format: FloatFormat, mode: RoundingMode): Rounded {
  const { negative, significand, exponent } = number;
  if (significand === 0n) return { bits: zero(negative, format), flags: 0 };
  const { fractionBits, exponentBits } = floatFormats[format];
  const least = leastExponent(format);
  const free = bitLength(significand) + exponent - 1 - fractionBits;
  const last = Math.max(free, least);
  const { integer, inexact } = roundAt(number, last, mode);
  // A carry out of the significand counts up the exponent, from subnormal to normal and on to infinity.
  const magnitude = (BigInt(last - least) << BigInt(fractionBits)) + integer;
  const limit = infinity(false, format);
  const signBits = zero(negative, format);
  if (magnitude >= limit || last - least >= 2 ** exponentBits) {
    const towardsInfinity = mode === 0 || mode === 4 || mode === (negative ? 2 : 3);
    return {
      bits: signBits | (towardsInfinity ? limit : limit - 1n),
      flags: floatFlag.OF | floatFlag.NX,
    };
  }
  if (!inexact) return { bits: signBits | magnitude, flags: 0 };
  const isTiny =
    free < least &&
    (free < least - 1 || roundAt(number, free, mode).integer < 1n << BigInt(fractionBits + 1));
  return { bits: signBits | magnitude, flags: isTiny ? floatFlag.UF | floatFlag.NX : floatFlag.NX };
}

/** The magnitude in units of 2^last, rounded to an integer. */
export function roundAt(
  { negative, significand, exponent }: Finite,
  last: number,
  mode: RoundingMode,
): { readonly integer: bigint; readonly inexact: boolean } {
  if (last <= exponent) return { integer: significand << BigInt(exponent - last), inexact: false };
  const shift = BigInt(last - exponent);
  const integer = significand >> shift;
  const rest = significand - (integer << shift);
  if (rest === 0n) return { integer, inexact: false };
  const half = 1n << (shift - 1n);
  return { integer: goesUp() ? integer + 1n : integer, inexact: true };

  function goesUp(): boolean {
    switch (mode) {
      case 0:
        return rest > half || (rest === half && (integer & 1n) === 1n);
      case 1:
        return false;
      case 2:
        return negative;
      case 3:
        return !negative;
      case 4:
        return rest >= half;
    }
  }
}

/** How many bits a positive number has, from its highest one down; 1 for zero. */
export function bitLength(value: bigint): number {
  return value.toString(2).length;
}
