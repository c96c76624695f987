import { Emitter } from '../../common/event.ts';
import type { History } from '../../timeline/history.ts';
import type { BreakpointSet } from '../breakpoints/breakpoint-set.ts';
import type { Target } from '../target/target.ts';

/** What comes to guests from outside, which makes what history goes on with. */
export class OutsideInput {
  readonly #didInput = new Emitter<void>();
  readonly onDidInput = this.#didInput.event;
  readonly #didFork = new Emitter<void>();
  readonly onDidFork = this.#didFork.event;
  readonly #target: Target;
  readonly #history: History;
  readonly #breakpoints: BreakpointSet;
  /** The last step that history has reached. */
  #furthest = 0;
  #hasEnded = false;

  constructor(target: Target, history: History, breakpoints: BreakpointSet) {
    this.#target = target;
    this.#history = history;
    this.#breakpoints = breakpoints;
  }

  /** To be called when the machine has run, in whatever direction. */
  noteRun(): void {
    this.#furthest = Math.max(this.#furthest, this.#target.machine.steps);
  }

  /** Nobody is there any more to take input. */
  end(): void {
    this.#hasEnded = true;
  }

  /** The machine stands at its beginning, again. */
  restart(): void {
    this.#hasEnded = false;
  }

  /** What a person gives. In the past, it begins another future: what was typed later belongs to the old one. */
  type(console: string, bytes: Uint8Array): void {
    const { machine } = this.#target;
    if (this.#hasEnded) return;
    machine.inputLog.truncate(machine.steps);
    this.#breakpoints.forgetHits({ step: machine.steps + 1 });
    this.#history.fork();
    machine.input(console, bytes);
    if (machine.steps < this.#furthest) {
      this.#furthest = machine.steps;
      this.#didFork.fire();
    }
    this.#didInput.fire();
  }

  /** What nobody asked for, as a network's frames: not taken in the past, which it would change. False then. */
  offer(port: string, bytes: Uint8Array): boolean {
    const { machine } = this.#target;
    const isInPast = machine.steps < this.#furthest || machine.inputLog.nextStep !== Infinity;
    if (this.#hasEnded || isInPast) return false;
    machine.input(port, bytes);
    this.#didInput.fire();
    return true;
  }
}
