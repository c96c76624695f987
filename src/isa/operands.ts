import type { OperandField } from './instruction.ts';

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
