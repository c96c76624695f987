import type { SteadyClock } from '../clock.ts';
import { engineWord } from './layout.ts';

/** What wasm is told of the machine's time, so that it can read `time` by itself. */
export class ToldTime {
  readonly #clock: SteadyClock | undefined;
  readonly #words: Uint32Array;
  /** `engineWord.clockOffset`. */
  readonly #offset: BigUint64Array;
  /** What the clock is ahead of the hart's steps, in this run of the hart. */
  #lead = 0;

  /** `words` are the engine area's, as `engineWord` says. Without a clock `time` is read outside. */
  constructor(clock: SteadyClock | undefined, words: Uint32Array) {
    this.#clock = clock;
    this.#words = words;
    this.#offset = new BigUint64Array(words.buffer, words.byteOffset + engineWord.clockOffset, 1);
    words[engineWord.stepsPerTick / 4] = clock?.stepsPerTick ?? 0;
  }

  /** The hart, which has counted so many steps, is about to run: these alone make time pass; who sets the clock ends the run. */
  beginRun(steps: number): void {
    if (this.#clock === undefined) return;
    this.#lead = this.#clock.elapsed - steps;
    this.#offset[0] = this.#clock.offset;
  }

  /** Wasm is entered: the hart will have counted so many steps where nothing is left of the budget. */
  enter(stepsAtEnd: number): void {
    const atEnd = this.#lead + stepsAtEnd;
    this.#words[clockAtEnd] = atEnd;
    this.#words[clockAtEnd + 1] = atEnd / 0x1_0000_0000;
  }
}

/** In words: looked up here once, for it is asked for at every exit. */
const clockAtEnd = engineWord.clockAtEnd / 4;
