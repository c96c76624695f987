import { floatFormats } from '../../isa/float-formats.ts';
import type { ArithmeticOperator, FloatFormat } from '../../isa/float-semantics.ts';
import { infinity, unpack, zero, type Finite, type FloatNumber } from './number.ts';
import { bitLength, floatFlag, roundTo, type Rounded, type RoundingMode } from './round.ts';

/** An arithmetic operation on the bits of a format, exact and then rounded once (IEEE 754). */
export function computeArithmetic(
  operator: ArithmeticOperator,
  format: FloatFormat,
  operands: readonly bigint[],
  mode: RoundingMode,
): Rounded {
  const [a = NOTHING, b = NOTHING, c = NOTHING] = operands.map((pattern): FloatNumber =>
    unpack(pattern, format),
  );
  switch (operator) {
    case 'add':
      return finish(sum(a, b, mode), format, mode);
    case 'sub':
      return finish(sum(a, negate(b), mode), format, mode);
    case 'mul':
      return finish(product(a, b), format, mode);
    case 'div':
      return finish(quotient(a, b, format), format, mode);
    case 'sqrt':
      return finish(squareRoot(a, format), format, mode);
    case 'madd':
      return finish(fused(a, b, c, mode), format, mode);
    case 'msub':
      return finish(fused(a, b, negate(c), mode), format, mode);
    case 'nmsub':
      return finish(fused(negate(a), b, c, mode), format, mode);
    case 'nmadd':
      return finish(fused(negate(a), b, negate(c), mode), format, mode);
  }
}

/** An exact result, or an exception: `flags` are those of the operation itself. */
interface Exact {
  readonly number: FloatNumber;
  readonly flags: number;
}

const NAN: FloatNumber = { kind: 'nan', signaling: false };
const NOTHING: Finite = { kind: 'finite', negative: false, significand: 0n, exponent: 0 };
const invalid: Exact = { number: NAN, flags: floatFlag.NV };

function finish({ number, flags }: Exact, format: FloatFormat, mode: RoundingMode): Rounded {
  switch (number.kind) {
    case 'nan':
      return { bits: floatFormats[format].canonicalNaN, flags };
    case 'infinite':
      return { bits: infinity(number.negative, format), flags };
    case 'finite': {
      if (number.significand === 0n) return { bits: zero(number.negative, format), flags };
      const rounded = roundTo(number, format, mode);
      return { bits: rounded.bits, flags: rounded.flags | flags };
    }
  }
}

/** NaN where an operand is one; a signaling one is invalid. */
function nanOf(...numbers: readonly FloatNumber[]): Exact | undefined {
  const nans = numbers.filter((number) => number.kind === 'nan');
  if (nans.length === 0) return undefined;
  return { number: NAN, flags: nans.some(({ signaling }) => signaling) ? floatFlag.NV : 0 };
}

function exact(number: FloatNumber): Exact {
  return { number, flags: 0 };
}

function negate(number: FloatNumber): FloatNumber {
  return number.kind === 'nan' ? number : { ...number, negative: !number.negative };
}

function sum(a: FloatNumber, b: FloatNumber, mode: RoundingMode): Exact {
  const nan = nanOf(a, b);
  if (nan) return nan;
  if (a.kind === 'infinite') {
    return b.kind === 'infinite' && a.negative !== b.negative ? invalid : exact(a);
  }
  if (a.kind !== 'finite' || b.kind !== 'finite') return exact(b);
  const exponent = Math.min(a.exponent, b.exponent);
  const total = valueAt(a, exponent) + valueAt(b, exponent);
  if (total === 0n) {
    // IEEE 754, the sign bit: the sum of opposites is +0, and rounding down -0.
    const bothZero = a.significand === 0n && b.significand === 0n;
    const negative = bothZero && a.negative === b.negative ? a.negative : mode === 2;
    return exact({ kind: 'finite', negative, significand: 0n, exponent });
  }
  return exact({ kind: 'finite', negative: total < 0n, significand: total < 0n ? -total : total, exponent });
}

function valueAt({ negative, significand, exponent }: Finite, unit: number): bigint {
  const magnitude = significand << BigInt(exponent - unit);
  return negative ? -magnitude : magnitude;
}

function product(a: FloatNumber, b: FloatNumber): Exact {
  const nan = nanOf(a, b);
  if (nan) return nan;
  if (a.kind === 'nan' || b.kind === 'nan') return invalid;
  const negative = a.negative !== b.negative;
  if (a.kind === 'infinite' || b.kind === 'infinite') {
    return isZero(a) || isZero(b) ? invalid : exact({ kind: 'infinite', negative });
  }
  return exact({
    kind: 'finite',
    negative,
    significand: a.significand * b.significand,
    exponent: a.exponent + b.exponent,
  });
}

/** Unpriv. F: infinity times zero is invalid even where the addend is a quiet NaN. */
function fused(a: FloatNumber, b: FloatNumber, c: FloatNumber, mode: RoundingMode): Exact {
  const multiplied = product(a, b);
  const nan = nanOf(a, b, c);
  if (nan) return { number: NAN, flags: nan.flags | multiplied.flags };
  return multiplied.flags === 0 ? sum(multiplied.number, c, mode) : multiplied;
}

function quotient(a: FloatNumber, b: FloatNumber, format: FloatFormat): Exact {
  const nan = nanOf(a, b);
  if (nan) return nan;
  if (a.kind === 'nan' || b.kind === 'nan') return invalid;
  const negative = a.negative !== b.negative;
  if (a.kind === 'infinite') return b.kind === 'infinite' ? invalid : exact({ kind: 'infinite', negative });
  if (b.kind === 'infinite') return exact({ ...NOTHING, negative });
  if (b.significand === 0n) {
    if (a.significand === 0n) return invalid;
    return { number: { kind: 'infinite', negative }, flags: floatFlag.DZ };
  }
  // Two bits more than the format has, and one that says whether anything is left.
  const extra = floatFormats[format].bits + 2 + bitLength(b.significand);
  const dividend = a.significand << BigInt(extra);
  const whole = dividend / b.significand;
  const isWhole = whole * b.significand === dividend;
  return exact({
    kind: 'finite',
    negative,
    significand: (whole << 1n) | (isWhole ? 0n : 1n),
    exponent: a.exponent - b.exponent - extra - 1,
  });
}

function squareRoot(a: FloatNumber, format: FloatFormat): Exact {
  if (a.kind === 'nan') return nanOf(a) ?? invalid;
  if (isZero(a)) return exact(a);
  if (a.negative) return invalid;
  if (a.kind === 'infinite') return exact(a);
  let extra = 2 * (floatFormats[format].bits + 2);
  if ((a.exponent - extra) % 2 !== 0) extra++;
  const square = a.significand << BigInt(extra);
  const root = integerRoot(square);
  return exact({
    kind: 'finite',
    negative: false,
    significand: (root << 1n) | (root * root === square ? 0n : 1n),
    exponent: (a.exponent - extra) / 2 - 1,
  });
}

/** The greatest integer whose square is not greater, by Newton's method from above. */
function integerRoot(square: bigint): bigint {
  let root = 1n << BigInt((bitLength(square) + 1) >> 1);
  for (;;) {
    const next = (root + square / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

function isZero(number: FloatNumber): boolean {
  return number.kind === 'finite' && number.significand === 0n;
}
