import { StrataError } from '../common/errors.ts';
import type { Debuggee } from '../debugger/debuggee.ts';
import { profileText } from '../debugger/profile/profile-text.ts';
import { standardInterval } from '../debugger/profile/profiler.ts';
import type { CustomEvents } from '../protocol/requests.ts';
import type { SendEvent } from './client.ts';
import { ProfileRecording } from './profile-recording.ts';
import type { Runner } from './runner.ts';

/** What is to be profiled. */
export interface ProfileOptions {
  readonly file: string;
  readonly stepsPerSample?: number | undefined;
  /** Not only until it is told to, or the guest ends, but until the guest stops. */
  readonly until?: 'stop' | undefined;
  /** Where the user named the file. */
  readonly place: string;
}

/** Profiles of a session's debuggee, one at a time; the client is told when one begins, and what has become of it. */
export class Profiling {
  readonly #debuggee: Debuggee;
  readonly #runner: Runner;
  readonly #send: SendEvent;
  readonly #stepsPerSample: number;
  #underWay: (ProfileOptions & { readonly recording: ProfileRecording }) | undefined;

  /** `stepsPerSample` holds where a profile does not say. */
  constructor(debuggee: Debuggee, runner: Runner, send: SendEvent, stepsPerSample = standardInterval) {
    this.#debuggee = debuggee;
    this.#runner = runner;
    this.#send = send;
    this.#stepsPerSample = stepsPerSample;
    runner.onDidHalt((state) => {
      if (state === 'ended' || this.#underWay?.until === 'stop') this.finish();
    });
  }

  /** Throws a `StrataError` where a profile is under way, or its file cannot be written. */
  start(options: ProfileOptions): void {
    if (this.#underWay !== undefined)
      throw new StrataError('profiling', 'user', 'a profile is under way; stop it first');
    this.#record(options);
    const { file, until } = options;
    this.#tell({ state: 'running', file, ...(until !== undefined && { until }) });
  }

  /** Throws a `StrataError` where none is under way. */
  stop(): void {
    if (this.#underWay === undefined)
      throw new StrataError('not-profiling', 'user', 'no profile is under way');
    this.finish();
  }

  /** Writes the profile that is under way, if any. */
  finish(): void {
    const { file, recording } = this.#underWay ?? {};
    if (file === undefined || recording === undefined) return;
    this.#underWay = undefined;
    this.#runner.runThrough(undefined);
    try {
      const profile = recording.finish();
      const output = profileText(profile, { file, interval: 'profileInterval' });
      this.#send('output', { category: 'console', output });
      this.#tell({ state: 'written', file, samples: profile.samples.length });
    } catch (error) {
      if (!(error instanceof StrataError)) throw error;
      this.#tell({ state: 'lost', file, problem: error.message });
    }
  }

  #record(options: ProfileOptions): void {
    const { file, stepsPerSample = this.#stepsPerSample, place } = options;
    const recording = new ProfileRecording(this.#debuggee, file, stepsPerSample, place);
    this.#underWay = { ...options, recording };
    this.#runner.runThrough(recording.profiler);
  }

  #tell(body: CustomEvents['strata/profile']): void {
    this.#send('strata/profile', body);
  }
}
