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

/**
 * Runs a debuggee as its core does, and looks at its stack every so many steps: at the same ones in every run of the same
 * history, however it is cut into slices. What is run through again, on the way back, is not counted again.
 */
export class Profiler {
  readonly #core: Pick<DebuggerCore, 'runSlice'>;
  readonly #target: Target;
  readonly #interval: number;
  readonly #firstStep: number;
  readonly #stacks: StackSampler;
  readonly #tree = new CallTree();
  readonly #samples: Sample[] = [];
  #next: number;
  #idleBefore: number;

  constructor(
    { core, target }: { readonly core: Pick<DebuggerCore, 'runSlice'>; readonly target: Target },
    stepsPerSample: number,
  ) {
    this.#core = core;
    this.#target = target;
    this.#interval = stepsPerSample;
    this.#stacks = new StackSampler(target);
    this.#firstStep = target.machine.steps;
    this.#next = this.#firstStep + stepsPerSample;
    this.#idleBefore = target.machine.idleNanoseconds;
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
      // Another future, from a time before the last sample, may have waited less.
      idleNanoseconds: Math.max(0, idleNanoseconds - this.#idleBefore),
    });
    this.#idleBefore = idleNanoseconds;
    this.#next += this.#interval;
  }
}
