/** What something took: of the processors, and by the clock on the wall. */
export interface Seconds {
  readonly cpu: number;
  readonly wall: number;
}

/** Which of the two rates are computed with. Other programs disturb `cpu` less. */
export type TimeKind = keyof Seconds;

/** How to measure. */
export interface Bench {
  /** How often everything is measured, by turns; medians are shown. */
  readonly rounds: number;
  readonly timeKind: TimeKind;
  /** Whether QEMU is here to compare with. */
  readonly qemu: boolean;
}

/** Does something, and says what that took of this process: all its threads count, V8's compilers too. */
export function timed(work: () => void): Seconds {
  const start = process.hrtime.bigint();
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return { cpu: (user + system) / 1e6, wall: Number(process.hrtime.bigint() - start) / 1e9 };
}

export function difference(long: Seconds, short: Seconds): Seconds {
  return { cpu: long.cpu - short.cpu, wall: long.wall - short.wall };
}

/**
 * Takes turns: each of the measurements once, then all of them again, `rounds` times. So what disturbs the machine for
 * a while disturbs all alike. Gives each one's median.
 */
export function mediansInTurns<Name extends string>(
  rounds: number,
  measurements: Readonly<Partial<Record<Name, () => number>>>,
): Partial<Record<Name, number>> {
  const entries: readonly (readonly [string, () => number])[] = Object.entries(measurements);
  const results = Array.from({ length: rounds }, () => entries.map(([, measure]) => measure()));
  return Object.fromEntries(
    entries.map(([name], index) => [name, median(results.map((round) => round[index] ?? Number.NaN))]),
  ) as Partial<Record<Name, number>>;
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((left, right) => left - right);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}

export function geometricMean(numbers: readonly number[]): number {
  return Math.exp(numbers.reduce((sum, number) => sum + Math.log(number), 0) / numbers.length);
}
