/** Steps between landmarks. */
export const landmarkSteps = 10_000_000;

/**
 * Steps of history at which the harts forget their cached translations. A guest that changes a page table without a
 * fence may see the old translation or the new one (Priv. 12.2.1); which of them must not depend on whether this
 * stretch of history is run for the first time or again from a snapshot, which holds no translations. So snapshots
 * for replay are taken at landmarks, where the first run forgot as well.
 */
export class Landmarks {
  readonly #forget: () => void;
  #last = 0;

  constructor(forget: () => void) {
    this.#forget = forget;
  }

  /** The machine is about to run from `step`; returns the step at which it has to look again. */
  reach(step: number): number {
    const here = step - (step % landmarkSteps);
    if (here === step && step !== this.#last) {
      this.#last = step;
      this.#forget();
    }
    return here + landmarkSteps;
  }
}
