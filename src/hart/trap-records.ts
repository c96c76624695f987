import { noted } from './engine/layout.ts';
import { csrSlot, hartSlot } from './state-layout.ts';
import {
  hartMode,
  supervisorMode,
  userMode,
  virtualSupervisorMode,
  virtualUserMode,
  type HartMode,
} from './hart-mode.ts';
import type { HartState } from './state.ts';
import { exceptionCode, type Privilege } from './trap.ts';

/** A trap that was taken and has not returned: where one stratum called another. */
export interface TrapRecord {
  /** Steps counted before the trap. */
  readonly step: number;
  /** The interrupted instruction's address, return address (x1), stack pointer (x2) and frame pointer (x8). */
  readonly pc: bigint;
  readonly ra: bigint;
  readonly sp: bigint;
  readonly fp: bigint;
  readonly from: HartMode;
  readonly to: HartMode;
  readonly interrupt: boolean;
  readonly code: number;
  /** a7 (x17): by every convention the number of the call, where the trap is one. */
  readonly a7: bigint;
  /** satp, or vsatp for traps from VS and VU mode, as it was. */
  readonly root: bigint;
  /** hgatp as it was for traps from VS and VU mode; else 0. */
  readonly hgatp: bigint;
}

const capacity = 256;
const slotsPerRecord = 8;
/** So many are copied one by one: `copyWithin` is a call into the host. */
const fewRecords = 8;
const recordSlot = { pc: 0, sp: 1, fp: 2, root: 3, hgatp: 4, step: 5, ra: 6, a7: 7 } as const;

/** Where the hart has the low halves of what a record holds: looked up here once, for it is done at every trap. */
const pc = 2 * hartSlot.pc;
const ra = 2 * (hartSlot.x + 1);
const sp = 2 * (hartSlot.x + 2);
const fp = 2 * (hartSlot.x + 8);
const a7 = 2 * (hartSlot.x + 17);
const zero = 2 * hartSlot.x;
const steps = 2 * hartSlot.steps;
const satp = 2 * csrSlot.satp;
const vsatp = 2 * csrSlot.vsatp;
const hgatp = 2 * csrSlot.hgatp;

const notedSlots = [
  [recordSlot.pc, noted.pc],
  [recordSlot.ra, noted.ra],
  [recordSlot.sp, noted.sp],
  [recordSlot.fp, noted.fp],
  [recordSlot.a7, noted.a7],
  [recordSlot.root, noted.root],
] as const;

/**
 * The traps that are under way, so that the debugger's stack crosses strata without guessing. Pushed at every
 * trap, removed at the matching return. A kernel that never returns from some (it ended the process) leaves them
 * behind; the oldest go when there are too many. Nothing here is architectural, nor allocates at a trap.
 */
export class TrapRecords {
  readonly #slots = new BigUint64Array(capacity * slotsPerRecord);
  readonly #halves = new Uint32Array(this.#slots.buffer);
  /** from, to, interrupt and code in one number: see `pack`. */
  readonly #what = new Int32Array(capacity);
  #count = 0;

  /** The innermost (latest) record; what single steps ask for. */
  get newest(): TrapRecord | undefined {
    return this.#count === 0 ? undefined : this.#record(this.#count - 1);
  }

  /** The records, innermost (latest) first. */
  list(): readonly TrapRecord[] {
    return Array.from({ length: this.#count }, (_, index) => this.#record(this.#count - 1 - index));
  }

  /** To be called before the trap from the present mode changes any state. */
  push(state: HartState, from: HartMode, to: HartMode, interrupt: boolean, code: number): void {
    if (this.#count === capacity) this.#remove(0);
    const index = this.#count++;
    this.#what[index] = pack(from, to, interrupt, code);
    const source = state.halves;
    const target = this.#halves;
    const root = from.virtual ? vsatp : satp;
    // The sink slot is never read, so it may hold anything; a zero must come from x0.
    const secondRoot = from.virtual ? hgatp : zero;
    const first = 2 * slotsPerRecord * index;
    target[first + 2 * recordSlot.pc] = source[pc] as number;
    target[first + 2 * recordSlot.pc + 1] = source[pc + 1] as number;
    target[first + 2 * recordSlot.sp] = source[sp] as number;
    target[first + 2 * recordSlot.sp + 1] = source[sp + 1] as number;
    target[first + 2 * recordSlot.fp] = source[fp] as number;
    target[first + 2 * recordSlot.fp + 1] = source[fp + 1] as number;
    target[first + 2 * recordSlot.root] = source[root] as number;
    target[first + 2 * recordSlot.root + 1] = source[root + 1] as number;
    target[first + 2 * recordSlot.hgatp] = source[secondRoot] as number;
    target[first + 2 * recordSlot.hgatp + 1] = source[secondRoot + 1] as number;
    target[first + 2 * recordSlot.step] = source[steps] as number;
    target[first + 2 * recordSlot.step + 1] = source[steps + 1] as number;
    target[first + 2 * recordSlot.ra] = source[ra] as number;
    target[first + 2 * recordSlot.ra + 1] = source[ra + 1] as number;
    target[first + 2 * recordSlot.a7] = source[a7] as number;
    target[first + 2 * recordSlot.a7 + 1] = source[a7 + 1] as number;
  }

  /**
   * Like `push`, of an ECALL from (V)U to (V)S mode that an engine took: its note (see `noted` of the engine's layout), and
   * the step at which the engine's budget would have ended. The state is later, but still the guest's whose call it was.
   */
  pushCall(state: HartState, note: Uint32Array, end: number): void {
    if (this.#count === capacity) this.#remove(0);
    const index = this.#count++;
    const { virtual } = state;
    this.#what[index] = pack(
      virtual ? virtualUserMode : userMode,
      virtual ? virtualSupervisorMode : supervisorMode,
      false,
      exceptionCode.ecallFromU,
    );
    const first = 2 * index * slotsPerRecord;
    for (const [which, place] of notedSlots) {
      this.#halves[first + 2 * which] = note[place / 4] as number;
      this.#halves[first + 2 * which + 1] = note[place / 4 + 1] as number;
    }
    const secondRoot = virtual ? hgatp : zero;
    this.#halves[first + 2 * recordSlot.hgatp] = state.halves[secondRoot] as number;
    this.#halves[first + 2 * recordSlot.hgatp + 1] = state.halves[secondRoot + 1] as number;
    const base = index * slotsPerRecord;
    // The call itself was a step, too.
    this.#slots[base + recordSlot.step] = BigInt(end - (note[noted.budget / 4] as number) - 1);
  }

  /**
   * To be called at a return from `from` once the state is that of `target`, the mode returned to: removes the
   * latest trap from this mode to that. A kernel may have switched process or guest within the trap, so a trap from
   * user mode must have the root in force now, one from VS or VU mode the VMID, and of several traps within
   * a level the one whose stack pointer is back is preferred (kernel threads).
   */
  pop(state: HartState, target: HartMode, from: HartMode): void {
    const wanted = packModes(target, from);
    let nearest = -1;
    for (let index = this.#count - 1; index >= 0; index--) {
      if (((this.#what[index] as number) & modesMask) !== wanted || !this.#sameSpace(state, target, index))
        continue;
      if (this.#same(state, sp, index, recordSlot.sp)) {
        this.#remove(index);
        return;
      }
      if (nearest < 0) nearest = index;
    }
    if (nearest >= 0) this.#remove(nearest);
  }

  /**
   * The software that took the latest trap passes it on to a less privileged mode, as exception `code`: it is that
   * mode's to return from. What is left to return from here is a trap from that mode.
   */
  passOn(to: HartMode, code: number): void {
    if (this.#count === 0) return;
    if (this.#count === capacity) this.#remove(0);
    const passed = this.#count - 1;
    const rest = this.#count++;
    const what = this.#what[passed] as number;
    this.#slots.copyWithin(rest * slotsPerRecord, passed * slotsPerRecord, rest * slotsPerRecord);
    this.#what[rest] = pack(to, unpackMode(what), (what & interruptFlag) !== 0, what >> codeShift);
    this.#what[passed] = pack(unpackMode(what >> 3), to, false, code);
  }

  clear(): void {
    this.#count = 0;
  }

  /** A copy for `restore`; plain data. */
  save(): readonly TrapRecord[] {
    return this.list();
  }

  restore(records: readonly TrapRecord[]): void {
    this.#count = 0;
    for (const record of records.toReversed()) {
      const index = this.#count++;
      const base = index * slotsPerRecord;
      this.#what[index] = pack(record.from, record.to, record.interrupt, record.code);
      this.#slots[base + recordSlot.pc] = record.pc;
      this.#slots[base + recordSlot.ra] = record.ra;
      this.#slots[base + recordSlot.sp] = record.sp;
      this.#slots[base + recordSlot.fp] = record.fp;
      this.#slots[base + recordSlot.a7] = record.a7;
      this.#slots[base + recordSlot.root] = record.root;
      this.#slots[base + recordSlot.hgatp] = record.hgatp;
      this.#slots[base + recordSlot.step] = BigInt(record.step);
    }
  }

  #record(index: number): TrapRecord {
    const slot = (which: number): bigint => this.#slots[index * slotsPerRecord + which] as bigint;
    const what = this.#what[index] as number;
    return {
      step: Number(slot(recordSlot.step)),
      pc: slot(recordSlot.pc),
      ra: slot(recordSlot.ra),
      sp: slot(recordSlot.sp),
      fp: slot(recordSlot.fp),
      from: unpackMode(what >> 3),
      to: unpackMode(what),
      interrupt: (what & interruptFlag) !== 0,
      code: what >> codeShift,
      a7: slot(recordSlot.a7),
      root: slot(recordSlot.root),
      hgatp: slot(recordSlot.hgatp),
    };
  }

  #sameSpace(state: HartState, { privilege, virtual }: HartMode, index: number): boolean {
    if (privilege === 0 && !this.#same(state, virtual ? vsatp : satp, index, recordSlot.root)) return false;
    // hgatp.VMID is bits 57:44: in the high half, 25:12.
    const high = 2 * (index * slotsPerRecord + recordSlot.hgatp) + 1;
    return (
      !virtual || (((this.#halves[high] as number) ^ (state.halves[hgatp + 1] as number)) & 0x03ff_f000) === 0
    );
  }

  /** `source`: the place of the low half in the hart's state. */
  #same({ halves }: HartState, source: number, index: number, which: number): boolean {
    const half = 2 * (index * slotsPerRecord + which);
    return this.#halves[half] === halves[source] && this.#halves[half + 1] === halves[source + 1];
  }

  #remove(index: number): void {
    if (index === this.#count - 1) {
      this.#count--;
      return;
    }
    this.#count--;
    const halves = this.#halves;
    const what = this.#what;
    const first = 2 * slotsPerRecord * index;
    const end = 2 * slotsPerRecord * this.#count;
    if (this.#count - index > fewRecords) {
      halves.copyWithin(first, first + 2 * slotsPerRecord, end + 2 * slotsPerRecord);
      what.copyWithin(index, index + 1, this.#count + 1);
      return;
    }
    for (let at = first; at < end; at++) halves[at] = halves[at + 2 * slotsPerRecord] as number;
    for (let at = index; at < this.#count; at++) what[at] = what[at + 1] as number;
  }
}

/** Modes in three bits each (V, privilege), a flag for interrupts, then the code. */
const modesMask = 0x3f;
const interruptFlag = 0x40;
const codeShift = 7;

function pack(from: HartMode, to: HartMode, interrupt: boolean, code: number): number {
  return packModes(from, to) | (interrupt ? interruptFlag : 0) | (code << codeShift);
}

function packModes(from: HartMode, to: HartMode): number {
  return (packMode(from) << 3) | packMode(to);
}

function packMode({ privilege, virtual }: HartMode): number {
  return privilege | (virtual ? 4 : 0);
}

function unpackMode(packed: number): HartMode {
  return hartMode((packed & 3) as Privilege, (packed & 4) !== 0);
}
