import type { ClockReader } from './clock-reader.ts';
import { csrSlot, hartSlot } from './state-layout.ts';
import { machineMode, supervisorMode, virtualSupervisorMode, type HartMode } from './hart-mode.ts';
import type { HartState } from './state.ts';
import { mstatusLow, sstatusLow } from './status-bits.ts';
import { interruptCode } from './trap.ts';

/** An interrupt that is to be taken now, under its code in mip, and the mode that receives it. */
export interface DueInterrupt {
  readonly code: number;
  readonly to: HartMode;
}

/** Sets of interrupts, a bit for each code (as in mip). */
export const interruptSet = {
  SSI: 1 << interruptCode.supervisorSoftware,
  VSSI: 1 << interruptCode.virtualSupervisorSoftware,
  MSI: 1 << interruptCode.machineSoftware,
  STI: 1 << interruptCode.supervisorTimer,
  VSTI: 1 << interruptCode.virtualSupervisorTimer,
  MTI: 1 << interruptCode.machineTimer,
  SEI: 1 << interruptCode.supervisorExternal,
  VSEI: 1 << interruptCode.virtualSupervisorExternal,
  MEI: 1 << interruptCode.machineExternal,
  LCOFI: 1 << interruptCode.counterOverflow,
} as const;

const { SSI, VSSI, MSI, STI, VSTI, MTI, SEI, VSEI, MEI, LCOFI } = interruptSet;

/** Interrupts of VS level: in mip, hip and hvip one bit above where vsip shows them. */
export const virtualInterrupts = VSSI | VSTI | VSEI;
const externalLines = MSI | MTI | SEI | MEI;

/** Where what is asked for at every trap has its low half: looked up here once. */
const half = {
  mip: 2 * csrSlot.mip,
  mie: 2 * csrSlot.mie,
  menvcfg: 2 * csrSlot.menvcfg,
  hvip: 2 * csrSlot.hvip,
  lines: 2 * hartSlot.interruptLines,
  henvcfg: 2 * csrSlot.henvcfg,
  stimecmp: 2 * csrSlot.stimecmp,
  htimedelta: 2 * csrSlot.htimedelta,
  vstimecmp: 2 * csrSlot.vstimecmp,
} as const;

/** Sstc: whether stimecmp, and vstimecmp, drive their timer interrupts (menvcfg.STCE and henvcfg.STCE). */
export function timerComparatorsOn(state: HartState): { readonly s: boolean; readonly vs: boolean } {
  const s = state.high(csrSlot.menvcfg) >>> 31 === 1;
  return { s, vs: s && state.high(csrSlot.henvcfg) >>> 31 === 1 };
}

/** The value of mip: what software set, the lines, the timers, and what the hypervisor injects (Priv. 18.4.3). */
export function pendingInterrupts({ halves }: HartState): number {
  const software = halves[half.mip] as number;
  const lines = halves[half.lines] as number;
  const comparator = (halves[half.menvcfg + 1] as number) >>> 31 === 1;
  return (
    (software & (SSI | SEI | LCOFI)) |
    (lines & (externalLines | VSTI)) |
    ((comparator ? lines : software) & STI) |
    ((halves[half.hvip] as number) & virtualInterrupts)
  );
}

/** Whether WFI has nothing to wait for: pending and enabled in mie, whatever the global enables say (Priv. 3.3.3). */
export function interruptEndsWait(state: HartState): boolean {
  return candidatesOf(state) !== 0;
}

/** The interrupts that are pending and enabled in mie. */
function candidatesOf(state: HartState): number {
  return pendingInterrupts(state) & (state.halves[half.mie] as number);
}

/** The interrupt to take before the next instruction, if any (Priv. 3.1.9, 12.1.3 and 18.2.3). */
export function dueInterrupt(state: HartState): DueInterrupt | undefined {
  const candidates = candidatesOf(state);
  return candidates === 0 ? undefined : mostUrgentFor(state, candidates);
}

function mostUrgentFor(state: HartState, candidates: number): DueInterrupt | undefined {
  const { privilege, virtual } = state;
  const delegated = state.low(csrSlot.mideleg);
  const mstatus = state.low(csrSlot.mstatus);

  const forMachine = candidates & ~delegated;
  if (forMachine !== 0 && (privilege < 3 || (mstatus & mstatusLow.MIE) !== 0)) {
    return { code: mostUrgent(forMachine), to: machineMode };
  }
  if (privilege === 3) return undefined;
  const guests = state.low(csrSlot.hideleg);
  const forSupervisor = candidates & delegated & ~guests;
  if (forSupervisor !== 0 && (virtual || privilege === 0 || (mstatus & mstatusLow.SIE) !== 0)) {
    return { code: mostUrgent(forSupervisor), to: supervisorMode };
  }
  if (!virtual) return undefined;
  const forGuest = candidates & delegated & guests;
  if (forGuest !== 0 && (privilege === 0 || (state.low(csrSlot.vsstatus) & sstatusLow.SIE) !== 0)) {
    return { code: mostUrgent(forGuest), to: virtualSupervisorMode };
  }
  return undefined;
}

/**
 * Brings the outputs of the comparators of stimecmp and vstimecmp up to date; they are kept among the interrupt
 * lines. Returns the number of ticks after which the next one fires, `Infinity` if none will.
 */
export function updateTimers(state: HartState, now: ClockReader): number {
  const { halves } = state;
  halves[half.lines] = (halves[half.lines] as number) & ~(STI | VSTI);
  if ((halves[half.menvcfg + 1] as number) >>> 31 === 0) return Infinity;
  now.read();
  const { low, high } = now;
  const wait = compare(state, STI, low, high, half.stimecmp);
  if ((halves[half.henvcfg + 1] as number) >>> 31 === 0) return wait;
  const guestLow = low + (halves[half.htimedelta] as number);
  const guestHigh = high + (halves[half.htimedelta + 1] as number) + (guestLow > 0xffff_ffff ? 1 : 0);
  return Math.min(wait, compare(state, VSTI, guestLow >>> 0, guestHigh >>> 0, half.vstimecmp));
}

/**
 * Raises the line if it is time; else tells how many ticks are left, which is exact below 2^53. Far beyond any run is
 * never. `comparator`: the place of its low half.
 */
function compare({ halves }: HartState, line: number, low: number, high: number, comparator: number): number {
  const left =
    ((halves[comparator + 1] as number) - high) * 0x1_0000_0000 + ((halves[comparator] as number) - low);
  if (left > 0) return left < farOff ? left : Infinity;
  halves[half.lines] = (halves[half.lines] as number) | line;
  return Infinity;
}

const farOff = 2 ** 62;

const decreasingPriority = [
  interruptCode.machineExternal,
  interruptCode.machineSoftware,
  interruptCode.machineTimer,
  interruptCode.supervisorExternal,
  interruptCode.supervisorSoftware,
  interruptCode.supervisorTimer,
  interruptCode.supervisorGuestExternal,
  interruptCode.virtualSupervisorExternal,
  interruptCode.virtualSupervisorSoftware,
  interruptCode.virtualSupervisorTimer,
  interruptCode.counterOverflow,
];

function mostUrgent(candidates: number): number {
  for (const code of decreasingPriority) if ((candidates & (1 << code)) !== 0) return code;
  return 31 - Math.clz32(candidates);
}
