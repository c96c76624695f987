import { assert } from '../common/errors.ts';
import { ClockReader } from './clock-reader.ts';
import type { SteadyClock } from './clock.ts';
import { countsEvents, settleEvents, stepsUntilOverflow } from './event-counters.ts';
import { updateTimers } from './interrupts.ts';
import type { HartState } from './state.ts';

/** When the timers of a hart, and its counters of events, are to be looked at next. */
export class HartTimers {
  /** The step from which on they have to be looked at again. */
  nextStep = 0;
  readonly #state: HartState;
  readonly #clock: SteadyClock;
  readonly #now: ClockReader;

  constructor(state: HartState, clock: SteadyClock) {
    this.#state = state;
    this.#clock = clock;
    this.#now = new ClockReader(clock);
  }

  /** Something that decides about them has changed, or may have. */
  changed(): void {
    this.nextStep = 0;
  }

  /** Likewise, of what decides about counters of events. */
  countingChanged(): void {
    if (countsEvents(this.#state)) this.nextStep = 0;
  }

  /** Brings them up to date. */
  update(): void {
    const ticks = this.updateLines();
    const steps = ticks === Infinity ? Infinity : this.#clock.stepsFor(ticks);
    assert(steps > 0, 'a deadline that is not reached lies ahead');
    this.nextStep = this.#state.steps + Math.min(steps, this.#stepsUntilOverflow());
  }

  /** Brings the lines of stimecmp and vstimecmp up to date; see `updateTimers`. */
  updateLines(): number {
    return updateTimers(this.#state, this.#now);
  }

  #stepsUntilOverflow(): number {
    const state = this.#state;
    if (!countsEvents(state)) return Infinity;
    // Not before: whoever only looks at the hart between runs leaves no trace.
    if (stepsUntilOverflow(state) <= 0) settleEvents(state);
    return stepsUntilOverflow(state);
  }
}
