import { needsFloatingPoint } from '../../isa/floating-point-guards.ts';
import type { DecodedInstruction, Instruction } from '../../isa/instruction.ts';
import { dynamicRounding } from '../../isa/rounding-modes.ts';
import type { RegisterOperand, Statement, Value } from '../../isa/semantics.ts';
import { csrSlot, hartSlot } from '../state-layout.ts';
import { sstatusLow } from '../status-bits.ts';
import type { CodeWriter } from './wasm/code-writer.ts';

/**
 * What wasm has to know of the floating-point unit, as bits of a word. It rounds to nearest, and has no flags: so
 * it does what needs no other mode, and raises nothing that is not in fflags already.
 */
export const unitBit = {
  /** fflags.NX is set: results need not be exact. */
  inexact: 1,
  /** The unit is Dirty wherever that counts: registers can be read and written without a trace in the status. */
  dirty: 2,
  /** frm: to nearest where all are clear. */
  rounding: 0xe0,
} as const;

/** The bits that are looked at before an instruction; `dirty` and `inexact` have to be set then, the others clear. */
export function unitMask({ instruction, rm }: DecodedInstruction): number {
  const isDynamic = hasRounding(instruction) && rm === dynamicRounding;
  return isDynamic ? unitBit.dirty | unitBit.rounding : unitBit.dirty;
}

/** Leaves 1 where the unit is not as a mask asks, else 0; the mask and the unit's word are on the stack, or constant. */
export function writeUnitRefusal(code: CodeWriter, unit: () => void, mask: number): void {
  unit();
  code.i32(mask);
  code.plain('i32.and');
  code.i32(mask & (unitBit.dirty | unitBit.inexact));
  code.plain('i32.ne');
}

/** Leaves the unit's word. */
export function writeUnit(pad: {
  readonly code: CodeWriter;
  stateBase(): void;
  slotAt(slot: number): number;
}): void {
  const { code } = pad;
  const low = (slot: number): void => {
    pad.stateBase();
    code.memory('i32.load', pad.slotAt(slot));
  };
  low(csrSlot.fcsr);
  code.i32(unitBit.rounding | unitBit.inexact);
  code.plain('i32.and');
  // Priv. hypervisor, vsstatus: with V = 1 its FS counts too.
  low(csrSlot.vsstatus);
  low(hartSlot.virtual);
  code.i32(1);
  code.plain('i32.sub');
  code.plain('i32.or');
  low(csrSlot.mstatus);
  code.plain('i32.and');
  code.i32(sstatusLow.FS);
  code.plain('i32.and');
  code.i32(sstatusLow.FS);
  code.plain('i32.eq');
  code.i32(1);
  code.plain('i32.shl');
  code.plain('i32.or');
}

/** Does an instruction have a rounding mode? */
export function hasRounding({ encoding }: Instruction): boolean {
  return encoding.fields.some(({ name }) => name === 'rm');
}

/** Can wasm round an instruction as its word says? wasm rounds to integers in more modes than results. */
export function isRoundedInWasm({ instruction, rm }: DecodedInstruction): boolean {
  if (!hasRounding(instruction) || rm === 0 || rm === dynamicRounding) return true;
  const [statement] = instruction.semantics;
  const roundsToInteger =
    statement?.kind === 'setX' ||
    (statement?.kind === 'setF' &&
      statement.value.kind === 'float' &&
      statement.value.operator.startsWith('round'));
  return roundsToInteger && rm < 4;
}

/** May the result of an instruction be another than the exact one? */
export function mayBeInexact(instruction: Instruction): boolean {
  let found = false;
  for (const statement of instruction.semantics) {
    visitValues(statement, (value) => {
      if (value.kind === 'float') found ||= !exactOperators.has(value.operator);
      if (value.kind === 'convert')
        found ||= !(value.to === 'd' && (value.from.startsWith('w') || value.from === 's'));
    });
  }
  return found;
}

const exactOperators = new Set<string>('min max minm maxm eq lt le ltq leq class round'.split(' '));

/** The operands of an instruction that are f registers; its other registers are x registers. */
export function floatOperands(instruction: Instruction): ReadonlySet<RegisterOperand> {
  let operands = known.get(instruction);
  if (operands === undefined) {
    operands = needsFloatingPoint(instruction) ? findFloatOperands(instruction) : none;
    known.set(instruction, operands);
  }
  return operands;
}

const known = new WeakMap<Instruction, ReadonlySet<RegisterOperand>>();
const none: ReadonlySet<RegisterOperand> = new Set();

function findFloatOperands({ semantics }: Instruction): ReadonlySet<RegisterOperand> {
  const found = new Set<RegisterOperand>();
  for (const statement of semantics) {
    if (statement.kind === 'setF') found.add(statement.operand);
    visitValues(statement, (value) => {
      if (value.kind === 'f') found.add(value.operand);
    });
  }
  return found;
}

function visitValues(statement: Statement, visit: (value: Value) => void): void {
  const walk = (value: Value): void => {
    visit(value);
    if (value.kind === 'binary') [value.left, value.right].forEach(walk);
    else if (value.kind === 'float') value.operands.forEach(walk);
    else if (value.kind === 'extend' || value.kind === 'unary' || value.kind === 'convert') walk(value.value);
  };
  if (statement.kind === 'setX' || statement.kind === 'setF' || statement.kind === 'store')
    walk(statement.value);
}
