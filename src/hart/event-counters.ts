import { countingCounters } from '../isa/csrs/hardware-counters.ts';
import { csrSlot, hartSlot, type StoredCsr } from './state-layout.ts';
import type { HartMode } from './hart-mode.ts';
import type { HartState } from './state.ts';
import { interruptCode } from './trap.ts';

/** Fields of mhpmevent (Priv. Sscofpmf): OF, and in which modes the counter stands still; the event is the rest. */
const overflowed = 1n << 63n;
const inhibiting = { machine: 1n << 62n, S: 1n << 61n, U: 1n << 60n, VS: 1n << 59n, VU: 1n << 58n } as const;
const eventMask = (1n << 56n) - 1n;
/** Events by their numbers in the SBI's PMU extension. */
const event = { cycles: 1n, instructions: 2n } as const;

const registers = countingCounters.map((n) => ({
  n,
  counter: csrSlot[`mhpmcounter${n}` as StoredCsr],
  event: csrSlot[`mhpmevent${n}` as StoredCsr],
}));
type Registers = (typeof registers)[number];

/** The place of the low half: looked up here once, for it is asked for at every trap. */
const counts = 2 * hartSlot.countsEvents;

/** Does any counter count events? Nothing below costs anything where not. */
export function countsEvents(state: HartState): boolean {
  return state.halves[counts] !== 0;
}

/**
 * Adds what happened since the last time to the counters; to be called before the mode changes, and before what decides
 * about a counter does. Where one overflows, OF and LCOFIP are set.
 */
export function settleEvents(state: HartState): void {
  for (const each of registers) {
    const elapsed = elapsedOf(state, each);
    if (elapsed === 0n) continue;
    const count = state.slot(each.counter) + elapsed;
    state.slots[each.counter] = count;
    if (count >> 64n !== 0n) overflow(state, each);
  }
  state.slots[hartSlot.settledSteps] = BigInt(state.steps);
  state.slots[hartSlot.settledRetired] = BigInt(state.retired);
}

/** The value of a counter now, without a trace of the looking. */
export function eventCount(state: HartState, n: number): bigint {
  const each = registers.find((candidate) => candidate.n === n);
  return each === undefined ? 0n : BigInt.asUintN(64, state.slot(each.counter) + elapsedOf(state, each));
}

/** Steps, in the present mode, until a counter overflows; `Infinity` if none will. */
export function stepsUntilOverflow(state: HartState): number {
  let steps = Infinity;
  for (const each of registers) {
    if (!isCounting(state, each)) continue;
    const left = (1n << 64n) - state.slot(each.counter) - elapsedOf(state, each);
    steps = Math.min(steps, Number(left));
  }
  return steps;
}

/** To be called when mhpmevent or mcountinhibit has changed. */
export function eventsChanged(state: HartState): void {
  const doCount = registers.some(({ n, event: slot }) => isSelected(state, n, state.slot(slot)));
  state.halves[counts] = doCount ? 1 : 0;
}

function elapsedOf(state: HartState, each: Registers): bigint {
  if (!isCounting(state, each)) return 0n;
  return (state.slot(each.event) & eventMask) === event.cycles
    ? BigInt(state.steps) - state.slot(hartSlot.settledSteps)
    : BigInt(state.retired) - state.slot(hartSlot.settledRetired);
}

function isCounting(state: HartState, { n, event: slot }: Registers): boolean {
  const selection = state.slot(slot);
  return isSelected(state, n, selection) && (selection & inhibitionIn(state)) === 0n;
}

function isSelected(state: HartState, n: number, selection: bigint): boolean {
  return (selection & eventMask) !== 0n && ((state.low(csrSlot.mcountinhibit) >>> n) & 1) === 0;
}

function inhibitionIn({ privilege, virtual }: HartMode): bigint {
  if (privilege === 3) return inhibiting.machine;
  if (privilege === 1) return virtual ? inhibiting.VS : inhibiting.S;
  return virtual ? inhibiting.VU : inhibiting.U;
}

/** Priv. Sscofpmf: the interrupt is raised where OF was 0. */
function overflow(state: HartState, { event: slot }: Registers): void {
  const selection = state.slot(slot);
  if ((selection & overflowed) !== 0n) return;
  state.slots[slot] = selection | overflowed;
  state.setLow(csrSlot.mip, state.low(csrSlot.mip) | (1 << interruptCode.counterOverflow));
}
