import type { Mode } from '../../src/isa/instruction.ts';
import { layout } from './layout.ts';

/** One instruction of a case, or a wrong encoding. */
export interface Slot {
  readonly word: number;
  readonly length: 2 | 4;
  /** `addi`, `c.addi`, `illegal`. */
  readonly mnemonic: string;
  readonly extension: string;
  /** Belongs to the instruction before it: no case ends between them. */
  readonly glued?: boolean;
}

/** One generated program with all state that it begins with. It does not depend on the cases before it. */
export interface FuzzCase {
  readonly seed: number;
  readonly mode: Mode;
  /** By number; that of x0 is 0. */
  readonly x: readonly bigint[];
  /** By number: all 64 bits, NaN-boxed or not. */
  readonly f: readonly bigint[];
  readonly fcsr: bigint;
  /** Values of the state CSRs, by name. */
  readonly csrs: ReadonlyMap<string, bigint>;
  /** pmpcfg0, pmpaddr0 to pmpaddr6. */
  readonly pmp: readonly bigint[];
  /** Double words of RAM that are written before the case begins, and logged when it has ended. */
  readonly pokes: readonly (readonly [address: number, value: bigint])[];
  readonly codeVirtual: bigint;
  readonly codePhysical: number;
  readonly slots: readonly Slot[];
  /** The case ends before this slot, where it is there. */
  readonly limit?: number;
}

/** Byte offsets within the description of a case in RAM. */
export const caseField = {
  kind: 0,
  bytes: 8,
  codeVirtual: 16,
  codeLength: 24,
  codePhysical: 32,
  codeWords: 40,
  pokes: 48,
  x: 56,
  pmp: 56 + 31 * 8,
  f: 56 + 31 * 8 + 8 * 8,
  fcsr: 56 + 31 * 8 + 8 * 8 + 32 * 8,
  csrs: 56 + 31 * 8 + 8 * 8 + 33 * 8,
} as const;

/** Environment calls that end a case, wherever it runs out of its code; what is too short for one is no instruction. */
const endMarker = 0x0000_0073;
const shortEndMarker = 0;
const endMarkers = 4;

/** The code as it lies in memory, from `codePhysical` on, a multiple of eight bytes; and how much of it counts. */
export function codeBytes({ slots, limit = slots.length }: Pick<FuzzCase, 'slots' | 'limit'>): {
  readonly bytes: Uint8Array;
  readonly length: number;
} {
  const whole = slots.reduce((sum, slot) => sum + slot.length, 0);
  const bytes = new Uint8Array((whole + 4 * endMarkers + 7) & ~7);
  const view = new DataView(bytes.buffer);
  let at = 0;
  let length = whole;
  for (const [index, slot] of slots.entries()) {
    if (index === limit) length = at;
    if (slot.length === 4) view.setUint32(at, index < limit ? slot.word : endMarker, true);
    else view.setUint16(at, index < limit ? slot.word : shortEndMarker, true);
    at += slot.length;
  }
  for (let marker = 0; marker < endMarkers; marker++, at += 4) view.setUint32(at, endMarker, true);
  return { bytes, length };
}

/** Descriptions of cases, one after the other, as the monitor reads them. `csrs` gives the order. */
export function describeCases(cases: readonly FuzzCase[], csrs: readonly string[]): Uint8Array {
  const bytes = new Uint8Array(layout.log - layout.cases);
  const view = new DataView(bytes.buffer);
  let base = 0;
  for (const fuzzCase of cases) {
    const code = codeBytes(fuzzCase);
    let at = base + caseField.csrs;
    const push = (value: bigint): void => {
      view.setBigUint64(at, BigInt.asUintN(64, value), true);
      at += 8;
    };
    for (const name of csrs) push(fuzzCase.csrs.get(name) ?? 0n);
    for (const [address, value] of fuzzCase.pokes) {
      push(BigInt(address));
      push(value);
    }
    bytes.set(code.bytes, at);
    const end = at + code.bytes.length;
    const set = (field: number, value: bigint | number): void =>
      view.setBigUint64(base + field, BigInt.asUintN(64, BigInt(value)), true);
    set(caseField.kind, 1);
    set(caseField.bytes, end - base);
    set(caseField.codeVirtual, fuzzCase.codeVirtual);
    set(caseField.codeLength, code.length);
    set(caseField.codePhysical, fuzzCase.codePhysical);
    set(caseField.codeWords, code.bytes.length / 8);
    set(caseField.pokes, fuzzCase.pokes.length);
    for (let register = 1; register < 32; register++) {
      set(caseField.x + 8 * (register - 1), fuzzCase.x[register] ?? 0n);
    }
    for (const [register, value] of fuzzCase.f.entries()) set(caseField.f + 8 * register, value);
    set(caseField.fcsr, fuzzCase.fcsr);
    for (const [index, value] of fuzzCase.pmp.entries()) set(caseField.pmp + 8 * index, value);
    base = end;
  }
  return bytes.subarray(0, base + 8);
}

/** The instruction of a case at a virtual address, by where its code is entered. */
export function slotAt(
  { slots, codeVirtual, limit = slots.length }: FuzzCase,
  address: bigint,
): Slot | undefined {
  let at = codeVirtual;
  for (const slot of slots.slice(0, limit)) {
    if (at === address) return slot;
    at += BigInt(slot.length);
  }
  return undefined;
}

/** Where each slot begins, and the end. */
export function offsets(slots: readonly Slot[]): readonly number[] {
  const starts = [0];
  for (const { length } of slots) starts.push((starts.at(-1) ?? 0) + length);
  return starts;
}
