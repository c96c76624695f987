import type { FloatFormat, FloatValue } from './float-semantics.ts';

/**
 * What an instruction does, as a small tree that is built and not executed: the reference evaluator walks it
 * with bigints, the engine compiles it to wasm. Every `Value` is a 64-bit pattern (XLEN = 64).
 */

/** A register or immediate operand by its name in the assembly manual. */
export type RegisterOperand = 'rd' | 'rs1' | 'rs2' | 'rs3';

/** What two 64-bit patterns are put together by. */
export type BinaryOperator =
  | 'add'
  | 'sub'
  | 'and'
  | 'or'
  | 'xor'
  /** Shifts take the amount modulo 64. */
  | 'sll'
  | 'srl'
  | 'sra'
  /** Rotations likewise. */
  | 'rotl'
  | 'rotr'
  | 'mul'
  | 'mulh'
  | 'mulhu'
  | 'mulhsu'
  /** Unpriv. Zbc: without carries, the low half, the high half, and the bits from 63 on. */
  | 'clmul'
  | 'clmulh'
  | 'clmulr'
  /** Division follows Unpriv. M: by zero gives all ones (quotient) or the dividend (remainder). */
  | 'div'
  | 'divu'
  | 'rem'
  | 'remu';

/** What one is changed by. */
export type UnaryOperator =
  /** Zeros above the highest 1, below the lowest, and the ones: 0 to 64. */
  | 'clz'
  | 'ctz'
  | 'cpop'
  | 'reverseBytes'
  /** Each byte becomes all ones where it is not zero. */
  | 'orBytes';

/** How two are compared: `u` without their signs. */
export type ComparisonOperator = 'eq' | 'ne' | 'lt' | 'ltu' | 'ge' | 'geu';

/** Width of a memory access in bytes. */
export type AccessSize = 1 | 2 | 4 | 8;

/**
 * `normal`: as the hart's current mode says (and mstatus.MPRV). `hypervisor`: HLV/HSV, as though in VS or VU
 * mode by hstatus.SPVP. `hypervisor-execute`: HLVX, likewise, but execute permission takes the place of read.
 */
export type AccessKind = 'normal' | 'hypervisor' | 'hypervisor-execute';

/** What an AMO makes of the value in memory and its operand. */
export type AmoOperator = 'swap' | 'add' | 'xor' | 'and' | 'or' | 'min' | 'max' | 'minu' | 'maxu';

/** An expression: it has no effects but those of its accesses to memory. */
export type Value =
  | { readonly kind: 'constant'; readonly value: bigint }
  | { readonly kind: 'x'; readonly operand: RegisterOperand }
  /** The instruction's immediate, sign-extended to 64 bits as its encoding says. */
  | { readonly kind: 'immediate' }
  /** Address of this instruction. */
  | { readonly kind: 'pc' }
  /** Address of the next instruction in memory: pc + 2 or pc + 4. */
  | { readonly kind: 'nextPc' }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Value;
      readonly right: Value;
    }
  | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly value: Value }
  | { readonly kind: 'extend'; readonly signed: boolean; readonly bits: 8 | 16 | 32; readonly value: Value }
  /** 1 or 0. */
  | { readonly kind: 'boolean'; readonly condition: Condition }
  | {
      readonly kind: 'select';
      readonly condition: Condition;
      readonly whenTrue: Value;
      readonly whenFalse: Value;
    }
  | {
      readonly kind: 'load';
      readonly size: AccessSize;
      readonly signed: boolean;
      readonly access: AccessKind;
      readonly address: Value;
    }
  /** Unpriv. Zalrsc. The old value, sign-extended; sets the reservation. */
  | { readonly kind: 'loadReserved'; readonly size: 4 | 8; readonly address: Value }
  /** Unpriv. Zalrsc. 0 where the store happened, 1 where it did not. */
  | {
      readonly kind: 'storeConditional';
      readonly size: 4 | 8;
      readonly address: Value;
      readonly value: Value;
    }
  /** Unpriv. Zaamo. The old value, sign-extended; memory gets `operator(old, value)`. */
  | {
      readonly kind: 'amo';
      readonly operator: AmoOperator;
      readonly size: 4 | 8;
      readonly address: Value;
      readonly value: Value;
    }
  | FloatValue;

/** What a branch or a choice depends on. */
export interface Condition {
  readonly kind: 'comparison';
  readonly operator: ComparisonOperator;
  readonly left: Value;
  readonly right: Value;
}

/**
 * Work that is not arithmetic: each has one implementation in `hart/operations/`, which every engine calls.
 * Operands reach it through the decoded instruction.
 */
export type OperationName =
  | 'csrrw'
  | 'csrrs'
  | 'csrrc'
  | 'csrrwi'
  | 'csrrsi'
  | 'csrrci'
  | 'ecall'
  | 'ebreak'
  | 'mret'
  | 'sret'
  | 'wfi'
  | 'fence'
  | 'fence.i'
  | 'sfence.vma'
  | 'hfence.vvma'
  | 'hfence.gvma'
  /** CBO.INVAL, CBO.CLEAN and CBO.FLUSH. */
  | 'cbo.manage'
  | 'cbo.zero'
  | 'amocas.w'
  | 'amocas.d'
  | 'amocas.q'
  | 'illegal';

/** An effect of an instruction. */
export type Statement =
  | { readonly kind: 'setX'; readonly operand: 'rd'; readonly value: Value }
  /** Writes an f register; a format narrower than 64 bits is NaN-boxed (Unpriv. D, NaN boxing of narrower values). */
  | {
      readonly kind: 'setF';
      readonly operand: 'rd';
      readonly format: FloatFormat;
      readonly value: Value;
    }
  /** The next pc; the rest of the list still runs (so `jalr` may read rs1 before it writes rd). */
  | { readonly kind: 'jump'; readonly target: Value }
  | { readonly kind: 'branch'; readonly condition: Condition; readonly target: Value }
  | {
      readonly kind: 'store';
      readonly size: AccessSize;
      readonly access: AccessKind;
      readonly address: Value;
      readonly value: Value;
    }
  | { readonly kind: 'operation'; readonly name: OperationName };

/** What an instruction does, in this order; the first fault ends it. */
export type Semantics = readonly Statement[];

export const constant = (value: bigint | number): Value => ({ kind: 'constant', value: BigInt(value) });
export const x = (operand: RegisterOperand): Value => ({ kind: 'x', operand });
export const immediate: Value = { kind: 'immediate' };
export const pc: Value = { kind: 'pc' };
export const nextPc: Value = { kind: 'nextPc' };
export const binary = (operator: BinaryOperator, left: Value, right: Value): Value => ({
  kind: 'binary',
  operator,
  left,
  right,
});
export const unary = (operator: UnaryOperator, value: Value): Value => ({ kind: 'unary', operator, value });
export const select = (condition: Condition, whenTrue: Value, whenFalse: Value): Value => ({
  kind: 'select',
  condition,
  whenTrue,
  whenFalse,
});
export const add = (left: Value, right: Value): Value => binary('add', left, right);
export const signExtend = (bits: 8 | 16 | 32, value: Value): Value => ({
  kind: 'extend',
  signed: true,
  bits,
  value,
});
export const zeroExtend = (bits: 8 | 16 | 32, value: Value): Value => ({
  kind: 'extend',
  signed: false,
  bits,
  value,
});
export const compare = (operator: ComparisonOperator, left: Value, right: Value): Condition => ({
  kind: 'comparison',
  operator,
  left,
  right,
});
export const load = (
  size: AccessSize,
  sign: 'signed' | 'unsigned',
  address: Value,
  access: AccessKind = 'normal',
): Value => ({ kind: 'load', size, signed: sign === 'signed', access, address });
export const loadReserved = (size: 4 | 8, address: Value): Value => ({ kind: 'loadReserved', size, address });
export const storeConditional = (size: 4 | 8, address: Value, value: Value): Value => ({
  kind: 'storeConditional',
  size,
  address,
  value,
});
export const amo = (operator: AmoOperator, size: 4 | 8, address: Value, value: Value): Value => ({
  kind: 'amo',
  operator,
  size,
  address,
  value,
});
export const boolean = (condition: Condition): Value => ({ kind: 'boolean', condition });
export const setX = (operand: 'rd', value: Value): Statement => ({ kind: 'setX', operand, value });
export const jump = (target: Value): Statement => ({ kind: 'jump', target });
export const branch = (condition: Condition, target: Value): Statement => ({
  kind: 'branch',
  condition,
  target,
});
export const store = (
  size: AccessSize,
  address: Value,
  value: Value,
  access: AccessKind = 'normal',
): Statement => ({ kind: 'store', size, access, address, value });
export const operation = (name: OperationName): Statement => ({ kind: 'operation', name });
