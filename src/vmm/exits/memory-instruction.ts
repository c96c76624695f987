import { decode } from '../../isa/decode.ts';
import { floatRegisterName, registerName } from '../../isa/registers.ts';
import type { AccessSize, Semantics, Statement, Value } from '../../isa/semantics.ts';

/** How a guest touches memory. */
export const accessKinds = ['fetch', 'load', 'store', 'amo'] as const;
/** One of `accessKinds`. */
export type MemoryAccessKind = (typeof accessKinds)[number];
/** The number by which exit rows hold a kind: its place in the table plus one, for 0 is none. */
export const accessKindNumber = Object.fromEntries(
  accessKinds.map((kind, index) => [kind, index + 1]),
) as Readonly<Record<MemoryAccessKind, number>>;

/** What a load, store or atomic instruction does with memory, as far as a device emulation needs it. */
export interface MemoryInstruction {
  readonly kind: 'load' | 'store' | 'amo';
  readonly size: AccessSize;
  readonly signed: boolean;
  /** The register that a load fills or a store empties: x0 to x31, then f0 to f31 as 32 to 63. */
  readonly register: number;
  /** The address is that of this x register, plus `offset`. Of consequence only in the instruction as fetched. */
  readonly base: number;
  readonly offset: number;
}

/**
 * Takes apart the instruction word of a load, store or atomic (compressed or not, or as htinst has it without its
 * address); undefined for any other word. Derived from the descriptions of the instructions.
 */
export function memoryInstruction(word: number): MemoryInstruction | undefined {
  if (word !== last.word) {
    last.instruction = lookUp(word);
    last.word = word;
  }
  return last.instruction;
}

/** What was asked for last: a driver accesses a device by one instruction, again and again. */
const last: { word: number; instruction: MemoryInstruction | undefined } = {
  word: 0,
  instruction: undefined,
};

function lookUp(word: number): MemoryInstruction | undefined {
  const known = cache.get(word);
  if (known !== undefined) return known;
  const decoded = decode(word);
  const access = decoded && accessOf(decoded.instruction.semantics);
  if (decoded === undefined || access === undefined) return undefined;
  const { isFloat, ...touch } = access;
  const found = {
    ...touch,
    register: (access.kind === 'store' ? decoded.rs2 : decoded.rd) + (isFloat ? firstFloatRegister : 0),
    base: decoded.rs1,
    offset: decoded.imm,
  };
  if (cache.size >= cacheLimit) cache.clear();
  cache.set(word, found);
  return found;
}

/** Registers from this number on are f registers. */
export const firstFloatRegister = 32;

/** A register of `MemoryInstruction` by its name in the calling convention. */
export function accessRegisterName(register: number): string {
  return register < firstFloatRegister
    ? registerName(register)
    : floatRegisterName(register - firstFloatRegister);
}

interface Touch extends Pick<MemoryInstruction, 'kind' | 'size' | 'signed'> {
  readonly isFloat: boolean;
}

const cache = new Map<number, MemoryInstruction>();
/** The transformed loads and stores are 352; atomics and fetched words may be many more. */
const cacheLimit = 4096;

function accessOf(semantics: Semantics): Touch | undefined {
  for (const statement of semantics) {
    const access = accessOfStatement(statement);
    if (access) return access;
  }
  return undefined;
}

function accessOfStatement(statement: Statement): Touch | undefined {
  switch (statement.kind) {
    case 'store':
      return { kind: 'store', size: statement.size, signed: false, isFloat: statement.value.kind === 'f' };
    case 'setX':
    case 'setF':
      return accessOfValue(statement.value, statement.kind === 'setF');
    case 'jump':
    case 'branch':
    case 'operation':
      return undefined;
  }
}

function accessOfValue(value: Value, isFloat: boolean): Touch | undefined {
  switch (value.kind) {
    case 'load':
      return { kind: 'load', size: value.size, signed: value.signed, isFloat };
    case 'loadReserved':
    case 'storeConditional':
    case 'amo':
      return { kind: 'amo', size: value.size, signed: true, isFloat };
    case 'constant':
    case 'x':
    case 'f':
    case 'float':
    case 'floatConstant':
    case 'convert':
    case 'immediate':
    case 'pc':
    case 'nextPc':
    case 'binary':
    case 'unary':
    case 'extend':
    case 'boolean':
    case 'select':
      return undefined;
  }
}
