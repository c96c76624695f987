import { floatType, type NativeFormat } from './float-place.ts';
import type { CodeWriter, Local } from '../wasm/code-writer.ts';

/** Knuth's TwoSum: sum + error is a + b exactly, unless something overflows, which makes the error NaN. */
export function writeTwoSum(
  format: NativeFormat,
  code: CodeWriter,
  locals: {
    readonly a: Local;
    readonly b: Local;
    readonly sum: Local;
    readonly error: Local;
    readonly scratch: Local;
  },
): void {
  const { a, b, sum } = locals;
  code.get(a);
  code.get(b);
  code.plain(`${floatType[format]}.add`);
  code.set(sum);
  writeErrorOfSum(format, code, locals);
}

/** The second half of it, where the sum is there already. */
function writeErrorOfSum(
  format: NativeFormat,
  code: CodeWriter,
  {
    a,
    b,
    sum,
    error,
    scratch,
  }: {
    readonly a: Local;
    readonly b: Local;
    readonly sum: Local;
    readonly error: Local;
    readonly scratch: Local;
  },
): void {
  const type = floatType[format];
  const subtract = (): void => code.plain(`${type}.sub`);
  // scratch is what of b arrived in the sum.
  code.get(sum);
  code.get(a);
  subtract();
  code.set(scratch);
  code.get(a);
  code.get(sum);
  code.get(scratch);
  subtract();
  subtract();
  code.get(b);
  code.get(scratch);
  subtract();
  code.plain(`${type}.add`);
  code.set(error);
}

/** Leaves 1 where `sum` is exactly a + b, or a - b. Changes b. */
export function writeSumError({
  operator,
  a,
  b,
  sum,
  format,
  scratch: [error, scratch],
  code,
}: {
  readonly operator: 'add' | 'sub';
  readonly a: Local;
  readonly b: Local;
  readonly sum: Local;
  readonly format: NativeFormat;
  readonly scratch: readonly Local[];
  readonly code: CodeWriter;
}): void {
  const type = floatType[format];
  if (operator === 'sub') {
    code.get(b);
    code.plain(`${type}.neg`);
    code.set(b);
  }
  writeErrorOfSum(format, code, { a, b, sum, error: error as Local, scratch: scratch as Local });
  code.get(error as Local);
  code[type](0);
  code.plain(`${type}.eq`);
}

/**
 * Dekker's product: product + error is a × b exactly, where |product| is at least `leastSplitProduct` and below
 * `splitProductLimit`. Where a factor is so large that it cannot be split, the error is NaN. Takes five scratch locals.
 */
export function writeProductError({
  a,
  b,
  product,
  error,
  scratch,
  code,
}: {
  readonly a: Local;
  readonly b: Local;
  readonly product: Local;
  readonly error: Local;
  readonly scratch: readonly Local[];
  readonly code: CodeWriter;
}): void {
  const [aHigh, aLow, bHigh, bLow] = scratch as [Local, Local, Local, Local];
  split(a, aHigh, aLow);
  split(b, bHigh, bLow);
  multiply(aHigh, bHigh);
  code.get(product);
  code.plain('f64.sub');
  multiply(aHigh, bLow);
  code.plain('f64.add');
  multiply(aLow, bHigh);
  code.plain('f64.add');
  multiply(aLow, bLow);
  code.plain('f64.add');
  code.set(error);

  /** Veltkamp's: two halves of 26 bits at most. */
  function split(value: Local, high: Local, low: Local): void {
    code.get(value);
    code.f64(2 ** 27 + 1);
    code.plain('f64.mul');
    code.tee(high);
    code.get(high);
    code.get(value);
    code.plain('f64.sub');
    code.plain('f64.sub');
    code.set(high);
    code.get(value);
    code.get(high);
    code.plain('f64.sub');
    code.set(low);
  }

  function multiply(left: Local, right: Local): void {
    code.get(left);
    code.get(right);
    code.plain('f64.mul');
  }
}

/** The product's error is a multiple of the last bits' product: with 2^-968 or more, that is a double. */
export const leastSplitProduct = 2 ** -968;
/** Below that no product of halves overflows, though it may be larger than that of the numbers. */
export const splitProductLimit = 2 ** 1020;
