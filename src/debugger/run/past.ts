import type { History } from '../../timeline/history.ts';
import { compareMarks, type Mark } from '../../timeline/mark.ts';
import type { Target } from '../target/target.ts';
import type { Judge, Verdict } from './judge.ts';
import type { Mover } from './mover.ts';

/** A point of the past where a breakpoint would have stopped. */
export interface PastStop {
  readonly mark: Mark;
  readonly threadId: number;
  readonly verdict: Verdict;
}

/** Looks for points of the past by running stretches of it again. The machine ends up anywhere: seek afterwards. */
export class Past {
  readonly #target: Target;
  readonly #history: History;
  readonly #judge: Judge;
  readonly #mover: Mover;
  readonly #onRestore: (step: number) => void;

  constructor(options: {
    readonly target: Target;
    readonly history: History;
    readonly judge: Judge;
    readonly mover: Mover;
    readonly onRestore: (step: number) => void;
  }) {
    this.#target = options.target;
    this.#history = options.history;
    this.#judge = options.judge;
    this.#mover = options.mover;
    this.#onRestore = options.onRestore;
  }

  /** Puts the machine to a mark, silently. */
  seek(mark: Mark): void {
    this.#history.seek(mark, this.#onRestore);
  }

  /** The last point before `end` at which a breakpoint would have stopped, looking at one stretch after another. */
  lastStopBefore(end: Mark): PastStop | undefined {
    this.#judge.isRehearsal = true;
    try {
      for (let to = end; ;) {
        const from: Mark = { step: this.#history.checkpointStepBefore(to) };
        const found = this.#lastStopWithin(from, to, to === end ? 'before' : 'until');
        if (found !== undefined || compareMarks(from, this.#history.beginning) <= 0) return found;
        to = from;
      }
    } finally {
      this.#judge.isRehearsal = false;
    }
  }

  /** `until`: what the last instruction did counts, too, for the stretch after it begins when it is done. */
  #lastStopWithin(from: Mark, to: Mark, bound: 'before' | 'until'): PastStop | undefined {
    const { machine } = this.#target;
    this.seek(from);
    let last = this.#stopAtCheckpoint(from);
    for (let resumed = machine.position; ; resumed = machine.position) {
      const moved = this.#mover.run(to.step - machine.steps, resumed);
      if (moved.kind !== 'verdict') return last;
      const order = compareMarks(machine.position, to);
      if (order > 0 || (order === 0 && bound === 'before')) return last;
      last = { mark: machine.position, threadId: moved.thread.id, verdict: moved.verdict };
    }
  }

  /** A run passes what stands where it begins; and the stretch before ends there without running it. */
  #stopAtCheckpoint(from: Mark): PastStop | undefined {
    if (compareMarks(from, this.#history.beginning) <= 0) return undefined;
    const thread = this.#target.currentThread;
    const verdict = this.#mover.meet(thread);
    return verdict && { mark: from, threadId: thread.id, verdict };
  }

  /**
   * Runs from a mark to another one instruction at a time and tells of each point on the way, the first included
   * and the last not.
   */
  walk(from: Mark, to: Mark, visit: () => void): void {
    const { machine } = this.#target;
    this.seek(from);
    while (compareMarks(machine.position, to) < 0) {
      visit();
      const before = machine.position;
      while (compareMarks(machine.position, before) === 0) {
        const stop = machine.run({ budget: 1 });
        if (stop.kind === 'exit' || stop.kind === 'fatal' || stop.kind === 'idle') return;
      }
    }
  }
}
