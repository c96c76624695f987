import type { Mark } from '../../timeline/mark.ts';
import type { Target } from '../target/target.ts';
import { idlePerSlice, type Mover } from './mover.ts';
import { outcomeOf, stopOf } from './outcome.ts';
import type { Plan, SliceOutcome } from './plan.ts';

/** Forward until a breakpoint stops it. */
export class ContinuePlan implements Plan {
  readonly #target: Target;
  readonly #mover: Mover;
  readonly #from: Mark;
  #here: 'seen' | 'unseen';

  /** `here`: whether a breakpoint that stands at the beginning has been met. */
  constructor(target: Target, mover: Mover, here: 'seen' | 'unseen') {
    this.#here = here;
    this.#target = target;
    this.#mover = mover;
    this.#from = target.machine.position;
  }

  advance(steps: number): SliceOutcome {
    if (this.#here === 'unseen') {
      this.#here = 'seen';
      const thread = this.#target.currentThread;
      const met = this.#mover.meet(thread);
      if (met) return { kind: 'stopped', stop: stopOf(this.#target, thread, met) };
    }
    const moved = this.#mover.run(steps, this.#from, idlePerSlice);
    // Nothing is awaited, so nothing awaited comes.
    return moved.kind === 'awaited' ? { kind: 'running' } : outcomeOf(this.#target, moved);
  }

  dispose(): void {
    // Nothing was armed.
  }
}
