import type { TranslationStatistics } from '../hart/translator/translator.ts';
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
  /** What the translator did; absent where the engine has none. */
  readonly translation?: TranslationStatistics;
}

export function statisticsOf(target: Target, exitCode: number, milliseconds: number): RunStatistics {
  const { machine } = target;
  const { steps } = machine;
  const counts = target.exits?.statistics.by(({ reason }) => reason) ?? [];
  const exits = target.exits?.statistics.total ?? 0;
  const { translation } = machine;
  return {
    type: 'statistics',
    exitCode,
    steps,
    seconds: milliseconds / 1000,
    mips: steps / milliseconds / 1000,
    exits,
    exitsPerMillionSteps: steps === 0 ? 0 : (exits * 1e6) / steps,
    exitsByReason: Object.fromEntries(counts.map(({ key, count: times }) => [key, times])),
    ...(translation && { translation }),
  };
}

export function statisticsText(statistics: RunStatistics): string {
  const { steps, seconds, mips, exits, exitsPerMillionSteps, exitsByReason, translation } = statistics;
  const rows = Object.entries(exitsByReason).map(
    ([reason, times]) => `  ${reason.padEnd(28)} ${count(times).padStart(12)}`,
  );
  return [
    `${steps.toLocaleString('en')} steps in ${seconds.toFixed(2)} s (${mips.toFixed(0)} MIPS)`,
    `${exits.toLocaleString('en')} exits (${exitsPerMillionSteps.toFixed(1)} in a million steps)`,
    ...rows,
    ...(translation === undefined || translation.translations === 0 ? [] : [translationText(translation)]),
    '',
  ].join('\n');
}

function translationText({
  translations,
  functions,
  dropped,
  bytes,
  interpreted,
}: TranslationStatistics): string {
  return `${count(translations)} translations (${count(Math.round(bytes / 1024))} KiB of wasm), ${count(functions)} in use, ${count(dropped)} dropped; about ${count(interpreted)} steps interpreted`;
}

function count(number: number): string {
  return number.toLocaleString('en');
}
