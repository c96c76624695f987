import { assert, unreachable } from '../../../common/errors.ts';
import type { InstructionAlignment } from '../../../isa/configuration/isa.ts';
import { needsFloatingPoint } from '../../../isa/floating-point-guards.ts';
import type {
  AccessSize,
  AmoOperator,
  Condition,
  OperationName,
  RegisterOperand,
  Semantics,
  Statement,
  Value,
} from '../../../isa/semantics.ts';
import type { Instruction } from '../../../isa/instruction.ts';
import { writeGuards } from './guards.ts';
import { writeBinary, writeComparison, writeUnary } from './arithmetic.ts';
import { isFloatCompilable, writeFloatBits, writeSetF } from './floats.ts';
import type { FloatPlace } from './float-place.ts';
import type { CodeWriter, Local } from '../wasm/code-writer.ts';

/** Writes code that leaves one i64 on the stack. */
export type Operand = () => void;

/**
 * Where an engine keeps what semantics speak of. The interpreter reads operands through the predecoded record;
 * a translator has them in locals and constants. What leaves a value leaves an i64 on the stack.
 *
 * An access that cannot be done leaves the code, before anything of the instruction has taken effect.
 */
export interface CodePlace extends FloatPlace {
  readonly code: CodeWriter;
  /** At which addresses instructions begin. */
  readonly alignment: InstructionAlignment;
  readX(operand: RegisterOperand): void;
  writeX(operand: 'rd', value: Operand): void;
  immediate(): void;
  pc(): void;
  nextPc(): void;
  /** An i64 local that nothing else uses while `body` writes its code. */
  withScratch(body: (scratch: Local) => void): void;
  load(size: AccessSize, signed: boolean, address: Operand): void;
  store(size: AccessSize, address: Operand, value: Operand): void;
  loadReserved(size: 4 | 8, address: Operand): void;
  storeConditional(size: 4 | 8, address: Operand, value: Operand): void;
  amo(operator: AmoOperator, size: 4 | 8, address: Operand, value: Operand): void;
  zeroBlock(address: Operand): void;
  /** The constant of a CSR instruction. */
  zimm(): void;
  /** Leaves an i32 of the translation context, by its place as in `contextWord`. */
  contextWord(place: number): void;
  /** Leaves the code where the i32 that `condition` leaves is not zero: the instruction is not to be done here. */
  leaveIf(condition: () => void): void;
  /** Leaves the address to which `slotAt` is to be added for a slot of the hart's state. */
  stateBase(): void;
  slotAt(slot: number): number;
  /** Works out where a jump goes, at the place of the jump in the list. */
  prepareJump(target: Value, compiled: Operand): void;
  /** Ends the instruction: goes where `prepareJump` found. */
  jump(target: Value): void;
  /** Ends the instruction: goes to the target where the condition, an i32, is not zero; else on. */
  branch(condition: () => void, target: Value, compiled: Operand): void;
  /** Ends the instruction: goes on with the next one in memory. */
  fallThrough(): void;
}

/** Writes what an instruction does, to its end. `isCompilable` must hold of its semantics. */
export function compileInstruction(instruction: Instruction, place: CodePlace): void {
  const { guards, semantics } = instruction;
  if (needsFloatingPoint(instruction)) place.requireUnit();
  else writeGuards(guards, place);
  let target: Value | undefined;
  for (const [index, statement] of semantics.entries()) {
    switch (statement.kind) {
      case 'setX':
        place.writeX(statement.operand, () => writeValue(statement.value, place));
        break;
      case 'store':
        writeStore(statement, place);
        break;
      case 'jump':
        target = statement.target;
        leaveUnlessAligned(target, place);
        place.prepareJump(target, () => writeValue(statement.target, place));
        break;
      case 'branch':
        assert(index === semantics.length - 1, 'a branch must be the last of its semantics');
        place.branch(
          () => writeCondition(statement.condition, place),
          statement.target,
          () => writeValue(statement.target, place),
        );
        return;
      case 'operation':
        writeOperation(statement.name, place);
        break;
      case 'setF':
        writeSetF(statement, place, (value) => writeValue(value, place));
        break;
      default:
        unreachable(statement);
    }
  }
  if (target === undefined) place.fallThrough();
  else place.jump(target);
}

/** Whether a jump that is relative to pc leads to an instruction is known when it is decoded. */
function leaveUnlessAligned(target: Value, place: CodePlace): void {
  const { code } = place;
  if (place.alignment === 2 || isPcRelative(target)) return;
  place.leaveIf(() => {
    writeValue(target, place);
    code.plain('i32.wrap_i64');
    code.i32(2);
    code.plain('i32.and');
  });
}

function writeStore({ size, address, value }: Extract<Statement, { kind: 'store' }>, place: CodePlace): void {
  const writeAddress = (): void => writeValue(address, place);
  if (value.kind === 'f' && size === 8) {
    place.storeDouble(writeAddress, () => place.readFloat(value.operand, 'd'));
  } else {
    place.store(size, writeAddress, () => writeValue(value, place));
  }
}

/** Can wasm do all of it? What an operation does, and accesses with other permissions, are left to TypeScript. */
export function isCompilable(semantics: Semantics): boolean {
  return semantics.every((statement) => {
    switch (statement.kind) {
      case 'setX':
        return !staysOutside(statement.value);
      case 'store':
        return statement.access === 'normal' && ![statement.address, statement.value].some(staysOutside);
      case 'jump':
        return !staysOutside(statement.target);
      case 'setF':
        return !staysOutside(statement.value);
      case 'branch':
        return true;
      case 'operation':
        return statement.name === 'cbo.zero' || withoutEffect.has(statement.name);
      default:
        return unreachable(statement);
    }
  });
}

function writeOperation(name: OperationName, place: CodePlace): void {
  if (name === 'cbo.zero') place.zeroBlock(() => place.readX('rs1'));
  else assert(withoutEffect.has(name), `${name} is not done in wasm`);
}

/**
 * A hart sees its own accesses in order, an instruction is done before the next one begins, and what is made of code or
 * page tables goes when these are written.
 */
const withoutEffect: ReadonlySet<OperationName> = new Set([
  'fence',
  'fence.i',
  'sfence.vma',
  'hfence.vvma',
  'hfence.gvma',
]);

/** Is it pc plus the immediate: a target that is known as soon as the instruction is decoded? */
export function isPcRelative(target: Value): boolean {
  return (
    target.kind === 'binary' &&
    target.operator === 'add' &&
    target.left.kind === 'pc' &&
    target.right.kind === 'immediate'
  );
}

function staysOutside(value: Value): boolean {
  switch (value.kind) {
    case 'load':
      return value.access !== 'normal' || staysOutside(value.address);
    case 'binary':
      if (value.operator.startsWith('clmul')) return true;
      return staysOutside(value.left) || staysOutside(value.right);
    case 'unary':
    case 'extend':
      return staysOutside(value.value);
    case 'select':
      return staysOutside(value.whenTrue) || staysOutside(value.whenFalse);
    case 'f':
    case 'float':
    case 'floatConstant':
      return !isFloatCompilable(value);
    case 'convert':
      return !isFloatCompilable(value) || staysOutside(value.value);
    case 'amo':
    case 'boolean':
    case 'constant':
    case 'immediate':
    case 'loadReserved':
    case 'nextPc':
    case 'pc':
    case 'storeConditional':
    case 'x':
      return false;
    default:
      return unreachable(value);
  }
}

function writeValue(value: Value, place: CodePlace): void {
  const { code } = place;
  switch (value.kind) {
    case 'constant':
      code.i64(value.value);
      break;
    case 'x':
      place.readX(value.operand);
      break;
    case 'immediate':
      place.immediate();
      break;
    case 'pc':
      place.pc();
      break;
    case 'nextPc':
      place.nextPc();
      break;
    case 'binary':
      writeBinary(
        value.operator,
        () => writeValue(value.left, place),
        () => writeValue(value.right, place),
        place,
      );
      break;
    case 'unary':
      writeUnary(value.operator, () => writeValue(value.value, place), place);
      break;
    case 'extend':
      writeValue(value.value, place);
      writeExtension(value.signed, value.bits, code);
      break;
    case 'boolean':
      writeCondition(value.condition, place);
      code.plain('i64.extend_i32_u');
      break;
    case 'select':
      writeValue(value.whenTrue, place);
      writeValue(value.whenFalse, place);
      writeCondition(value.condition, place);
      code.plain('select');
      break;
    case 'load':
      place.load(value.size, value.signed, () => writeValue(value.address, place));
      break;
    case 'loadReserved':
      place.loadReserved(value.size, () => writeValue(value.address, place));
      break;
    case 'storeConditional':
      place.storeConditional(
        value.size,
        () => writeValue(value.address, place),
        () => writeValue(value.value, place),
      );
      break;
    case 'amo':
      place.amo(
        value.operator,
        value.size,
        () => writeValue(value.address, place),
        () => writeValue(value.value, place),
      );
      break;
    case 'f':
    case 'float':
    case 'floatConstant':
    case 'convert':
      writeFloatBits(value, place);
      break;
    default:
      unreachable(value);
  }
}

function writeCondition(condition: Condition, place: CodePlace): void {
  writeValue(condition.left, place);
  writeValue(condition.right, place);
  writeComparison(condition.operator, place.code);
}

function writeExtension(signed: boolean, bits: 8 | 16 | 32, code: CodeWriter): void {
  if (signed) {
    code.plain(`i64.extend${bits}_s`);
    return;
  }
  code.i64((1n << BigInt(bits)) - 1n);
  code.plain('i64.and');
}
