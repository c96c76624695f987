import { StrataError } from '../common/errors.ts';
import { Emitter } from '../common/event.ts';
import type { DebuggerCore, Resume } from '../debugger/debugger.ts';
import type { Stop } from '../debugger/stop.ts';
import type { SendEvent } from './client.ts';
import { stoppedBody } from './present.ts';

/** A slice should take about this long, so that a request never waits longer for its turn. */
const sliceMilliseconds = 8;
const leastSteps = 10_000;
const mostSteps = 4_000_000;

/** Runs the debuggee in slices between requests, and tells the client when it stands still. */
export class Runner {
  readonly #core: DebuggerCore;
  readonly #send: SendEvent;
  readonly #onMove: () => void;
  readonly #didHalt = new Emitter<'stopped' | 'ended'>();
  /** It stands still now; the client is told next. */
  readonly onDidHalt = this.#didHalt.event;
  /** What runs a slice. */
  #slices: Pick<DebuggerCore, 'runSlice'>;
  #steps = 200_000;
  #state: 'stopped' | 'running' | 'idle' | 'ended' | 'disposed' = 'stopped';
  #timer: NodeJS.Timeout | NodeJS.Immediate | undefined;

  constructor(core: DebuggerCore, send: SendEvent, onMove: () => void) {
    this.#core = core;
    this.#slices = core;
    this.#send = send;
    this.#onMove = onMove;
  }

  get isRunning(): boolean {
    return this.#state === 'running' || this.#state === 'idle';
  }

  get hasEnded(): boolean {
    return this.#state === 'ended';
  }

  resume(how: Resume): void {
    if (this.#state === 'ended')
      throw new StrataError(
        'ended',
        'user',
        'the guest has ended; restart it, or go back from a stop before its end',
      );
    this.#core.resume(how);
    this.#onMove();
    this.#state = 'running';
    this.#later(0);
  }

  pause(): void {
    if (!this.isRunning) return;
    this.stopAt(this.#core.pause());
  }

  /** The debuggee was moved by other means than running, or stands where it began. */
  stopAt(stop: Stop): void {
    this.#halt('stopped');
    this.#onMove();
    this.#send('stopped', stoppedBody(stop));
    this.#send('strata/changed', {});
  }

  /** From now on `slices` run the debuggee in place of its core, as a profiler does; without, the core does. */
  runThrough(slices: Pick<DebuggerCore, 'runSlice'> = this.#core): void {
    this.#slices = slices;
  }

  /** Input came: a machine that waited for it goes on, or for a timer, whose time is not waited for any longer. */
  wake(): void {
    if (!this.isRunning) return;
    this.#state = 'running';
    this.#later(0);
  }

  dispose(): void {
    this.#halt('disposed');
  }

  #slice(): void {
    if (this.#state !== 'running') return;
    const started = performance.now();
    const result = this.#slices.runSlice(this.#steps);
    const took = performance.now() - started;
    switch (result.kind) {
      case 'running':
        this.#adapt(took);
        this.#later(result.idleNanoseconds / 1e6 - took);
        return;
      case 'idle':
        this.#state = 'idle';
        this.#send('strata/changed', {});
        return;
      case 'stopped':
        this.stopAt(result.stop);
        return;
      case 'ended':
        this.#halt('ended');
        this.#send('output', { category: 'console', output: `${result.description}\n` });
        this.#send('exited', { exitCode: result.exitCode });
        this.#send('terminated');
        return;
    }
  }

  #adapt(took: number): void {
    const factor = Math.min(2, Math.max(0.5, sliceMilliseconds / Math.max(took, 0.1)));
    this.#steps = Math.round(Math.min(mostSteps, Math.max(leastSteps, this.#steps * factor)));
  }

  /** Guest time that passed while all harts waited is waited for here, so a guest's second is a second. */
  #later(milliseconds: number): void {
    this.#forgetNext();
    const next = (): void => {
      try {
        this.#slice();
      } catch (error) {
        this.#fail(error);
      }
    };
    this.#timer = milliseconds >= 1 ? setTimeout(next, milliseconds) : setImmediate(next);
  }

  #fail(error: unknown): void {
    this.#halt('ended');
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#send('output', {
      category: 'stderr',
      output: `Strata has a defect; the guest cannot go on.\n${text}\n`,
    });
    this.#send('terminated');
  }

  #halt(state: 'stopped' | 'ended' | 'disposed'): void {
    this.#state = state;
    this.#forgetNext();
    if (state !== 'disposed') this.#didHalt.fire(state);
  }

  /** There is one chain of slices at most, however often a client says to go on. */
  #forgetNext(): void {
    clearTimeout(this.#timer as NodeJS.Timeout);
    clearImmediate(this.#timer as NodeJS.Immediate);
  }
}
