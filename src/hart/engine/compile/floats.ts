import { assert, unreachable } from '../../../common/errors.ts';
import { boxOf } from '../../../isa/float-formats.ts';
import type { FloatFormat, FloatOperator, FloatValue } from '../../../isa/float-semantics.ts';
import type { RegisterOperand, Statement, Value } from '../../../isa/semantics.ts';
import { writeFloatConversion, writeIntegerConversion } from './conversions.ts';
import { writeFloatArithmetic } from './float-arithmetic.ts';
import { isNative, type FloatPlace } from './float-place.ts';

/** Can wasm do what a value says of floating point? Its operands are values by themselves. */
export function isFloatCompilable(value: FloatValue): boolean {
  switch (value.kind) {
    case 'f':
      return true;
    case 'float':
      return isNative(value.format) && !leftOutside.has(value.operator) && value.operands.every(isRegister);
    case 'floatConstant':
      return false;
    case 'convert':
      return value.from !== 'h' && value.to !== 'h';
  }
}

/** Seldom, and long in wasm. */
const leftOutside: ReadonlySet<FloatOperator> = new Set(['class', 'cvtmod']);

/** Writes the i64 that a value is: bits of a register, the outcome of a comparison, an integer. */
export function writeFloatBits(value: FloatValue, place: FloatPlace): void {
  switch (value.kind) {
    case 'f':
      writeBits(value.operand, value.format, place);
      break;
    case 'float':
      writeFloatArithmetic(value, place);
      place.code.plain('i64.extend_i32_u');
      break;
    case 'convert':
      writeIntegerConversion(value, place);
      break;
    case 'floatConstant':
      assert(false, 'constants of floating point are not loaded in wasm');
      break;
    default:
      unreachable(value);
  }
}

/** Writes a write of an f register. `writeInteger` writes a value as an i64. */
export function writeSetF(
  { operand, format, value }: Extract<Statement, { kind: 'setF' }>,
  place: FloatPlace,
  writeInteger: (value: Value) => void,
): void {
  const { code } = place;
  if (isNative(format) && value.kind === 'float') {
    place.writeFloat(operand, format, () => writeFloatArithmetic(value, place));
  } else if (isNative(format) && value.kind === 'convert') {
    place.writeFloat(operand, format, () => writeFloatConversion(value, place, writeInteger));
  } else if (value.kind === 'load' && value.size === 8) {
    place.writeFloat(operand, 'd', () => place.loadDouble(() => writeInteger(value.address)));
  } else {
    place.writeF(operand, () => {
      writeInteger(value);
      if (format === 'd') return;
      code.i64(boxOf(format));
      code.plain('i64.or');
    });
  }
}

/** The value of an f register in a format, with zeroes above it. */
function writeBits(operand: RegisterOperand, format: FloatFormat, place: FloatPlace): void {
  const { code } = place;
  if (format === 'd') {
    place.readF(operand);
    return;
  }
  const box = boxOf(format);
  place.withScratch((bits) => {
    place.readF(operand);
    code.set(bits);
    place.leaveIf(() => {
      code.get(bits);
      code.i64(box);
      code.plain('i64.lt_u');
    });
    code.get(bits);
    code.i64(~box);
    code.plain('i64.and');
  });
}

function isRegister(value: Value): boolean {
  return value.kind === 'f';
}
