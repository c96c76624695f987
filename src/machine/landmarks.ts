/** Steps between landmarks. */
export const landmarkSteps = 10_000_000;

/** Steps of history, the same in every run, at which whoever keeps checkpoints is told. */
export class Landmarks {
  readonly #passed: () => void;
  #last = 0;
  /** The stretch between two landmarks that the machine was seen in last. */
  #from = 0;
  #to = 0;

  constructor(passed: () => void) {
    this.#passed = passed;
  }

  /** The machine is about to run from `step`; returns the step at which it has to look again. */
  reach(step: number): number {
    if (step > this.#from && step < this.#to) return this.#to;
    this.#from = step - (step % landmarkSteps);
    this.#to = this.#from + landmarkSteps;
    if (this.#from === step && step !== this.#last) {
      this.#last = step;
      this.#passed();
    }
    return this.#to;
  }
}
