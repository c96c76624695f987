import type { Mark } from '../../timeline/mark.ts';
import type { Target } from '../target/target.ts';
import type { Mover } from './mover.ts';
import { outcomeOf } from './outcome.ts';
import type { Plan, SliceOutcome } from './plan.ts';

/** Forward until a breakpoint stops it. */
export class ContinuePlan implements Plan {
  readonly #target: Target;
  readonly #mover: Mover;
  readonly #from: Mark;

  constructor(target: Target, mover: Mover) {
    this.#target = target;
    this.#mover = mover;
    this.#from = target.machine.position;
  }

  advance(steps: number): SliceOutcome {
    const moved = this.#mover.run(steps, this.#from);
    // Nothing is awaited, so nothing awaited comes.
    return moved.kind === 'awaited' ? { kind: 'running' } : outcomeOf(this.#target, moved);
  }

  dispose(): void {
    // Nothing was armed.
  }
}
