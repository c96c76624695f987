/** The machine's time as a hart sees it. It depends on the steps counted so far and on nothing outside. */
export interface Clock {
  /** mtime now, in ticks of the timebase. */
  ticks(): bigint;
  /** Steps from now until so many ticks, one at least, have passed: `Infinity` where that is too far to count. */
  stepsFor(ticks: number): number;
  /** Steps from now until `ticks()` is at least `deadline`: 0 if it is already, `Infinity` if never. */
  stepsUntil(deadline: bigint): number;
}

/** A clock that can be read without asking it at each step. */
export interface SteadyClock extends Clock {
  /** So many steps are a tick. */
  readonly stepsPerTick: number;
  /** What of `ticks()` follows from steps is this many of them, in whole ticks. A step of the hart that runs adds one. */
  readonly elapsed: number;
  /** What is added to that, modulo 2^64. */
  readonly offset: bigint;
}
