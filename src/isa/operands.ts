import type { Encoding, OperandField, OperandName } from './instruction.ts';

/** Operands by name, as numbers: register numbers, immediates with their sign, CSR addresses. */
export type Operands = Readonly<Partial<Record<OperandName, number>>>;

/** Every operand that an instruction word of this encoding holds. */
export function operandsOf(word: number, encoding: Encoding): Operands {
  return Object.fromEntries(encoding.fields.map((field) => [field.name, extractOperand(word, field)]));
}

/** The operand that an instruction word holds in a field: a 32-bit number, signed where the field is. */
export function extractOperand(word: number, field: OperandField): number {
  let value = 0;
  let width = 0;
  for (const { high, low, at } of field.slices) {
    const size = high - low + 1;
    value |= ((word >>> low) & (0xffff_ffff >>> (32 - size))) << at;
    width = Math.max(width, at + size);
  }
  if (field.signed) value = (value << (32 - width)) >> (32 - width);
  return value + field.bias;
}

/** The bits of an instruction word that hold the operand; bits of the operand that have no place are dropped. */
export function placeOperand(operand: number, field: OperandField): number {
  const value = operand - field.bias;
  return field.slices.reduce(
    (bits, { high, low, at }) => bits | (((value >>> at) & (0xffff_ffff >>> (31 - high + low))) << low),
    0,
  );
}
