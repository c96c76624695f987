import type { FloatPlace, NativeFormat } from './float-place.ts';
import type { CodeWriter, Local } from '../wasm/code-writer.ts';

/** Goes outside where a result is infinite or NaN: then it may have raised OF, NV or DZ. */
export function requireFinite(result: Local, format: NativeFormat, place: FloatPlace): void {
  const { code } = place;
  const type = format === 'd' ? 'f64' : 'f32';
  place.leaveIf(() => {
    code.get(result);
    code.plain(`${type}.abs`);
    code[type](Infinity);
    code.plain(`${type}.lt`);
    code.plain('i32.eqz');
  });
}

/**
 * Likewise where it may have raised UF: only above the least normal number it is sure that it has not. A zero is
 * right where `isZero`, which leaves an i32, says so.
 */
export function requireNormal(
  result: Local,
  format: NativeFormat,
  place: FloatPlace,
  isZero: () => void,
): void {
  const { code } = place;
  writeIsBetween(result, format, leastNormal[format] * (1 + 2 ** -20), Infinity, code);
  code.plain('i32.eqz');
  code.if(() => {
    const type = format === 'd' ? 'f64' : 'f32';
    place.leaveIf(() => {
      code.get(result);
      code[type](0);
      code.plain(`${type}.eq`);
      isZero();
      code.plain('i32.and');
      code.plain('i32.eqz');
    });
  });
}

/** Leaves 1 where the magnitude of a number lies between two, the upper one excluded; never for NaN. */
export function writeIsBetween(
  local: Local,
  format: NativeFormat,
  least: number,
  limit: number,
  code: CodeWriter,
): void {
  code.get(local);
  if (format === 'd') {
    // Both bounds in one comparison; the shift drops the sign.
    const [low, high] = [doubleBits(least) << 1n, doubleBits(limit) << 1n];
    code.plain('i64.reinterpret_f64');
    code.i64(1n);
    code.plain('i64.shl');
    code.i64(low);
    code.plain('i64.sub');
    code.i64(high - low);
    code.plain('i64.lt_u');
    return;
  }
  const [low, high] = [singleBits(least) << 1, singleBits(limit) << 1];
  code.plain('i32.reinterpret_f32');
  code.i32(1);
  code.plain('i32.shl');
  code.i32(low);
  code.plain('i32.sub');
  code.i32(high - low);
  code.plain('i32.lt_u');
}

const leastNormal = { d: 2 ** -1022, s: 2 ** -126 } as const;

const view = new DataView(new ArrayBuffer(8));

function doubleBits(value: number): bigint {
  view.setFloat64(0, value);
  return view.getBigUint64(0);
}

function singleBits(value: number): number {
  view.setFloat32(0, value);
  return view.getUint32(0);
}
