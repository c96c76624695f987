import type { AmoOperator, BinaryOperator, ComparisonOperator, UnaryOperator } from '../../isa/semantics.ts';

const signed = (value: bigint): bigint => BigInt.asIntN(64, value);
const unsigned = (value: bigint): bigint => BigInt.asUintN(64, value);

/** A binary operator on 64-bit patterns. */
export function calculate(operator: BinaryOperator, left: bigint, right: bigint): bigint {
  switch (operator) {
    case 'add':
      return unsigned(left + right);
    case 'sub':
      return unsigned(left - right);
    case 'and':
      return left & right;
    case 'or':
      return left | right;
    case 'xor':
      return left ^ right;
    case 'sll':
      return unsigned(left << (right & 63n));
    case 'srl':
      return left >> (right & 63n);
    case 'sra':
      return unsigned(signed(left) >> (right & 63n));
    case 'rotl':
      return rotateLeft(left, right & 63n);
    case 'rotr':
      return rotateLeft(left, 64n - (right & 63n));
    case 'clmul':
      return unsigned(carrylessProduct(left, right));
    case 'clmulh':
      return carrylessProduct(left, right) >> 64n;
    case 'clmulr':
      return unsigned(carrylessProduct(left, right) >> 63n);
    case 'mul':
      return unsigned(left * right);
    case 'mulh':
      return unsigned((signed(left) * signed(right)) >> 64n);
    case 'mulhu':
      return (left * right) >> 64n;
    case 'mulhsu':
      return unsigned((signed(left) * right) >> 64n);
    case 'div':
      // The one overflow, -2^63 / -1, gives its dividend by the truncation.
      return right === 0n ? unsigned(-1n) : unsigned(signed(left) / signed(right));
    case 'divu':
      return right === 0n ? unsigned(-1n) : left / right;
    case 'rem':
      return right === 0n ? left : unsigned(signed(left) % signed(right));
    case 'remu':
      return right === 0n ? left : left % right;
  }
}

/** A unary operator on a 64-bit pattern. */
export function calculateUnary(operator: UnaryOperator, value: bigint): bigint {
  switch (operator) {
    case 'clz':
      return BigInt(64 - (value === 0n ? 0 : value.toString(2).length));
    case 'ctz':
      return value === 0n ? 64n : BigInt((value & -value).toString(2).length - 1);
    case 'cpop':
      return BigInt(value.toString(2).replaceAll('0', '').length);
    case 'reverseBytes':
      return fromBytes(bytesOf(value).toReversed());
    case 'orBytes':
      return fromBytes(bytesOf(value).map((byte) => (byte === 0n ? 0n : 0xffn)));
  }
}

function rotateLeft(value: bigint, amount: bigint): bigint {
  return unsigned((value << amount) | (value >> (64n - amount)));
}

function carrylessProduct(left: bigint, right: bigint): bigint {
  let product = 0n;
  for (let bit = 0n; bit < 64n; bit++) if ((right >> bit) & 1n) product ^= left << bit;
  return product;
}

function bytesOf(value: bigint): readonly bigint[] {
  return Array.from({ length: 8 }, (_, index) => (value >> BigInt(8 * index)) & 0xffn);
}

function fromBytes(bytes: readonly bigint[]): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | byte, 0n);
}

/** Whether a comparison of two 64-bit patterns is true. */
export function holds(operator: ComparisonOperator, left: bigint, right: bigint): boolean {
  switch (operator) {
    case 'eq':
      return left === right;
    case 'ne':
      return left !== right;
    case 'lt':
      return signed(left) < signed(right);
    case 'ltu':
      return left < right;
    case 'ge':
      return signed(left) >= signed(right);
    case 'geu':
      return left >= right;
  }
}

/** The low `bits` bits, extended to 64. */
export function extend(value: bigint, bits: number, isSigned: boolean): bigint {
  return isSigned ? unsigned(BigInt.asIntN(bits, value)) : BigInt.asUintN(bits, value);
}

/** What an AMO stores, of two patterns of `bits` bits. */
export function combine(operator: AmoOperator, old: bigint, operand: bigint, bits: number): bigint {
  switch (operator) {
    case 'swap':
      return operand;
    case 'add':
      return old + operand;
    case 'xor':
      return old ^ operand;
    case 'and':
      return old & operand;
    case 'or':
      return old | operand;
    case 'min':
      return BigInt.asIntN(bits, old) < BigInt.asIntN(bits, operand) ? old : operand;
    case 'max':
      return BigInt.asIntN(bits, old) > BigInt.asIntN(bits, operand) ? old : operand;
    case 'minu':
      return BigInt.asUintN(bits, old) < BigInt.asUintN(bits, operand) ? old : operand;
    case 'maxu':
      return BigInt.asUintN(bits, old) > BigInt.asUintN(bits, operand) ? old : operand;
  }
}
