import type { Mark } from '../../timeline/mark.ts';
import type { Target } from '../target/target.ts';
import type { Mover } from './mover.ts';
import { endOfStep, outcomeOf } from './outcome.ts';
import type { Plan, SliceOutcome } from './plan.ts';

/** Steps the hosted VMM: to the next stage of the exit under way, or (`all`) past the last one. */
export class StagePlan implements Plan {
  readonly #target: Target;
  readonly #mover: Mover;
  readonly #stages: 'one' | 'all';
  readonly #from: Mark;

  constructor(target: Target, mover: Mover, stages: 'one' | 'all') {
    this.#target = target;
    this.#mover = mover;
    this.#stages = stages;
    this.#from = target.machine.position;
  }

  advance(): SliceOutcome {
    // No instruction runs: stages belong to the step of their trap.
    const moved = this.#mover.run(0, this.#from, this.#stages === 'one' ? { isStage: () => true } : {});
    if (moved.kind !== 'budget' && moved.kind !== 'awaited') return outcomeOf(this.#target, moved);
    return endOfStep(this.#target, this.#mover);
  }

  dispose(): void {
    // Nothing was armed.
  }
}
