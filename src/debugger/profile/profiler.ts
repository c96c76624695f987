import type { DebuggerCore, SliceResult } from '../debugger.ts';
import type { Target } from '../target/target.ts';
import { CallTree } from './call-tree.ts';
import type { Profile, Sample } from './profile.ts';
import { StackSampler } from './stack-sampler.ts';

/**
 * About a millisecond of a guest's time at the standard clock. A prime, so that samples do not keep step with the
 * guest's timers.
 */
export const standardInterval = 99_991;

/** What the profiler needs of a debuggee's core. */
type ProfiledCore = Pick<DebuggerCore, 'runSlice' | 'onDidFork' | 'onDidChange'>;

/**
 * Runs a debuggee as its core does, and looks at its stack every so many steps: at the same ones in every run of the same
 * history, however it is cut into slices. What is run through again, on the way back, is not counted again; a future that
 * is given up for another, by input in the past or what is written by hand, is not counted at all.
 */
export class Profiler {
  readonly #core: ProfiledCore;
  readonly #target: Target;
  readonly #interval: number;
  #firstStep: number;
  #idleAtFirst: number;
  readonly #stacks: StackSampler;
  readonly #tree = new CallTree();
  readonly #samples: Sample[] = [];
  readonly #listening: readonly (() => void)[];
  #next: number;
  #idleBefore: number;

  constructor(
    { core, target }: { readonly core: ProfiledCore; readonly target: Target },
    stepsPerSample: number,
  ) {
    this.#core = core;
    this.#target = target;
    this.#interval = stepsPerSample;
    this.#stacks = new StackSampler(target);
    this.#firstStep = target.machine.steps;
    this.#next = this.#firstStep + stepsPerSample;
    this.#idleAtFirst = target.machine.idleNanoseconds;
    this.#idleBefore = this.#idleAtFirst;
    const forget = (): void => this.#forgetFuture();
    this.#listening = [core.onDidFork(forget), core.onDidChange(forget)];
  }

  /** In place of `DebuggerCore.runSlice`. */
  runSlice(steps: number): SliceResult {
    const { machine } = this.#target;
    const end = machine.steps + steps;
    let idleNanoseconds = 0;
    for (;;) {
      // On the way back the step of the next sample may be far ahead.
      const until = Math.min(end, this.#next);
      const result = this.#core.runSlice(until - machine.steps);
      const isWhole = machine.steps >= until;
      if (machine.steps >= this.#next) this.#sample();
      if (result.kind !== 'running') return result;
      idleNanoseconds += result.idleNanoseconds;
      if (!isWhole || until === end) return { kind: 'running', idleNanoseconds };
    }
  }

  /** Ends it: its core may run without it from now on. */
  finish(): Profile {
    for (const stopListening of this.#listening) stopListening();
    return this.profile;
  }

  get profile(): Profile {
    return {
      tree: this.#tree,
      samples: this.#samples,
      stepsPerSample: this.#interval,
      firstStep: this.#firstStep,
      nanosecondsPerStep: 1e9 / this.#target.machine.configuration.clockHertz,
    };
  }

  #sample(): void {
    const { steps, idleNanoseconds } = this.#target.machine;
    this.#samples.push({
      node: this.#tree.add(this.#stacks.sample()),
      step: steps,
      idleNanoseconds: idleNanoseconds - this.#idleBefore,
    });
    this.#idleBefore = idleNanoseconds;
    this.#next += this.#interval;
  }

  /** What comes after now will be other than it was. */
  #forgetFuture(): void {
    const { steps, idleNanoseconds } = this.#target.machine;
    if (steps < this.#firstStep) {
      this.#firstStep = steps;
      this.#idleAtFirst = idleNanoseconds;
    }
    let last = this.#samples.at(-1);
    for (; last !== undefined && last.step > steps; last = this.#samples.at(-1)) {
      this.#samples.pop();
      this.#tree.remove(last.node);
    }
    this.#next = (last?.step ?? this.#firstStep) + this.#interval;
    this.#idleBefore = this.#samples.reduce((sum, sample) => sum + sample.idleNanoseconds, this.#idleAtFirst);
  }
}
