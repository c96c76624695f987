import type { ExpressionContext, ReadMemory } from './dwarf/location.ts';
import { evaluateToNumber } from './dwarf/expression.ts';
import { type FrameRules, type RegisterRule, frameRulesAt } from './dwarf/frame-rules.ts';
import type { FrameTable } from './dwarf/frame-table.ts';

/** The registers of one frame, as far as they are known. */
export interface FrameRegisters {
  readonly pc: bigint;
  /** x0 to x31; `undefined` for what the function called may have overwritten. */
  readonly x: readonly (bigint | undefined)[];
  /**
   * `exact`: the next instruction to run, as at a stop or in a frame that a trap interrupted.
   * `return-address`: where a call will return to, so that the call itself stands before it.
   */
  readonly pcKind: 'exact' | 'return-address';
}

/** The caller of a frame, and how it was found. */
export interface CallerFrame {
  readonly registers: FrameRegisters;
  /** The frame's own canonical frame address: its caller's stack pointer, and the frame's identity. */
  readonly cfa: bigint | undefined;
  /** By call frame information, by the chain of frame pointers, or by `ra` alone; the last two are guesses. */
  readonly method: 'cfi' | 'frame-pointer' | 'return-address';
}

/** What the unwinder has to know about the image besides its call frame information. */
export interface CodeKnowledge {
  readonly isCode: (address: bigint) => boolean;
  /** Where the function that holds an address begins. */
  readonly functionStart: (address: bigint) => bigint | undefined;
}

const RA = 1;
const SP = 2;
const FP = 8;
/** psABI: what a function must leave as it was. gp and tp never change. */
const PRESERVED: ReadonlySet<number> = new Set([0, 3, 4, 8, 9, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27]);
/** A frame larger than this is no frame, but a register that is used for something else. */
const LARGEST_FRAME = 1n << 20n;

/** The address to look up for a frame: of the instruction that it is in. */
export function lookupAddress({ pc, pcKind }: FrameRegisters): bigint {
  return pcKind === 'exact' ? pc : BigInt.asUintN(64, pc - 1n);
}

/** Finds callers, one frame at a time. */
export class Unwinder {
  readonly #frames: FrameTable;
  readonly #code: CodeKnowledge;

  constructor(frames: FrameTable, code: CodeKnowledge) {
    this.#frames = frames;
    this.#code = code;
  }

  /**
   * The caller of a frame; `undefined` for the outermost one, and where the stack cannot be followed. `slide`: how
   * much farther up the image lies than it was linked. `isOtherCode`: whether other images have code at an address.
   */
  unwind(
    frame: FrameRegisters,
    readMemory: ReadMemory,
    slide: bigint,
    isOtherCode: (address: bigint) => boolean,
  ): CallerFrame | undefined {
    const isCall = (returnAddress: bigint): boolean =>
      returnAddress % 2n === 0n &&
      (this.#code.isCode(BigInt.asUintN(64, returnAddress - slide - 1n)) || isOtherCode(returnAddress - 1n));
    const linked = BigInt.asUintN(64, lookupAddress(frame) - slide);
    const description = this.#frames.at(linked);
    const rules = description && frameRulesAt(description, linked);
    if (!rules) return this.#guess(frame, readMemory, slide, isCall);
    const cfa = cfaBy(rules, frame, readMemory);
    if (cfa === undefined) return undefined;
    const column = description.common.returnAddressRegister;
    const pc = callerPc(rules.registers.get(column), frame, cfa, readMemory);
    if (pc === undefined || pc === 0n) return undefined;
    // A frame without size whose caller is itself would be followed for ever.
    if (pc === frame.pc && cfa === frame.x[SP] && frame.pcKind === 'return-address') return undefined;
    const x = frame.x.map((value, register) =>
      callerRegister(register, value, rules.registers.get(register), frame, cfa, readMemory),
    );
    const pcKind = description.common.isSignalFrame ? 'exact' : 'return-address';
    return { registers: { pc, x, pcKind }, cfa, method: 'cfi' };
  }

  /** A frame's canonical frame address, where call frame information gives it. */
  cfa(frame: FrameRegisters, readMemory: ReadMemory): bigint | undefined {
    const description = this.#frames.at(lookupAddress(frame));
    const rules = description && frameRulesAt(description, lookupAddress(frame));
    return rules && cfaBy(rules, frame, readMemory);
  }

  /**
   * Without call frame information: `ra`, while it points out of the function, has not been overwritten by a
   * call yet; afterwards the frame pointer leads to where it was saved, in code compiled to keep one.
   */
  #guess(
    frame: FrameRegisters,
    readMemory: ReadMemory,
    slide: bigint,
    isCall: (returnAddress: bigint) => boolean,
  ): CallerFrame | undefined {
    const ra = frame.x[RA];
    const leaves =
      frame.pcKind === 'exact' &&
      ra !== undefined &&
      isCall(ra) &&
      this.#leaves(frame.pc - slide, ra - slide);
    const framed = byFramePointer(frame, readMemory, isCall);
    // Where its own frame stands already, ra is still what was saved there: then the caller's sp and fp are known.
    if (leaves && framed?.registers.pc !== ra) {
      return {
        registers: { pc: ra, x: frame.x, pcKind: 'return-address' },
        cfa: undefined,
        method: 'return-address',
      };
    }
    return framed;
  }

  #leaves(pc: bigint, ra: bigint): boolean {
    const here = this.#code.functionStart(BigInt.asUintN(64, pc));
    return here === undefined || here !== this.#code.functionStart(BigInt.asUintN(64, ra - 1n));
  }
}

/** psABI, frame pointer convention: s0 is the caller's sp; below it are the saved ra and the caller's s0. */
function byFramePointer(
  frame: FrameRegisters,
  readMemory: ReadMemory,
  isCall: (returnAddress: bigint) => boolean,
): CallerFrame | undefined {
  const fp = frame.x[FP];
  const sp = frame.x[SP];
  if (fp === undefined || sp === undefined || fp % 8n !== 0n || fp <= sp || fp - sp > LARGEST_FRAME)
    return undefined;
  const pc = readWord(readMemory, fp - 8n);
  const callerFp = readWord(readMemory, fp - 16n);
  if (pc === undefined || !isCall(pc)) return undefined;
  const x = frame.x.map((value, register) => (PRESERVED.has(register) ? value : undefined));
  x[RA] = pc;
  x[SP] = fp;
  x[FP] = callerFp;
  return { registers: { pc, x, pcKind: 'return-address' }, cfa: fp, method: 'frame-pointer' };
}

function cfaBy({ cfa }: FrameRules, frame: FrameRegisters, readMemory: ReadMemory): bigint | undefined {
  if (!cfa) return undefined;
  if (cfa.kind === 'expression') return evaluateToNumber(cfa.expression, plainContext(frame, readMemory));
  const base = frame.x[cfa.register];
  return base === undefined ? undefined : BigInt.asUintN(64, base + BigInt(cfa.offset));
}

/** A function that is being called has not saved `ra` yet; one that has called must have, or is the outermost. */
function callerPc(
  rule: RegisterRule | undefined,
  frame: FrameRegisters,
  cfa: bigint,
  readMemory: ReadMemory,
): bigint | undefined {
  if (!rule || rule.kind === 'same-value') return frame.pcKind === 'exact' ? frame.x[RA] : undefined;
  return byRule(rule, RA, frame, cfa, readMemory);
}

function callerRegister(
  register: number,
  value: bigint | undefined,
  rule: RegisterRule | undefined,
  frame: FrameRegisters,
  cfa: bigint,
  readMemory: ReadMemory,
): bigint | undefined {
  if (rule) return byRule(rule, register, frame, cfa, readMemory);
  if (register === SP) return cfa;
  return PRESERVED.has(register) ? value : undefined;
}

function byRule(
  rule: RegisterRule,
  register: number,
  frame: FrameRegisters,
  cfa: bigint,
  readMemory: ReadMemory,
): bigint | undefined {
  switch (rule.kind) {
    case 'undefined':
      return undefined;
    case 'same-value':
      return frame.x[register];
    case 'register':
      return frame.x[rule.register];
    case 'offset':
      return readWord(readMemory, cfa + BigInt(rule.offset));
    case 'value-offset':
      return BigInt.asUintN(64, cfa + BigInt(rule.offset));
    case 'expression': {
      const at = evaluateToNumber(rule.expression, plainContext(frame, readMemory), [cfa]);
      return at === undefined ? undefined : readWord(readMemory, at);
    }
    case 'value-expression':
      return evaluateToNumber(rule.expression, plainContext(frame, readMemory), [cfa]);
  }
}

function readWord(readMemory: ReadMemory, address: bigint): bigint | undefined {
  const bytes = readMemory(BigInt.asUintN(64, address), 8);
  if (!bytes || bytes.length < 8) return undefined;
  let value = 0n;
  for (let index = 7; index >= 0; index--) value = (value << 8n) | BigInt(bytes[index] ?? 0);
  return value;
}

/** DWARF 6.4.2: expressions in call frame information know registers and memory only. */
function plainContext(frame: FrameRegisters, readMemory: ReadMemory): ExpressionContext {
  return {
    register: (register) => frame.x[register],
    readMemory,
    frameBase: () => undefined,
    cfa: () => undefined,
    indexedAddress: () => undefined,
    baseType: () => undefined,
  };
}
