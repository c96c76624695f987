import type { DepartureCounts, DepartureReason } from '../hart/engine/departures.ts';
import type { TranslationStatistics } from '../hart/translator/translation-policy.ts';
import type { Target } from '../debugger/target/target.ts';
import type { ExitSite } from '../vmm/exits/statistics.ts';
import type { Guest } from '../vmm/guest.ts';

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
  /** Of each guest of the VMM. */
  readonly guests: readonly GuestStatistics[];
  /** What the translator did; absent where the engine has none. */
  readonly translation?: TranslationStatistics;
  /** How often the engine left wasm, and for what. */
  readonly departures: DepartureCounts;
}

/** What one of several guests came to. */
export interface GuestStatistics {
  readonly name: string;
  /** Steps in guest modes, of all vCPUs. */
  readonly steps: number;
  /** How long its vCPUs could have run while others had the hart, together. */
  readonly stolenMilliseconds: number;
  readonly exits: number;
  readonly exitsByReason: Readonly<Record<string, number>>;
}

/** What a run came to that took so long. */
export function statisticsOf(target: Target, exitCode: number, milliseconds: number): RunStatistics {
  const { machine, vmm } = target;
  const { steps } = machine;
  const exits = target.exits?.statistics.total ?? 0;
  const { translation, departures } = machine;
  return {
    type: 'statistics',
    exitCode,
    steps,
    seconds: milliseconds / 1000,
    mips: steps / milliseconds / 1000,
    exits,
    exitsPerMillionSteps: steps === 0 ? 0 : (exits * 1e6) / steps,
    exitsByReason: exitsByReason(target, () => true),
    guests: vmm === undefined ? [] : vmm.guests.map((guest) => guestStatistics(target, guest)),
    ...(translation && { translation }),
    departures,
  };
}

function guestStatistics(target: Target, guest: Guest): GuestStatistics {
  const { name, number, vcpus, steps } = guest;
  const byReason = exitsByReason(target, (site) => site.guest === number);
  const stolen = vcpus.reduce((sum, vcpu) => sum + guest.stealTime(vcpu).nanoseconds, 0n);
  return {
    name,
    steps,
    stolenMilliseconds: Number(stolen) / 1e6,
    exits: Object.values(byReason).reduce((sum, times) => sum + times, 0),
    exitsByReason: byReason,
  };
}

function exitsByReason(
  { exits }: Target,
  counts: (site: ExitSite) => boolean,
): Readonly<Record<string, number>> {
  const rows = exits?.statistics.by((site) => (counts(site) ? site.reason : undefined)) ?? [];
  return Object.fromEntries(rows.map(({ key, count: times }) => [key, times]));
}

/** The same for a person to read: steps and speed, exits by reason, and what was done outside wasm. */
export function statisticsText(statistics: RunStatistics): string {
  const { steps, seconds, mips, exits, exitsPerMillionSteps, translation } = statistics;
  return [
    `${steps.toLocaleString('en')} steps in ${seconds.toFixed(2)} s (${mips.toFixed(0)} MIPS)`,
    `${exits.toLocaleString('en')} exits (${exitsPerMillionSteps.toFixed(1)} in a million steps)`,
    ...exitRows(statistics),
    ...(translation === undefined || translation.translations === 0 ? [] : [translationText(translation)]),
    ...departureRows(statistics.departures),
    '',
  ].join('\n');
}

/** A row for each reason; with several guests a column for each, and rows for their steps and stolen time. */
function exitRows({ exitsByReason: all, guests }: RunStatistics): readonly string[] {
  const several = guests.length > 1 ? guests : [];
  const steps = guests.reduce((sum, guest) => sum + guest.steps, 0);
  const heading = [
    row('', 'all', ...several.map(({ name }) => name.slice(0, 14))),
    row('steps in guests', count(steps), ...several.map((guest) => count(guest.steps))),
    row('stolen milliseconds', '', ...several.map((guest) => count(Math.round(guest.stolenMilliseconds)))),
  ];
  return [
    ...(several.length > 0 ? heading : []),
    ...Object.entries(all).map(([reason, times]) =>
      row(reason, count(times), ...several.map((guest) => count(guest.exitsByReason[reason] ?? 0))),
    ),
  ];
}

function row(name: string, ...cells: readonly string[]): string {
  return `  ${name.padEnd(28)} ${cells.map((cell) => cell.padStart(15)).join('')}`;
}

/** The reasons, and the most frequent of the instructions that were done outside. */
function departureRows({ reasons, instructions }: DepartureCounts): readonly string[] {
  const total = Object.values(reasons).reduce((sum, times) => sum + times, 0);
  if (total === 0) return [];
  const named = Object.entries(reasons).map(
    ([reason, times]) => [departureTexts[reason as DepartureReason], times] as const,
  );
  return [
    `${count(total)} times out of wasm`,
    ...mostFirst(named),
    'instructions done outside wasm',
    ...mostFirst(Object.entries(instructions)).slice(0, mostInstructions),
  ];
}

function mostFirst(entries: readonly (readonly [string, number])[]): readonly string[] {
  return entries.toSorted(([, a], [, b]) => b - a).map(([name, times]) => row(name, count(times)));
}

const mostInstructions = 10;
const departureTexts: Readonly<Record<DepartureReason, string>> = {
  budget: 'end of a slice',
  decode: 'code seen for the first time',
  fetchMiss: 'TLB miss of a fetch',
  readMiss: 'TLB miss of a load',
  writeMiss: 'TLB miss of a store',
  slow: 'an instruction done outside',
  breakpoint: 'breakpoint',
  hotLoop: 'loop to be translated',
  hotPage: 'page to be translated',
};

/** What the translator did, in a line. */
export function translationText({
  translations,
  merged,
  functions,
  dropped,
  bytes,
  interpreted,
}: TranslationStatistics): string {
  return `${count(translations)} translations (${count(merged)} of several pages; ${count(Math.round(bytes / 1024))} KiB of wasm), ${count(functions)} in use, ${count(dropped)} dropped; about ${count(interpreted)} steps interpreted`;
}

function count(number: number): string {
  return number.toLocaleString('en');
}
