import type { RegisterOperand, Statement, Value } from './semantics.ts';

/** The formats of IEEE 754 by the letters of mnemonics: binary16, binary32 and binary64. */
export type FloatFormat = 'h' | 's' | 'd';

/** Of f and x registers: `w` and `l` are signed words and double-words, `wu` and `lu` unsigned ones. */
export type NumberFormat = FloatFormat | 'w' | 'wu' | 'l' | 'lu';

/** Operators that round by the instruction's rounding mode. The last four are fused, and named as instructions are. */
export type ArithmeticOperator = 'add' | 'sub' | 'mul' | 'div' | 'sqrt' | 'madd' | 'msub' | 'nmsub' | 'nmadd';

/** Comparisons give 1 or 0, and those that end with q are quiet; `class` gives the mask of FCLASS. */
export type FloatOperator =
  | ArithmeticOperator
  | 'min'
  | 'max'
  /** Likewise, but NaN where an operand is one. */
  | 'minm'
  | 'maxm'
  | 'eq'
  | 'lt'
  | 'le'
  | 'ltq'
  | 'leq'
  | 'class'
  /** To an integer of the same format; the second is inexact where that is another number. */
  | 'round'
  | 'roundnx'
  /** FCVTMOD: the low word of the integer towards zero, sign-extended. */
  | 'cvtmod';

/** What semantics say of floating point. A value narrower than 64 bits has zeroes above it. */
export type FloatValue =
  /**
   * An f register's value in a format. Unpriv. D, NaN boxing of narrower values: a register that does not hold a
   * boxed value of that format counts as the canonical NaN. In format `d`, all bits as they are.
   */
  | { readonly kind: 'f'; readonly operand: RegisterOperand; readonly format: FloatFormat }
  /** The number that FLI's immediate stands for. */
  | { readonly kind: 'floatConstant'; readonly format: FloatFormat }
  /** An operation, with the exceptions that it accrues. */
  | {
      readonly kind: 'float';
      readonly operator: FloatOperator;
      readonly format: FloatFormat;
      readonly operands: readonly Value[];
    }
  /** A number in another format, likewise. */
  | {
      readonly kind: 'convert';
      readonly from: NumberFormat;
      readonly to: NumberFormat;
      readonly value: Value;
    };

export const f = (operand: RegisterOperand, format: FloatFormat): Value => ({ kind: 'f', operand, format });
export const floatConstant = (format: FloatFormat): Value => ({ kind: 'floatConstant', format });
export const float = (
  operator: FloatOperator,
  format: FloatFormat,
  ...operands: readonly Value[]
): Value => ({
  kind: 'float',
  operator,
  format,
  operands,
});
export const convert = (from: NumberFormat, to: NumberFormat, value: Value): Value => ({
  kind: 'convert',
  from,
  to,
  value,
});
export const setF = (operand: 'rd', format: FloatFormat, value: Value): Statement => ({
  kind: 'setF',
  operand,
  format,
  value,
});
