import type { Arrival } from '../translator/page-changes.ts';
import type { Translator } from '../translator/translator.ts';
import { directArrival, engineWord, notedArrivals } from './layout.ts';
import type { PredecodedCode } from './predecoded-code.ts';
import { pageOf, type ProgramCounter } from './program-counter.ts';
import type { TranslationContexts } from './translation-contexts.ts';

/** What a hart's engine tells the translator: where time goes, what is hot, and where its code was entered. */
export class TranslatorNews {
  readonly #translator: Translator | undefined;
  readonly #code: PredecodedCode;
  readonly #pc: ProgramCounter;
  readonly #words: Uint32Array;
  readonly #likelyAddend: () => number | undefined;
  #untilSample: number;
  #sampleSteps: number;
  /** Of `engineWord.arrivals`. */
  #toldArrivals = 0;

  constructor(options: {
    /** Without it there is nobody to tell. */
    readonly translator: Translator | undefined;
    readonly code: PredecodedCode;
    readonly pc: ProgramCounter;
    readonly contexts: TranslationContexts;
    /** The engine area's, as `engineWord` says. */
    readonly words: Uint32Array;
  }) {
    this.#translator = options.translator;
    this.#code = options.code;
    this.#pc = options.pc;
    this.#words = options.words;
    this.#likelyAddend = () => options.contexts.likelyAddend();
    this.#sampleSteps = this.#translator?.interval ?? longestSlice;
    this.#untilSample = this.#sampleSteps;
  }

  /** Instructions until it is looked at what is worth translating. */
  get untilSample(): number {
    return this.#untilSample;
  }

  /** So many of them were done. */
  pass(steps: number): void {
    this.#untilSample -= steps;
  }

  /** Wasm was left: is it time to tell where time goes? */
  tellIfDue(): void {
    if (this.#untilSample === 0 || this.#translator?.isEager) this.#sample();
  }

  /** The patience with the page of pc is at an end. Without a translator this comes once in a billion instructions. */
  hotPage(): void {
    const page = this.#pc.ramPage as number;
    this.#code.setPatience(page, Infinity);
    this.#translator?.hotPage(page, this.#pc.offset, this.#likelyAddend);
  }

  /** The loop at pc was come by often. */
  hotLoop(): void {
    const page = this.#pc.ramPage;
    if (page !== undefined) this.#translator?.hotLoop(page, this.#pc.offset, this.#likelyAddend);
  }

  /** Tells where time goes. Where little of it is interpreted, the translator seldom needs to know. */
  #sample(): void {
    const interpreted = this.#words[engineWord.interpreted / 4] as number;
    if (this.#untilSample === 0) {
      const interval = this.#translator?.interval ?? longestSlice;
      this.#untilSample =
        interpreted > this.#sampleSteps / 16 ? interval : Math.min(16 * interval, longestSlice);
      this.#sampleSteps = this.#untilSample;
    }
    this.#words[engineWord.interpreted / 4] = 0;
    const page = this.#pc.ramPage;
    if (page !== undefined) this.#translator?.sample(page, this.#pc.offset, interpreted, this.#likelyAddend);
    this.#tellArrivals();
  }

  /** Tells where translated code was entered last, if that was often. */
  #tellArrivals(): void {
    const arrivals = this.#words[engineWord.arrivals / 4] as number;
    const count = (arrivals - this.#toldArrivals) >>> 0;
    if (this.#translator === undefined || count < this.#translator.interval / 128) return;
    this.#toldArrivals = arrivals;
    const places: (Arrival | undefined)[] = [];
    for (let index = arrivals - Math.min(count, notedArrivals); index < arrivals; index++) {
      const word = (engineWord.lastArrivals + 8 * (index & (notedArrivals - 1))) / 4;
      const low = this.#words[word] as number;
      const virtualPage = pageOf(low, this.#words[word + 1] as number);
      const page = this.#pc.ramPageOf(virtualPage);
      places.push(
        page === undefined ? undefined : { page, virtualPage, isDirect: (low & directArrival) !== 0 },
      );
    }
    this.#translator.entered(count, places, this.#likelyAddend);
  }
}

/** Wasm that runs in the baseline compiler's code is replaced only when it is entered anew. */
const longestSlice = 1 << 20;
