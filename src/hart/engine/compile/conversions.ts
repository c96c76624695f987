import { assert } from '../../../common/errors.ts';
import type { FloatValue } from '../../../isa/float-semantics.ts';
import type { Value } from '../../../isa/semantics.ts';
import { floatType, writeFloatOperand, type FloatPlace } from './float-place.ts';
import { requireNormal } from './float-ranges.ts';
import type { Local } from '../wasm/code-writer.ts';

type Conversion = Extract<FloatValue, { kind: 'convert' }>;

/** Writes a conversion to a float, which it leaves; from an integer, or from a float of the other format. */
export function writeFloatConversion(
  { from, to, value }: Conversion,
  place: FloatPlace,
  writeInteger: (value: Value) => void,
): void {
  assert(to === 's' || to === 'd', 'wasm computes in single and double precision');
  switch (from) {
    case 's':
      writeWidening(value, place);
      break;
    case 'd':
      writeNarrowing(value, place);
      break;
    case 'w':
    case 'wu':
    case 'l':
    case 'lu':
      place.withScratch((integer) => {
        const { code } = place;
        const isWord = from.startsWith('w');
        const sign = from.endsWith('u') ? 'u' : 's';
        writeInteger(value);
        if (isWord) code.plain('i64.extend32_s');
        code.set(integer);
        if (!isWord || to === 's') requireFewDigits(integer, from, 2n ** (to === 'd' ? 53n : 24n), place);
        code.get(integer);
        if (isWord) code.plain('i32.wrap_i64');
        code.plain(`${floatType[to]}.convert_${isWord ? 'i32' : 'i64'}_${sign}`);
      });
      break;
    case 'h':
      assert(false, 'wasm has no half precision');
  }
}

/** Writes a conversion of a float to an integer, which it leaves as an i64. */
export function writeIntegerConversion({ from, to, value }: Conversion, place: FloatPlace): void {
  const { code, doubles } = place;
  const [number, rounded] = doubles as [Local, Local];
  const [least, limit] = bounds[to as keyof typeof bounds];
  writeFloatOperand(value, place);
  if (from === 's') code.plain('f64.promote_f32');
  code.set(number);
  place.roundToIntegral(number);
  code.set(rounded);
  // NaN lies between no bounds.
  place.leaveIf(() => {
    code.get(rounded);
    code.f64(limit);
    code.plain('f64.lt');
    code.f64(least);
    code.get(rounded);
    code.plain('f64.le');
    code.plain('i32.and');
    code.plain('i32.eqz');
  });
  place.requireExact(() => {
    code.get(rounded);
    code.get(number);
    code.plain('f64.eq');
  });
  code.get(rounded);
  code.plain(to === 'lu' ? 'i64.trunc_f64_u' : 'i64.trunc_f64_s');
  // Unpriv. F: words are sign-extended, unsigned ones too.
  if (to === 'wu') code.plain('i64.extend32_s');
}

/** What results must not lie below, and must lie below. */
const bounds = {
  w: [-(2 ** 31), 2 ** 31],
  wu: [0, 2 ** 32],
  l: [-(2 ** 63), 2 ** 63],
  lu: [0, 2 ** 64],
} as const;

function writeWidening(value: Value, place: FloatPlace): void {
  const { code, doubles } = place;
  const [result] = doubles as [Local];
  writeFloatOperand(value, place);
  code.plain('f64.promote_f32');
  code.set(result);
  place.leaveIf(() => {
    code.get(result);
    code.get(result);
    code.plain('f64.ne');
  });
  code.get(result);
}

function writeNarrowing(value: Value, place: FloatPlace): void {
  const { code, doubles, singles } = place;
  const [number] = doubles as [Local];
  const [result] = singles as [Local];
  writeFloatOperand(value, place);
  code.tee(number);
  code.plain('f32.demote_f64');
  code.set(result);
  requireNormal(result, 's', place, () => {
    code.get(number);
    code.f64(0);
    code.plain('f64.eq');
  });
  place.requireExact(() => {
    code.get(result);
    code.plain('f64.promote_f32');
    code.get(number);
    code.plain('f64.eq');
  });
  code.get(result);
}

/** An integer of no more than so much is exact for sure. */
function requireFewDigits(
  integer: Local,
  from: 'w' | 'wu' | 'l' | 'lu',
  most: bigint,
  place: FloatPlace,
): void {
  const { code } = place;
  place.requireExact(() => {
    code.get(integer);
    if (from === 'wu') {
      code.i64(0xffff_ffffn);
      code.plain('i64.and');
    }
    const isSigned = !from.endsWith('u');
    if (isSigned) {
      code.i64(most);
      code.plain('i64.add');
    }
    code.i64(isSigned ? 2n * most : most);
    code.plain('i64.le_u');
  });
}
