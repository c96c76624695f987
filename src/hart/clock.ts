/** The machine's time as a hart sees it. It depends on the steps counted so far and on nothing outside. */
export interface Clock {
  /** mtime now, in ticks of the timebase. */
  ticks(): bigint;
  /** Steps from now until so many ticks, one at least, have passed: `Infinity` where that is too far to count. */
  stepsFor(ticks: number): number;
  /** Steps from now until `ticks()` is at least `deadline`: 0 if it is already, `Infinity` if never. */
  stepsUntil(deadline: bigint): number;
}
