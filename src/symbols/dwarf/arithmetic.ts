import { DW_OP } from './operations.ts';

/** How the stack's 64 bits are read by operations that know signs (DWARF 2.5.1.4). */
const signed = (value: bigint): bigint => BigInt.asIntN(64, value);

/** DW_OP_abs, DW_OP_neg and DW_OP_not. The caller cuts the result to 64 bits. */
export function unary(opcode: number, operand: bigint): bigint {
  const value = signed(operand);
  if (opcode === DW_OP.not) return ~value;
  return opcode === DW_OP.neg || value < 0n ? -value : value;
}

/** Operations on two numbers; `undefined` for an opcode that is none. The caller cuts the result to 64 bits. */
export function binary(opcode: number, left: bigint, right: bigint): bigint | undefined {
  switch (opcode) {
    case DW_OP.and:
      return left & right;
    case DW_OP.or:
      return left | right;
    case DW_OP.xor:
      return left ^ right;
    case DW_OP.plus:
      return left + right;
    case DW_OP.minus:
      return left - right;
    case DW_OP.mul:
      return left * right;
    case DW_OP.div:
      return right === 0n ? 0n : signed(left) / signed(right);
    case DW_OP.mod:
      return right === 0n ? 0n : left % right;
    case DW_OP.shl:
      return right > 63n ? 0n : left << right;
    case DW_OP.shr:
      return right > 63n ? 0n : left >> right;
    case DW_OP.shra:
      return signed(left) >> (right > 63n ? 63n : right);
    case DW_OP.eq:
      return BigInt(left === right);
    case DW_OP.ne:
      return BigInt(left !== right);
    case DW_OP.lt:
      return BigInt(signed(left) < signed(right));
    case DW_OP.le:
      return BigInt(signed(left) <= signed(right));
    case DW_OP.gt:
      return BigInt(signed(left) > signed(right));
    case DW_OP.ge:
      return BigInt(signed(left) >= signed(right));
    default:
      return undefined;
  }
}
