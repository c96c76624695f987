import { StrataError, unreachable } from '../../../common/errors.ts';
import type {
  AmoOperator,
  BinaryOperator,
  ComparisonOperator,
  UnaryOperator,
} from '../../../isa/semantics.ts';
import type { CodeWriter, Local } from '../wasm/code-writer.ts';

type Operand = () => void;

/** What arithmetic needs of the place it is compiled for. */
interface Scratchpad {
  readonly code: CodeWriter;
  withScratch(body: (scratch: Local) => void): void;
}

/** Writes code that leaves `operator(left, right)`, an i64; each operand is worked out once, left first. */
export function writeBinary(operator: BinaryOperator, left: Operand, right: Operand, pad: Scratchpad): void {
  const { code } = pad;
  switch (operator) {
    case 'add':
    case 'sub':
    case 'and':
    case 'or':
    case 'xor':
    case 'mul':
      left();
      right();
      code.plain(`i64.${operator}`);
      break;
    // Wasm too takes the amount modulo 64.
    case 'sll':
    case 'srl':
    case 'sra':
    case 'rotl':
    case 'rotr':
      left();
      right();
      code.plain(shiftOpcode[operator]);
      break;
    case 'mulhu':
    case 'mulh':
    case 'mulhsu':
      keep(pad, left, (a) => keep(pad, right, (b) => writeMultiplyHigh(operator, a, b, pad)));
      break;
    case 'div':
    case 'rem':
    case 'divu':
    case 'remu':
      keep(pad, left, (a) => keep(pad, right, (b) => writeDivision(operator, a, b, pad)));
      break;
    case 'clmul':
    case 'clmulh':
    case 'clmulr':
      throw new StrataError('broken-invariant', 'internal', `${operator} is not done in wasm`);
    default:
      unreachable(operator);
  }
}

/** Writes code that leaves `operator(value)`, an i64. */
export function writeUnary(operator: UnaryOperator, value: Operand, pad: Scratchpad): void {
  const { code } = pad;
  switch (operator) {
    case 'clz':
    case 'ctz':
    case 'cpop':
      value();
      code.plain(countOpcode[operator]);
      break;
    case 'reverseBytes':
      keep(pad, value, (kept) => writeByteReversal(kept, code));
      break;
    case 'orBytes':
      keep(pad, value, (kept) => writeOrBytes(kept, code));
      break;
    default:
      unreachable(operator);
  }
}

/** Writes the comparison of the two i64 on the stack; leaves an i32. */
export function writeComparison(operator: ComparisonOperator, code: CodeWriter): void {
  code.plain(comparisonOpcode[operator]);
}

/** Writes code that leaves what an AMO of `size` bytes stores: its low bytes count. Unpriv. 14.4. */
export function writeAmo(
  operator: AmoOperator,
  size: 4 | 8,
  old: Local,
  operand: Local,
  code: CodeWriter,
): void {
  switch (operator) {
    case 'swap':
      code.get(operand);
      break;
    case 'add':
    case 'xor':
    case 'and':
    case 'or':
      code.get(old);
      code.get(operand);
      code.plain(`i64.${operator}`);
      break;
    case 'min':
    case 'max':
    case 'minu':
    case 'maxu':
      code.get(old);
      code.get(operand);
      for (const local of [old, operand]) {
        code.get(local);
        if (size === 4) {
          // Sign extension keeps the unsigned order of words too.
          code.plain('i64.extend32_s');
        }
      }
      code.plain(extremeOpcode[operator]);
      code.plain('select');
      break;
    default:
      unreachable(operator);
  }
}

function keep(pad: Scratchpad, value: Operand, body: (kept: Local) => void): void {
  pad.withScratch((scratch) => {
    value();
    pad.code.set(scratch);
    body(scratch);
  });
}

/** Swaps bytes, then pairs of bytes, then halves. */
function writeByteReversal(value: Local, code: CodeWriter): void {
  for (const [width, mask] of [
    [8n, 0x00ff_00ff_00ff_00ffn],
    [16n, 0x0000_ffff_0000_ffffn],
  ] as const) {
    code.get(value);
    code.i64(width);
    code.plain('i64.shr_u');
    code.i64(mask);
    code.plain('i64.and');
    code.get(value);
    code.i64(mask);
    code.plain('i64.and');
    code.i64(width);
    code.plain('i64.shl');
    code.plain('i64.or');
    code.set(value);
  }
  code.get(value);
  code.i64(32n);
  code.plain('i64.rotl');
}

/** Bit 7 of ((byte & 0x7f) + 0x7f) | byte tells whether a byte is zero; times 255 it fills the byte. */
function writeOrBytes(value: Local, code: CodeWriter): void {
  code.get(value);
  code.i64(0x7f7f_7f7f_7f7f_7f7fn);
  code.plain('i64.and');
  code.i64(0x7f7f_7f7f_7f7f_7f7fn);
  code.plain('i64.add');
  code.get(value);
  code.plain('i64.or');
  code.i64(7n);
  code.plain('i64.shr_u');
  code.i64(0x0101_0101_0101_0101n);
  code.plain('i64.and');
  code.i64(255n);
  code.plain('i64.mul');
}

/**
 * Unpriv. 13.2: division by zero gives all ones and leaves the dividend as remainder; -2^63 / -1 gives -2^63
 * and leaves 0. Wasm would trap on these. A divisor of -1 is done as a negation, which is right for all.
 */
function writeDivision(
  operator: 'div' | 'rem' | 'divu' | 'remu',
  a: Local,
  b: Local,
  { code }: Scratchpad,
): void {
  const signed = operator === 'div' || operator === 'rem';
  const quotient = operator === 'div' || operator === 'divu';
  // The quotient takes the place of the dividend, so that the paths meet in one local.
  code.get(b);
  code.plain('i64.eqz');
  code.if(
    () => {
      if (!quotient) return;
      code.i64(-1n);
      code.set(a);
    },
    () => {
      const divide = (): void => {
        code.get(a);
        code.get(b);
        code.plain(divisionOpcode[operator]);
        code.set(a);
      };
      if (!signed) {
        divide();
        return;
      }
      code.get(b);
      code.i64(-1n);
      code.plain('i64.eq');
      code.if(() => {
        code.i64(0n);
        if (quotient) {
          code.get(a);
          code.plain('i64.sub');
        }
        code.set(a);
      }, divide);
    },
  );
  code.get(a);
}

/**
 * The high half of the product, from the four products of 32-bit halves. The signed forms take the unsigned
 * result and subtract, for each negative factor, the other one.
 */
function writeMultiplyHigh(operator: 'mulh' | 'mulhu' | 'mulhsu', a: Local, b: Local, pad: Scratchpad): void {
  const { code } = pad;
  const low = (local: Local): void => {
    code.get(local);
    code.i64(0xffff_ffffn);
    code.plain('i64.and');
  };
  const high = (local: Local): void => {
    code.get(local);
    code.i64(32n);
    code.plain('i64.shr_u');
  };
  pad.withScratch((middle) => {
    // middle = aHigh × bLow + (aLow × bLow >> 32), which does not overflow.
    high(a);
    low(b);
    code.plain('i64.mul');
    low(a);
    low(b);
    code.plain('i64.mul');
    code.i64(32n);
    code.plain('i64.shr_u');
    code.plain('i64.add');
    code.set(middle);
    // aHigh × bHigh + (middle >> 32) + (aLow × bHigh + low half of middle >> 32)
    high(a);
    high(b);
    code.plain('i64.mul');
    high(middle);
    code.plain('i64.add');
    low(a);
    high(b);
    code.plain('i64.mul');
    low(middle);
    code.plain('i64.add');
    code.i64(32n);
    code.plain('i64.shr_u');
    code.plain('i64.add');
  });
  if (operator !== 'mulhu') subtractWhereNegative(a, b, code);
  if (operator === 'mulh') subtractWhereNegative(b, a, code);
}

/** Subtracts `amount` from the value on the stack where `tested` is negative. */
function subtractWhereNegative(tested: Local, amount: Local, code: CodeWriter): void {
  code.get(tested);
  code.i64(63n);
  code.plain('i64.shr_s');
  code.get(amount);
  code.plain('i64.and');
  code.plain('i64.sub');
}

const shiftOpcode = {
  sll: 'i64.shl',
  srl: 'i64.shr_u',
  sra: 'i64.shr_s',
  rotl: 'i64.rotl',
  rotr: 'i64.rotr',
} as const;
const countOpcode = { clz: 'i64.clz', ctz: 'i64.ctz', cpop: 'i64.popcnt' } as const;
const divisionOpcode = { div: 'i64.div_s', divu: 'i64.div_u', rem: 'i64.rem_s', remu: 'i64.rem_u' } as const;
const extremeOpcode = { min: 'i64.lt_s', max: 'i64.gt_s', minu: 'i64.lt_u', maxu: 'i64.gt_u' } as const;
const comparisonOpcode = {
  eq: 'i64.eq',
  ne: 'i64.ne',
  lt: 'i64.lt_s',
  ltu: 'i64.lt_u',
  ge: 'i64.ge_s',
  geu: 'i64.ge_u',
} as const;
