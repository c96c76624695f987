import type { Mark } from '../../timeline/mark.ts';

/** More hits than anybody counts by hand; of the oldest, the number alone is kept. */
const mostKept = 1_000_000;

/**
 * When a breakpoint was hit. A count would be wrong once time goes back: how often it was hit until a mark is what the
 * history says, from whichever side one comes.
 */
export class HitLog {
  /** Ascending. */
  #times: number[] = [];
  #forgotten = 0;

  /** Hits before a mark. */
  before(mark: Mark): number {
    return this.#forgotten + this.#indexOf(timeOf(mark));
  }

  /** The same hit, come to again, counts once. */
  add(mark: Mark): void {
    const time = timeOf(mark);
    const index = this.#indexOf(time);
    if (this.#times[index] === time) return;
    if (index === this.#times.length) this.#times.push(time);
    else this.#times.splice(index, 0, time);
    if (this.#times.length <= mostKept) return;
    this.#times = this.#times.slice(mostKept / 2);
    this.#forgotten += mostKept / 2;
  }

  /** History takes another course from a mark on. */
  forgetFrom(mark: Mark): void {
    this.#times.length = this.#indexOf(timeOf(mark));
  }

  /** The first position whose time is not before `time`. */
  #indexOf(time: number): number {
    let [low, high] = [0, this.#times.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#times[middle] ?? Infinity) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Stages of an exit, which are few, come before the point after them all. */
function timeOf({ step, stage }: Mark): number {
  return step + (stage === undefined ? 0.99 : stage / 128);
}
