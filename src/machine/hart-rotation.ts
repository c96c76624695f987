import { assert } from '../common/errors.ts';
import type { Hart } from '../hart/hart.ts';

/** Plain data: whose turn it is. */
export interface RotationState {
  readonly [name: string]: number;
  readonly current: number;
  /** Steps left of its turn. */
  readonly left: number;
}

/** Whose turn it is: harts run one after the other, so that there is one history. */
export class HartRotation {
  readonly #harts: readonly Hart[];
  readonly #turn: number;
  #current = 0;
  #left = 0;

  /** `quantum` is how many steps a hart runs before the next has its turn, where there are several. */
  constructor(harts: readonly Hart[], quantum: number) {
    this.#harts = harts;
    this.#turn = harts.length === 1 ? Infinity : quantum;
    this.reset();
  }

  /** The hart whose turn it is. */
  get current(): Hart {
    const hart = this.#harts[this.#current];
    assert(hart !== undefined, 'a machine has harts');
    return hart;
  }

  /** The next hart that can run, with the steps left of its turn. */
  next(canRun: (hart: Hart) => boolean): { readonly hart: Hart; readonly steps: number } | undefined {
    const current = this.#harts[this.#current];
    if (current && this.#left > 0 && canRun(current)) return { hart: current, steps: this.#left };
    // Nothing changes while none can run: how often one asks must not matter.
    for (let distance = 1; distance <= this.#harts.length; distance++) {
      const index = (this.#current + distance) % this.#harts.length;
      const hart = this.#harts[index];
      if (!hart || !canRun(hart)) continue;
      // Unpriv. Zalrsc: SC fails where another hart has stored in between. Such stores are not looked for.
      if (current && hart !== current) current.state.reservation = undefined;
      this.#current = index;
      this.#left = this.#turn;
      return { hart, steps: this.#left };
    }
    return undefined;
  }

  /** The hart whose turn it is has run so many steps. */
  spend(steps: number): void {
    this.#left -= steps;
  }

  reset(): void {
    this.#current = 0;
    this.#left = this.#turn;
  }

  save(): RotationState {
    return { current: this.#current, left: this.#left };
  }

  restore({ current, left }: RotationState): void {
    this.#current = current;
    this.#left = left;
  }
}
