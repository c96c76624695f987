import { assert } from '../common/errors.ts';
import type { SteadyClock } from '../hart/clock.ts';

/** What a machine's clock knows beside its steps. */
export interface MachineClockState {
  readonly [name: string]: number | bigint;
  /** Steps' worth of time that passed while every hart waited. */
  readonly skipped: number;
  /** What guests' writes of mtime add, in ticks. */
  readonly offset: bigint;
}

/**
 * The machine's time: steps counted, plus what was skipped while every hart waited, at so many steps a tick.
 * It reads nothing outside the machine.
 */
export class MachineClock implements SteadyClock {
  readonly #steps: () => number;
  readonly stepsPerTick: number;
  #skipped = 0;
  #offset = 0n;

  constructor(options: { readonly steps: () => number; readonly stepsPerTick: number }) {
    assert(Number.isInteger(options.stepsPerTick) && options.stepsPerTick > 0, 'a tick is a count of steps');
    this.#steps = options.steps;
    this.stepsPerTick = options.stepsPerTick;
  }

  /** Steps counted so far. */
  get steps(): number {
    return this.#steps();
  }

  /** Steps counted, and steps' worth of time that was skipped. */
  get elapsed(): number {
    return this.#steps() + this.#skipped;
  }

  /** What guests' writes of mtime add, in ticks. */
  get offset(): bigint {
    return this.#offset;
  }

  ticks(): bigint {
    const ticks = BigInt(Math.floor(this.elapsed / this.stepsPerTick));
    return this.#offset === 0n ? ticks : BigInt.asUintN(64, ticks + this.#offset);
  }

  stepsUntil(deadline: bigint): number {
    const missing = deadline - this.ticks();
    return missing <= 0n ? 0 : this.stepsFor(Number(missing));
  }

  stepsFor(ticks: number): number {
    const { elapsed, stepsPerTick } = this;
    // What has passed of the present tick: `%` of numbers beyond 32 bits takes ten times as long.
    const begun = elapsed - Math.floor(elapsed / stepsPerTick) * stepsPerTick;
    const steps = ticks * stepsPerTick - begun;
    return Number.isSafeInteger(steps) ? steps : Infinity;
  }

  /** Steps' worth of time that was skipped while every hart waited. */
  get skipped(): number {
    return this.#skipped;
  }

  /** Lets time pass without steps, until `ticks()` is `deadline`. */
  skipTo(deadline: bigint): void {
    const steps = this.stepsUntil(deadline);
    assert(steps !== Infinity, 'time cannot be skipped for ever');
    this.#skipped += steps;
  }

  /** A guest writes mtime: time goes on from `ticks`. */
  setTicks(ticks: bigint): void {
    this.#offset = BigInt.asUintN(64, this.#offset + ticks - this.ticks());
  }

  reset(): void {
    this.restore({ skipped: 0, offset: 0n });
  }

  save(): MachineClockState {
    return { skipped: this.#skipped, offset: this.#offset };
  }

  restore({ skipped, offset }: MachineClockState): void {
    this.#skipped = skipped;
    this.#offset = offset;
  }
}
