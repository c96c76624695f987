import type { RegisterOperand, Statement, Value } from './semantics.ts';

/** The formats of IEEE 754 by the letters of mnemonics: binary16, binary32 and binary64. */
export type FloatFormat = 'h' | 's' | 'd';

/** What semantics say of floating point. A value narrower than 64 bits has zeroes above it. */
export type FloatValue =
  /**
   * An f register's value in a format. Unpriv. D, NaN boxing of narrower values: a register that does not hold a
   * boxed value of that format counts as the canonical NaN. In format `d`, all bits as they are.
   */
  { readonly kind: 'f'; readonly operand: RegisterOperand; readonly format: FloatFormat };

export const f = (operand: RegisterOperand, format: FloatFormat): Value => ({ kind: 'f', operand, format });
export const setF = (operand: 'rd', format: FloatFormat, value: Value): Statement => ({
  kind: 'setF',
  operand,
  format,
  value,
});
