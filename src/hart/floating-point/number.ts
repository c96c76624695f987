import { floatFormats } from '../../isa/float-formats.ts';
import type { FloatFormat } from '../../isa/float-semantics.ts';

/** A floating-point number taken apart. A finite one is (-1)^sign × significand × 2^exponent, exactly. */
export type FloatNumber =
  | { readonly kind: 'nan'; readonly signaling: boolean }
  | { readonly kind: 'infinite'; readonly negative: boolean }
  | {
      readonly kind: 'finite';
      readonly negative: boolean;
      /** 0n for zero. */
      readonly significand: bigint;
      readonly exponent: number;
    };

/** A number that is neither infinite nor a NaN. */
export type Finite = Extract<FloatNumber, { kind: 'finite' }>;

/** Of the bits of a format. */
export function unpack(pattern: bigint, format: FloatFormat): FloatNumber {
  const { sign, fractionBits, exponentBits } = floatFormats[format];
  const negative = (pattern & sign) !== 0n;
  const field = Number((pattern & (sign - 1n)) >> BigInt(fractionBits));
  const hidden = 1n << BigInt(fractionBits);
  const fraction = pattern & (hidden - 1n);
  if (field === 2 ** exponentBits - 1) {
    if (fraction === 0n) return { kind: 'infinite', negative };
    return { kind: 'nan', signaling: fraction < hidden >> 1n };
  }
  const exponent = Math.max(field, 1) + leastExponent(format) - 1;
  return { kind: 'finite', negative, significand: field === 0 ? fraction : fraction | hidden, exponent };
}

/** The exponent of the last bit of a subnormal number. */
export function leastExponent(format: FloatFormat): number {
  const { exponentBits, fractionBits } = floatFormats[format];
  return 2 - 2 ** (exponentBits - 1) - fractionBits;
}

/** The bits of an infinity. */
export function infinity(negative: boolean, format: FloatFormat): bigint {
  const { sign, fractionBits, exponentBits } = floatFormats[format];
  return (negative ? sign : 0n) | (((1n << BigInt(exponentBits)) - 1n) << BigInt(fractionBits));
}

/** The bits of a zero. */
export function zero(negative: boolean, format: FloatFormat): bigint {
  return negative ? floatFormats[format].sign : 0n;
}
