import { csrSlot, hartSlot } from './state-layout.ts';
import { hartMode, machineMode, supervisorMode, virtualSupervisorMode, type HartMode } from './hart-mode.ts';
import type { HartState } from './state.ts';
import { hstatusLow, mstatusHigh, mstatusLow, sstatusLow } from './status-bits.ts';
import { countsEvents, settleEvents } from './event-counters.ts';
import { tcontrolBit } from './triggers/triggers.ts';
import type { TrapRecords } from './trap-records.ts';
import type { Privilege, TakenTrap, Trap } from './trap.ts';

/** Takes a trap: state becomes that of the handler's first instruction. One step (ADR 1). */
export function takeTrap(state: HartState, records: TrapRecords, trap: Trap): TakenTrap {
  const { mode: from, steps: step, pc } = state;
  const to = exceptionDestination(state, from, trap.code);
  enterMode(state, records, trap, to);
  const values = trapValueSlots(to);
  state.slots[values.tval] = trap.tval;
  if (values.tval2 !== undefined) state.slots[values.tval2] = trap.tval2;
  if (values.tinst !== undefined) state.slots[values.tinst] = trap.tinst;
  return { trap, step, pc, from, to };
}

/** Takes an interrupt in the mode that `dueInterrupt` named. */
export function takeInterrupt(state: HartState, records: TrapRecords, code: number, to: HartMode): TakenTrap {
  const { mode: from, steps: step, pc } = state;
  const cause = interruptCause(code, to);
  enterMode(state, records, cause, to);
  return { trap: { kind: 'trap', ...cause, tval: 0n, tval2: 0n, tinst: 0n }, step, pc, from, to };
}

/** Likewise, where nobody wants to know. */
export function takeInterruptUnseen(
  state: HartState,
  records: TrapRecords,
  code: number,
  to: HartMode,
): void {
  enterMode(state, records, interruptCause(code, to), to);
}

/** Priv. 18.2.2: for VS mode, interrupts 2, 6 and 10 become 1, 5 and 9. */
function interruptCause(code: number, to: HartMode): TrapCause {
  return interruptCauses[to === virtualSupervisorMode ? code - 1 : code] as TrapCause;
}

const interruptCauses: readonly TrapCause[] = Array.from({ length: 64 }, (_, code) => ({
  interrupt: true,
  code,
  gva: false,
}));

/**
 * Takes an exception as `takeTrap` does, of which there is no more to tell than its code: without BigInts, for whoever
 * takes many. Returns the mode that it went to, where the values can be added (`trapValueSlots`).
 */
export function takeException(state: HartState, records: TrapRecords, cause: TrapCause): HartMode {
  const to = exceptionDestination(state, state.mode, cause.code);
  enterMode(state, records, cause, to);
  return to;
}

/** What of a trap is more than its values. */
export type TrapCause = Pick<Trap, 'interrupt' | 'code' | 'gva'>;

/** Where a mode's traps leave their values; VS mode has one only. */
export function trapValueSlots(mode: HartMode): {
  readonly tval: number;
  readonly tval2?: number;
  readonly tinst?: number;
} {
  if (mode === machineMode) return machineValues;
  return mode === supervisorMode ? supervisorValues : virtualSupervisorValues;
}

const machineValues = { tval: csrSlot.mtval, tval2: csrSlot.mtval2, tinst: csrSlot.mtinst };
const supervisorValues = { tval: csrSlot.stval, tval2: csrSlot.htval, tinst: csrSlot.htinst };
const virtualSupervisorValues = { tval: csrSlot.vstval };

/** MRET, without its guards (Priv. 18.6.4). */
export function returnFromMachine(state: HartState, records: TrapRecords): void {
  const low = state.low(csrSlot.mstatus);
  const high = state.high(csrSlot.mstatus);
  const privilege = ((low >>> 11) & 3) as Privilege;
  const target = hartMode(privilege, (high & mstatusHigh.MPV) !== 0);
  let status = (low & ~(mstatusLow.MPP | mstatusLow.MIE)) | mstatusLow.MPIE;
  if ((low & mstatusLow.MPIE) !== 0) status |= mstatusLow.MIE;
  if (privilege !== 3) status &= ~mstatusLow.MPRV;
  state.setLow(csrSlot.mstatus, status);
  state.setHigh(csrSlot.mstatus, high & ~mstatusHigh.MPV);
  const triggers = state.low(csrSlot.tcontrol);
  if (triggers !== 0) {
    const kept = triggers & tcontrolBit.mpte;
    state.setLow(csrSlot.tcontrol, kept | (kept >>> 4));
  }
  resume(state, records, machineMode, target, half.mepc);
}

/** SRET in the hart's virtualization mode, without its guards (Priv. 18.6.4). */
export function returnFromSupervisor(state: HartState, records: TrapRecords): void {
  if (state.virtual) {
    const status = state.low(csrSlot.vsstatus);
    state.setLow(csrSlot.vsstatus, popSupervisorStatus(status));
    const target = hartMode((status & SPP) === 0 ? 0 : 1, true);
    resume(state, records, virtualSupervisorMode, target, half.vsepc);
    return;
  }
  const { halves } = state;
  const status = halves[half.mstatus] as number;
  const hstatus = halves[half.hstatus] as number;
  // Priv. 3.1.6.3: leaving M mode, by SRET too, clears MPRV.
  halves[half.mstatus] = popSupervisorStatus(status) & ~MPRV;
  halves[half.hstatus] = hstatus & ~SPV;
  const target = hartMode((status & SPP) === 0 ? 0 : 1, (hstatus & SPV) !== 0);
  resume(state, records, supervisorMode, target, half.sepc);
}

/** Who takes an exception that code in mode `from` raises. Priv. 18.6.2: M, but for medeleg HS, but for hedeleg VS. */
export function exceptionDestination(state: HartState, from: HartMode, code: number): HartMode {
  const { halves } = state;
  const delegated = from.privilege !== 3 && (((halves[half.medeleg] as number) >>> code) & 1) === 1;
  if (!delegated) return machineMode;
  const toGuest = from.virtual && (((halves[half.hedeleg] as number) >>> code) & 1) === 1;
  return toGuest ? virtualSupervisorMode : supervisorMode;
}

/** All that a trap does, but for its values, which are 0 then. */
function enterMode(state: HartState, records: TrapRecords, cause: TrapCause, to: HartMode): void {
  const from = state.mode;
  if (countsEvents(state)) settleEvents(state);
  records.push(state, from, to, cause.interrupt, cause.code);
  if (to.privilege === 3) enterMachine(state, cause, from);
  else if (to.virtual) enterVirtualSupervisor(state, cause, from);
  else enterSupervisor(state, cause, from);
  state.mode = to;
  state.waiting = false;
  state.dropReservation();
  state.countTrap();
}

function enterMachine(state: HartState, cause: TrapCause, from: HartMode): void {
  const low = state.low(csrSlot.mstatus);
  let status = low & ~(mstatusLow.MPIE | mstatusLow.MIE | mstatusLow.MPP);
  if ((low & mstatusLow.MIE) !== 0) status |= mstatusLow.MPIE;
  state.setLow(csrSlot.mstatus, status | (from.privilege << 11));
  let high = state.high(csrSlot.mstatus) & ~(mstatusHigh.MPV | mstatusHigh.GVA);
  if (from.virtual) high |= mstatusHigh.MPV;
  if (cause.gva) high |= mstatusHigh.GVA;
  state.setHigh(csrSlot.mstatus, high);
  const triggers = state.low(csrSlot.tcontrol);
  // Debug. Sdtrig, tcontrol: mte becomes mpte, and 0.
  if (triggers !== 0) state.setLow(csrSlot.tcontrol, (triggers & tcontrolBit.mte) << 4);
  state.clear(csrSlot.mtval2);
  state.clear(csrSlot.mtinst);
  enterHandler(state, cause, half.mepc, half.mcause, half.mtval, half.mtvec);
}

function enterSupervisor(state: HartState, cause: TrapCause, from: HartMode): void {
  const { halves } = state;
  halves[half.mstatus] = pushSupervisorStatus(halves[half.mstatus] as number, from);
  let hstatus = (halves[half.hstatus] as number) & ~(SPV | GVA);
  if (from.virtual) hstatus = (hstatus & ~SPVP) | SPV | (from.privilege === 1 ? SPVP : 0);
  if (cause.gva) hstatus |= GVA;
  halves[half.hstatus] = hstatus;
  halves[half.htval] = 0;
  halves[half.htval + 1] = 0;
  halves[half.htinst] = 0;
  halves[half.htinst + 1] = 0;
  enterHandler(state, cause, half.sepc, half.scause, half.stval, half.stvec);
}

function enterVirtualSupervisor(state: HartState, cause: TrapCause, from: HartMode): void {
  state.setLow(csrSlot.vsstatus, pushSupervisorStatus(state.low(csrSlot.vsstatus), from));
  enterHandler(state, cause, half.vsepc, half.vscause, half.vstval, half.vstvec);
}

/** The registers are given by the places of their low halves. */
function enterHandler(
  { halves }: HartState,
  { code, interrupt }: TrapCause,
  epc: number,
  cause: number,
  value: number,
  vector: number,
): void {
  halves[epc] = halves[half.pc] as number;
  halves[epc + 1] = halves[half.pc + 1] as number;
  halves[cause] = code;
  halves[cause + 1] = interrupt ? 0x8000_0000 : 0;
  halves[value] = 0;
  halves[value + 1] = 0;
  const base = halves[vector] as number;
  let high = halves[vector + 1] as number;
  let low = base & ~3;
  // Priv. 3.1.7: vectored mode sends interrupts, and only these, to BASE + 4 × cause.
  if ((base & 3) === 1 && interrupt) {
    const target = (low >>> 0) + 4 * code;
    low = target;
    if (target > 0xffff_ffff) high++;
  }
  halves[half.pc] = low;
  halves[half.pc + 1] = high;
}

function pushSupervisorStatus(status: number, from: HartMode): number {
  let pushed = status & ~(SPIE | SIE | SPP);
  if ((status & SIE) !== 0) pushed |= SPIE;
  return from.privilege === 1 ? pushed | SPP : pushed;
}

function popSupervisorStatus(status: number): number {
  const popped = (status & ~(SPP | SIE)) | SPIE;
  return (status & SPIE) === 0 ? popped : popped | SIE;
}

/** `epc`: the place of its low half. */
function resume(state: HartState, records: TrapRecords, from: HartMode, target: HartMode, epc: number): void {
  const { halves } = state;
  halves[half.pc] = halves[epc] as number;
  halves[half.pc + 1] = halves[epc + 1] as number;
  state.mode = target;
  state.dropReservation();
  records.pop(state, target, from);
}

/** Where registers have their low halves: looked up here once, for a look-up costs more than what is done with it. */
const half = {
  pc: 2 * hartSlot.pc,
  mstatus: 2 * csrSlot.mstatus,
  mepc: 2 * csrSlot.mepc,
  mcause: 2 * csrSlot.mcause,
  mtval: 2 * csrSlot.mtval,
  mtvec: 2 * csrSlot.mtvec,
  hstatus: 2 * csrSlot.hstatus,
  htval: 2 * csrSlot.htval,
  htinst: 2 * csrSlot.htinst,
  sepc: 2 * csrSlot.sepc,
  scause: 2 * csrSlot.scause,
  stval: 2 * csrSlot.stval,
  stvec: 2 * csrSlot.stvec,
  vsstatus: 2 * csrSlot.vsstatus,
  vsepc: 2 * csrSlot.vsepc,
  vscause: 2 * csrSlot.vscause,
  vstval: 2 * csrSlot.vstval,
  vstvec: 2 * csrSlot.vstvec,
  medeleg: 2 * csrSlot.medeleg,
  hedeleg: 2 * csrSlot.hedeleg,
} as const;
const { SPP, SPIE, SIE } = sstatusLow;
const { SPV, SPVP, GVA } = hstatusLow;
const { MPRV } = mstatusLow;
