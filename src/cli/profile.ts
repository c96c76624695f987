import { writeFileSync } from 'node:fs';
import { StrataError } from '../common/errors.ts';
import type { Debuggee } from '../debugger/debuggee.ts';
import { cpuProfile } from '../debugger/profile/cpu-profile.ts';
import { flatProfile, type FlatProfile } from '../debugger/profile/flat-profile.ts';
import { foldedStacks } from '../debugger/profile/folded-stacks.ts';
import type { Profile } from '../debugger/profile/profile.ts';
import { Profiler } from '../debugger/profile/profiler.ts';

/** The profile of a run, which goes into a file at its end. */
export class RunProfile {
  /** Runs the debuggee in place of its core. */
  readonly profiler: Profiler;
  readonly #file: string;

  /** Throws a `StrataError` where the file cannot be written: before the run, not after it. */
  constructor(debuggee: Debuggee, file: string, stepsPerSample: number) {
    this.#file = file;
    this.profiler = new Profiler(debuggee, stepsPerSample);
    write(file, '');
  }

  /** Writes the file, and what it comes to on standard error. */
  finish(form: 'text' | 'json'): void {
    const { profile } = this.profiler;
    write(this.#file, inFormatOf(this.#file, profile));
    const flat = flatProfile(profile);
    process.stderr.write(
      form === 'json'
        ? `${JSON.stringify(profileJson(flat, profile))}\n`
        : profileText(flat, profile, this.#file),
    );
  }
}

/** For whoever reads help. */
export const profileFormats = 'V8’s format where its name ends in .cpuprofile, else folded stacks';

function inFormatOf(file: string, profile: Profile): string {
  return file.endsWith('.cpuprofile') ? `${JSON.stringify(cpuProfile(profile))}\n` : foldedStacks(profile);
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StrataError('unwritable-file', 'user', `--profile: ${reason}`, { cause: error });
  }
}

const mostFunctions = 20;

function profileText(flat: FlatProfile, { stepsPerSample }: Profile, file: string): string {
  const { samples, strata, functions } = flat;
  if (samples === 0)
    return `0 samples: the run was shorter than ${stepsPerSample.toLocaleString('en')} steps; --profile-interval takes fewer\n`;
  const guests = new Set(strata.map(({ guest }) => guest));
  const where = (stratum = '', guest?: string): string =>
    guests.size > 1 && guest !== undefined ? `${stratum} of ${guest}` : stratum;
  const width = Math.max(...strata.map(({ stratum, guest }) => where(stratum, guest).length));
  const share = (count: number): string => `${((100 * count) / samples).toFixed(1)} %`.padStart(8);
  const shown = functions.slice(0, mostFunctions);
  return [
    `${samples.toLocaleString('en')} samples, one in ${stepsPerSample.toLocaleString('en')} steps, in ${file}`,
    ...strata.map(({ stratum, guest, samples: count }) => `${share(count)}  ${where(stratum, guest)}`),
    '    self    total',
    ...shown.map(
      ({ frame, self, total }) =>
        `${share(self)} ${share(total)}  ${where(frame.stratum, frame.guest).padEnd(width)}  ${frame.name}`,
    ),
    ...(functions.length > shown.length ? [`  … and ${functions.length - shown.length} more functions`] : []),
    '',
  ].join('\n');
}

function profileJson(flat: FlatProfile, { stepsPerSample }: Profile): unknown {
  const functions = flat.functions.slice(0, mostFunctions).map(({ frame, self, total }) => {
    const { name, stratum, guest, image } = frame;
    return { name, stratum, guest, image, self, total };
  });
  return { type: 'profile', stepsPerSample, ...flat, functions };
}
