import type { FloatFormat } from './float-semantics.ts';

/** What tells a binary interchange format of IEEE 754 from the others. */
export interface FloatFormatFacts {
  /** For people. */
  readonly name: string;
  readonly bits: 16 | 32 | 64;
  readonly exponentBits: number;
  /** Of the trailing significand, without the bit that is implied. */
  readonly fractionBits: number;
  /** The sign bit. */
  readonly sign: bigint;
  /** Unpriv. F, NaN generation and propagation: positive, quiet, and nothing else set. */
  readonly canonicalNaN: bigint;
}

/** The formats by the letters that instructions have for them. */
export const floatFormats: Readonly<Record<FloatFormat, FloatFormatFacts>> = {
  h: facts('half-precision', 16, 5),
  s: facts('single-precision', 32, 8),
  d: facts('double-precision', 64, 11),
};

/** The bits above a boxed value: all ones. */
export function boxOf(format: FloatFormat): bigint {
  return (1n << 64n) - (1n << BigInt(floatFormats[format].bits));
}

function facts(name: string, bits: 16 | 32 | 64, exponentBits: number): FloatFormatFacts {
  const fractionBits = bits - 1 - exponentBits;
  return {
    name,
    bits,
    exponentBits,
    fractionBits,
    sign: 1n << BigInt(bits - 1),
    canonicalNaN: ((1n << BigInt(exponentBits + 1)) - 1n) << BigInt(fractionBits - 1),
  };
}
