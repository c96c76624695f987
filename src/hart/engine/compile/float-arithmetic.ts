import { StrataError } from '../../../common/errors.ts';
import type { FloatValue } from '../../../isa/float-semantics.ts';
import { floatType, isNative, writeFloatOperand, type FloatPlace, type NativeFormat } from './float-place.ts';
import { writeDoubleFused, writeSingleFused } from './fused.ts';
import { leastSplitProduct, splitProductLimit, writeProductError, writeSumError } from './float-errors.ts';
import { requireFinite, requireNormal, writeIsBetween } from './float-ranges.ts';
import type { Local } from '../wasm/code-writer.ts';

type FloatOperation = Extract<FloatValue, { kind: 'float' }>;

/**
 * Writes an operation on f registers: leaves a float of its format, of a comparison an i32. Goes outside where that
 * may raise another exception than NX, where it raises NX for the first time, and for NaNs.
 */
export function writeFloatArithmetic(
  { operator, format, operands }: FloatOperation,
  place: FloatPlace,
): void {
  if (!isNative(format)) throw new StrataError('broken-invariant', 'internal', 'wasm has no such format');
  const { code } = place;
  const type = floatType[format];
  const [a, b, result, ...rest] = (format === 'd' ? place.doubles : place.singles) as [Local, Local, Local];
  for (const [index, local] of [a, b].slice(0, operands.length).entries()) {
    writeFloatOperand(operands[index], place);
    code.set(local);
  }
  switch (operator) {
    case 'add':
    case 'sub':
      apply();
      requireFinite(result, format, place);
      place.requireExact(() => writeSumError({ operator, a, b, sum: result, format, scratch: rest, code }));
      break;
    case 'mul':
      apply();
      requireNormal(result, format, place, () => isZero(a, b));
      place.requireExact(() => exactProduct(format, a, b, result, place));
      break;
    case 'div':
      apply();
      requireNormal(result, format, place, () => isZero(a));
      place.requireExact(() => code.i32(0));
      break;
    case 'sqrt':
      code.get(a);
      code.plain(`${type}.sqrt`);
      code.set(result);
      requireNumber(result);
      place.requireExact(() => code.i32(0));
      break;
    // Of two numbers wasm gives the same, zeroes included; where there is no NaN in the result, there was none.
    case 'min':
    case 'max':
    case 'minm':
    case 'maxm':
      apply();
      requireNumber(result);
      break;
    case 'round':
    case 'roundnx':
      writeRounded();
      requireNumber(result);
      if (operator === 'roundnx')
        place.requireExact(() => {
          code.get(a);
          code.get(result);
          code.plain(`${type}.eq`);
        });
      break;
    case 'eq':
    case 'lt':
    case 'le':
    case 'ltq':
    case 'leq':
      place.leaveIf(() => {
        isNaN(a);
        isNaN(b);
        code.plain('i32.or');
      });
      code.get(a);
      code.get(b);
      code.plain(`${type}.${operator === 'eq' ? 'eq' : operator.startsWith('lt') ? 'lt' : 'le'}`);
      return;
    case 'madd':
    case 'msub':
    case 'nmsub':
    case 'nmadd': {
      const negates = {
        product: operator.startsWith('n'),
        addend: operator === 'msub' || operator === 'nmadd',
      };
      if (negates.product) {
        code.get(a);
        code.plain(`${type}.neg`);
        code.set(a);
      }
      const addend = (): void => {
        writeFloatOperand(operands[2], place);
        if (negates.addend) code.plain(`${type}.neg`);
      };
      if (format === 'd') writeDoubleFused(place, addend);
      else writeSingleFused(place, addend);
      return;
    }
    case 'class':
    case 'cvtmod':
      throw new StrataError('broken-invariant', 'internal', `${operator} is not done in wasm`);
  }
  code.get(result);

  function apply(): void {
    code.get(a);
    code.get(b);
    code.plain(`${type}.${wasmName(operator)}`);
    code.set(result);
  }

  /** A double holds the single that a single is rounded to. */
  function writeRounded(): void {
    const [double] = place.doubles as [Local];
    code.get(a);
    if (format === 's') code.plain('f64.promote_f32');
    code.set(double);
    place.roundToIntegral(double);
    if (format === 's') code.plain('f32.demote_f64');
    code.set(result);
  }

  function isNaN(local: Local): void {
    code.get(local);
    code.get(local);
    code.plain(`${type}.ne`);
  }

  function requireNumber(local: Local): void {
    place.leaveIf(() => isNaN(local));
  }

  function isZero(...locals: readonly Local[]): void {
    for (const [index, local] of locals.entries()) {
      code.get(local);
      code[type](0);
      code.plain(`${type}.eq`);
      if (index > 0) code.plain('i32.or');
    }
  }
}

function wasmName(operator: FloatOperation['operator']): 'add' | 'sub' | 'mul' | 'div' | 'min' | 'max' {
  if (operator === 'minm') return 'min';
  return operator === 'maxm' ? 'max' : (operator as 'add');
}

/** Leaves 1 where `product` is exactly a × b. */
function exactProduct(format: NativeFormat, a: Local, b: Local, product: Local, place: FloatPlace): void {
  const { code, doubles } = place;
  if (format === 's') {
    // A double holds the product of two singles.
    for (const single of [product, a, b]) {
      code.get(single);
      code.plain('f64.promote_f32');
    }
    code.plain('f64.mul');
    code.plain('f64.eq');
    return;
  }
  const error = doubles[3] as Local;
  writeProductError({ a, b, product, error, scratch: doubles.slice(4), code });
  code.get(error);
  code.f64(0);
  code.plain('f64.eq');
  // What came of a zero is exact without more ado.
  writeIsBetween(product, 'd', leastSplitProduct, splitProductLimit, code);
  code.get(product);
  code.f64(0);
  code.plain('f64.eq');
  code.plain('i32.or');
  code.plain('i32.and');
}
