import { floatFormats } from '../../isa/float-formats.ts';
import type { FloatFormat, FloatOperator, NumberFormat } from '../../isa/float-semantics.ts';
import { computeArithmetic } from './arithmetic.ts';
import { infinity, unpack, zero, type Finite, type FloatNumber } from './number.ts';
import { floatFlag, roundAt, roundTo, type Rounded, type RoundingMode } from './round.ts';

/** A floating-point operation on the bits of a format. Comparisons give 1 or 0, `class` a mask. */
export function computeFloat(
  operator: FloatOperator,
  format: FloatFormat,
  operands: readonly bigint[],
  mode: RoundingMode,
): Rounded {
  const [left = 0n, right = 0n] = operands;
  switch (operator) {
    case 'eq':
    case 'lt':
    case 'le':
    case 'ltq':
    case 'leq':
      return compareFloats(operator, unpack(left, format), unpack(right, format));
    case 'min':
    case 'max':
      return extreme(operator, format, left, right);
    case 'minm':
    case 'maxm': {
      const isNumber = [left, right].every((pattern) => unpack(pattern, format).kind !== 'nan');
      const { bits, flags } = extreme(operator === 'minm' ? 'min' : 'max', format, left, right);
      return { bits: isNumber ? bits : floatFormats[format].canonicalNaN, flags };
    }
    case 'round':
    case 'roundnx':
      return roundToIntegral(operator, format, left, mode);
    case 'cvtmod':
      return toLowWord(unpack(left, format));
    case 'class':
      return { bits: 1n << BigInt(classOf(left, format)), flags: 0 };
    case 'add':
    case 'sub':
    case 'mul':
    case 'div':
    case 'sqrt':
    case 'madd':
    case 'msub':
    case 'nmsub':
    case 'nmadd':
      return computeArithmetic(operator, format, operands, mode);
  }
}

/** A number in another format. What an integer cannot hold is invalid and gives its nearest bound (Unpriv. F). */
export function convert(value: bigint, from: NumberFormat, to: NumberFormat, mode: RoundingMode): Rounded {
  const number = isInteger(from) ? integerNumber(value, from) : unpack(value, from);
  if (isInteger(to)) return toInteger(number, to, mode);
  switch (number.kind) {
    case 'nan':
      return { bits: floatFormats[to].canonicalNaN, flags: number.signaling ? floatFlag.NV : 0 };
    case 'infinite':
      return { bits: infinity(number.negative, to), flags: 0 };
    case 'finite':
      return roundTo(number, to, mode);
  }
}

const integerBits = { w: 32, wu: 32, l: 64, lu: 64 } as const;
type IntegerFormat = keyof typeof integerBits;

function isInteger(format: NumberFormat): format is IntegerFormat {
  return format in integerBits;
}

function integerNumber(value: bigint, format: IntegerFormat): Finite {
  const bits = integerBits[format];
  const number = format.endsWith('u') ? BigInt.asUintN(bits, value) : BigInt.asIntN(bits, value);
  const negative = number < 0n;
  return { kind: 'finite', negative, significand: negative ? -number : number, exponent: 0 };
}

function toInteger(number: FloatNumber, format: IntegerFormat, mode: RoundingMode): Rounded {
  const bits = integerBits[format];
  const width = BigInt(bits);
  const most = format.endsWith('u') ? (1n << width) - 1n : (1n << (width - 1n)) - 1n;
  const least = format.endsWith('u') ? 0n : -(1n << (width - 1n));
  const pattern = (value: bigint): bigint => BigInt.asUintN(64, BigInt.asIntN(bits, value));
  const bound = (negative: boolean): Rounded => ({
    bits: pattern(negative ? least : most),
    flags: floatFlag.NV,
  });
  if (number.kind === 'nan') return bound(false);
  if (number.kind === 'infinite') return bound(number.negative);
  const { integer, inexact } = roundAt(number, 0, mode);
  const value = number.negative ? -integer : integer;
  if (value < least || value > most) return bound(number.negative);
  return { bits: pattern(value), flags: inexact ? floatFlag.NX : 0 };
}

/** Unpriv. F: FEQ is quiet, FLT and FLE signal for any NaN; those of Zfa are quiet. */
function compareFloats(
  operator: 'eq' | 'lt' | 'le' | 'ltq' | 'leq',
  a: FloatNumber,
  b: FloatNumber,
): Rounded {
  if (a.kind === 'nan' || b.kind === 'nan') {
    const signals = [a, b].some((number) => number.kind === 'nan' && number.signaling);
    return { bits: 0n, flags: signals || operator === 'lt' || operator === 'le' ? floatFlag.NV : 0 };
  }
  const order = orderOf(a, b);
  const holds = operator === 'eq' ? order === 0 : operator.startsWith('lt') ? order < 0 : order <= 0;
  return { bits: holds ? 1n : 0n, flags: 0 };
}

type Ordered = Exclude<FloatNumber, { kind: 'nan' }>;

function orderOf(a: Ordered, b: Ordered): number {
  const [left, right] = [rank(a), rank(b)];
  if (left !== right || a.kind !== 'finite' || b.kind !== 'finite') return left - right;
  const exponent = Math.min(a.exponent, b.exponent);
  const scaled = ({ negative, significand, exponent: own }: Finite): bigint =>
    (negative ? -1n : 1n) * (significand << BigInt(own - exponent));
  const difference = scaled(a) - scaled(b);
  return difference === 0n ? 0 : difference < 0n ? -1 : 1;
}

function rank(number: Ordered): number {
  if (number.kind === 'finite') return 0;
  return number.negative ? -1 : 1;
}

/** IEEE 754-2019 minimumNumber and maximumNumber: -0 is less than +0, and a number wins over a NaN. */
function extreme(operator: 'min' | 'max', format: FloatFormat, left: bigint, right: bigint): Rounded {
  const [a, b] = [unpack(left, format), unpack(right, format)];
  const signals = [a, b].some((number) => number.kind === 'nan' && number.signaling);
  const flags = signals ? floatFlag.NV : 0;
  if (a.kind === 'nan') return { bits: b.kind === 'nan' ? floatFormats[format].canonicalNaN : right, flags };
  if (b.kind === 'nan') return { bits: left, flags };
  const order = orderOf(a, b);
  const leftIsLess = order < 0 || (order === 0 && a.negative);
  return { bits: leftIsLess === (operator === 'min') ? left : right, flags };
}

/** Unpriv. Zfa, round-to-integer instructions. */
function roundToIntegral(
  operator: 'round' | 'roundnx',
  format: FloatFormat,
  pattern: bigint,
  mode: RoundingMode,
): Rounded {
  const number = unpack(pattern, format);
  if (number.kind === 'nan')
    return { bits: floatFormats[format].canonicalNaN, flags: number.signaling ? floatFlag.NV : 0 };
  if (number.kind === 'infinite') return { bits: pattern, flags: 0 };
  const { integer, inexact } = roundAt(number, 0, mode);
  const { bits } = roundTo({ ...number, significand: integer, exponent: 0 }, format, mode);
  return { bits, flags: inexact && operator === 'roundnx' ? floatFlag.NX : 0 };
}

/** Unpriv. Zfa, modular convert-to-integer instruction: the flags are those of FCVT.W.D. */
function toLowWord(number: FloatNumber): Rounded {
  const { flags } = toInteger(number, 'w', 1);
  if (number.kind !== 'finite') return { bits: 0n, flags };
  const { integer } = roundAt(number, 0, 1);
  return { bits: BigInt.asUintN(64, BigInt.asIntN(32, number.negative ? -integer : integer)), flags };
}

/** Unpriv. F, classify instruction: the number of the bit. */
function classOf(pattern: bigint, format: FloatFormat): number {
  const number = unpack(pattern, format);
  if (number.kind === 'nan') return number.signaling ? 8 : 9;
  if (number.kind === 'infinite') return number.negative ? 0 : 7;
  if (pattern === zero(number.negative, format)) return number.negative ? 3 : 4;
  const isNormal = number.significand >> BigInt(floatFormats[format].fractionBits) !== 0n;
  if (number.negative) return isNormal ? 1 : 2;
  return isNormal ? 6 : 5;
}
