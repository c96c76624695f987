import type { Target } from '../debugger/target/target.ts';

/** What a run came to, for people and programs. */
export interface RunStatistics {
  readonly type: 'statistics';
  readonly exitCode: number;
  readonly steps: number;
  readonly seconds: number;
  /** Million steps a second. */
  readonly mips: number;
  readonly exits: number;
  readonly exitsPerMillionSteps: number;
  readonly exitsByReason: Readonly<Record<string, number>>;
}

export function statisticsOf(target: Target, exitCode: number, milliseconds: number): RunStatistics {
  const { machine, vmm } = target;
  const { steps } = machine;
  const counts = vmm?.statistics.by(({ reason }) => reason) ?? [];
  const exits = vmm?.statistics.total ?? 0;
  return {
    type: 'statistics',
    exitCode,
    steps,
    seconds: milliseconds / 1000,
    mips: steps / milliseconds / 1000,
    exits,
    exitsPerMillionSteps: steps === 0 ? 0 : (exits * 1e6) / steps,
    exitsByReason: Object.fromEntries(counts.map(({ key, count }) => [key, count])),
  };
}

export function statisticsText(statistics: RunStatistics): string {
  const { steps, seconds, mips, exits, exitsPerMillionSteps, exitsByReason } = statistics;
  const rows = Object.entries(exitsByReason).map(
    ([reason, count]) => `  ${reason.padEnd(28)} ${count.toLocaleString('en').padStart(12)}`,
  );
  return [
    `${steps.toLocaleString('en')} steps in ${seconds.toFixed(2)} s (${mips.toFixed(0)} MIPS)`,
    `${exits.toLocaleString('en')} exits (${exitsPerMillionSteps.toFixed(1)} in a million steps)`,
    ...rows,
    '',
  ].join('\n');
}
