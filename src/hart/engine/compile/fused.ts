import type { FloatPlace } from './float-place.ts';
import { leastSplitProduct, splitProductLimit, writeProductError, writeTwoSum } from './float-errors.ts';
import { requireFinite, requireNormal, writeIsBetween } from './float-ranges.ts';
import type { CodeWriter, Local } from '../wasm/code-writer.ts';

/**
 * a × b + c, rounded once: `a` and `b` are the first two doubles of the place, `addend` leaves c. wasm has no such
 * instruction; so the product is split into a sum of two doubles, the addend is added exactly, and what is too small
 * to count is rounded to odd before the last addition (Boldo and Melquiond, Emulation of FMA and correctly rounded
 * sums, 2008).
 */
export function writeDoubleFused(place: FloatPlace, addend: () => void): void {
  const { code, doubles } = place;
  const [a, b, result, c, product, error] = doubles as [Local, Local, Local, Local, Local, Local];
  const scratch = doubles.slice(6);
  addend();
  code.set(c);
  code.get(a);
  code.get(b);
  code.plain('f64.mul');
  code.set(product);
  writeIsBetween(product, 'd', leastSplitProduct, splitProductLimit, code);
  code.if(
    () => {
      writeProductError({ a, b, product, error, scratch, code });
      const [high, low, free, sum] = scratch as [Local, Local, Local, Local];
      writeTwoSum('d', code, { a: c, b: error, sum: high, error: low, scratch: free });
      // The factors are not needed any more.
      writeTwoSum('d', code, { a: product, b: high, sum, error: a, scratch: free });
      writeRestToOdd({ left: low, right: a, sum: b, error: high, scratch: free, code });
      code.get(sum);
      code.get(b);
      code.plain('f64.add');
      code.set(result);
    },
    () => {
      // A product that is zero because a factor is; any other is for the exact path.
      place.leaveIf(() => {
        for (const factor of [a, b]) {
          code.get(factor);
          code.f64(0);
          code.plain('f64.eq');
        }
        code.plain('i32.or');
        code.plain('i32.eqz');
      });
      code.get(product);
      code.get(c);
      code.plain('f64.add');
      code.set(result);
    },
  );
  // All that was added are multiples of the least subnormal number: a result that is so small is exact.
  requireFinite(result, 'd', place);
  place.requireExact(() => code.i32(0));
  code.get(result);
}

/** Likewise in single precision: a double holds the product, and its rest rounded to odd is as good as the sum. */
export function writeSingleFused(place: FloatPlace, addend: () => void): void {
  const { code, doubles, singles } = place;
  const [a, b, result] = singles as [Local, Local, Local];
  const [product, c, sum, error, scratch] = doubles as [Local, Local, Local, Local, Local];
  addend();
  code.plain('f64.promote_f32');
  code.set(c);
  for (const factor of [a, b]) {
    code.get(factor);
    code.plain('f64.promote_f32');
  }
  code.plain('f64.mul');
  code.set(product);
  writeTwoSum('d', code, { a: product, b: c, sum, error, scratch });
  writeOdd(sum, error, code);
  code.get(sum);
  code.plain('f32.demote_f64');
  code.set(result);
  requireNormal(result, 's', place, () => {
    code.get(sum);
    code.f64(0);
    code.plain('f64.eq');
  });
  place.requireExact(() => code.i32(0));
  code.get(result);
}

/**
 * Sets `sum` to left + right for the last addition. Rounding it to odd makes a difference only where the end result
 * would be a tie, that is, where it has few digits: elsewhere it may be rounded as it is, for ties are doubles, and so
 * rounding does not lead across one.
 */
function writeRestToOdd(locals: {
  readonly left: Local;
  readonly right: Local;
  readonly sum: Local;
  readonly error: Local;
  readonly scratch: Local;
  readonly code: CodeWriter;
}): void {
  const { left, right, sum, error, code } = locals;
  code.get(left);
  code.get(right);
  code.plain('f64.add');
  code.tee(sum);
  code.plain('i64.reinterpret_f64');
  code.plain('i32.wrap_i64');
  code.plain('i32.eqz');
  code.if(() => {
    writeTwoSum('d', code, { ...locals, a: left, b: right });
    writeOdd(sum, error, code);
  });
}

/** Where the sum is even and not exact, makes it the odd neighbour on the side of the error. */
function writeOdd(sum: Local, error: Local, code: CodeWriter): void {
  const bits = (local: Local): void => {
    code.get(local);
    code.plain('i64.reinterpret_f64');
  };
  code.get(error);
  code.f64(0);
  code.plain('f64.ne');
  bits(sum);
  code.plain('i32.wrap_i64');
  code.i32(1);
  code.plain('i32.and');
  code.plain('i32.eqz');
  code.plain('i32.and');
  code.if(() => {
    // One up in magnitude where the signs agree, else one down.
    bits(sum);
    bits(sum);
    bits(error);
    code.plain('i64.xor');
    code.i64(63n);
    code.plain('i64.shr_s');
    code.i64(1n);
    code.plain('i64.or');
    code.plain('i64.add');
    code.plain('f64.reinterpret_i64');
    code.set(sum);
  });
}
