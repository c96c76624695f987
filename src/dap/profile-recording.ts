import { writeFileSync } from 'node:fs';
import { StrataError } from '../common/errors.ts';
import type { Debuggee } from '../debugger/debuggee.ts';
import { cpuProfile } from '../debugger/profile/cpu-profile.ts';
import { foldedStacks } from '../debugger/profile/folded-stacks.ts';
import type { Profile } from '../debugger/profile/profile.ts';
import { Profiler } from '../debugger/profile/profiler.ts';
import { systemReason } from './system-reason.ts';

/** For whoever chooses a file for a profile. */
export const profileFormats = 'V8’s format where its name ends in .cpuprofile, else folded stacks';

/** A profile that is taken of a debuggee, from where it stands on, and the file that it goes into at its end. */
export class ProfileRecording {
  /** Runs the debuggee in place of its core. */
  readonly profiler: Profiler;
  readonly file: string;
  readonly #place: string;

  /**
   * Throws a `StrataError` where the file cannot be written: before the run, not after it. `place` is where the user
   * named the file.
   */
  constructor(debuggee: Debuggee, file: string, stepsPerSample: number, place: string) {
    this.file = file;
    this.#place = place;
    this.profiler = new Profiler(debuggee, stepsPerSample);
    this.#write('');
  }

  /** Writes the file; a `StrataError` says why it cannot be written any more. */
  finish(): Profile {
    const profile = this.profiler.finish();
    const isForV8 = this.file.endsWith('.cpuprofile');
    this.#write(isForV8 ? `${JSON.stringify(cpuProfile(profile))}\n` : foldedStacks(profile));
    return profile;
  }

  #write(text: string): void {
    try {
      writeFileSync(this.file, text);
    } catch (error) {
      throw new StrataError(
        'unwritable-file',
        'user',
        `${this.#place}: ${this.file}: ${systemReason(error)}${adviceFor(error)}`,
        { cause: error },
      );
    }
  }
}

/** What to do about it, where that is known. */
function adviceFor(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const advice = advices[code];
  return advice === undefined ? '' : `; ${advice}`;
}

const inFolder = 'name a file in a folder that is there';
const writable = 'name a file that you may write';
const advices: Readonly<Record<string, string>> = {
  ENOENT: inFolder,
  ENOTDIR: inFolder,
  EISDIR: 'name a file in it',
  EACCES: writable,
  EPERM: writable,
  EROFS: writable,
};
