import { pageBytes } from '../../common/page.ts';
import type { AccessSize } from '../../isa/semantics.ts';
import type { MachineMemory } from '../memory.ts';
import { engineExit, type EngineExit } from './engine-exit.ts';
import { engineWord, missesAligned } from './layout.ts';
import type { PredecodedCode } from './predecoded-code.ts';
import { pageOf, type ProgramCounter } from './program-counter.ts';
import type { Refill } from './refill.ts';
import type { StopsAtPc } from './stops-at-pc.ts';
import type { WatchedStores } from './watched-stores.ts';

/** Sees to what wasm missed at pc. Each way gives what the run ends with; `undefined`: run on, what was missed is there. */
export class Misses {
  readonly #memory: MachineMemory;
  readonly #code: PredecodedCode;
  readonly #pc: ProgramCounter;
  readonly #stops: StopsAtPc;
  readonly #refill: Refill;
  readonly #stores: WatchedStores;
  readonly #words: Uint32Array;

  constructor(options: {
    readonly memory: MachineMemory;
    readonly code: PredecodedCode;
    readonly pc: ProgramCounter;
    readonly stops: StopsAtPc;
    readonly refill: Refill;
    readonly stores: WatchedStores;
    /** The engine area's, as `engineWord` says. */
    readonly words: Uint32Array;
  }) {
    this.#memory = options.memory;
    this.#code = options.code;
    this.#pc = options.pc;
    this.#stops = options.stops;
    this.#refill = options.refill;
    this.#stores = options.stores;
    this.#words = options.words;
  }

  /** Halves of the address of the access, or the fetch, that missed last. */
  get addressLow(): number {
    return this.#words[missAddress] as number;
  }

  get addressHigh(): number {
    return this.#words[missAddress + 1] as number;
  }

  /** Decodes from pc on, or leaves it where that reaches into a page that cannot be fetched. */
  decode(): EngineExit | undefined {
    const page = this.#pc.ramPage as number;
    const { offset } = this.#pc;
    let nextPage: number | undefined;
    if (this.#code.crossesAt(page, offset)) {
      if (this.#stops.stopsAt(page)) return engineExit.breakpoint;
      const next = (this.#pc.page + 1) % virtualPages;
      if (!this.#refill.execute(next)) return engineExit.slow;
      nextPage = this.#pc.ramPageOf(next);
      // Room for that page may have been made at the expense of this one.
      if (!this.#code.has(page)) return undefined;
    }
    this.#code.decodeFrom(page, offset, nextPage);
    return undefined;
  }

  /** A breakpoint comes before the fetch, and so before what the fetch does to page tables. */
  fetch(): EngineExit | undefined {
    const { addressLow, addressHigh } = this;
    const isWholeInstruction = this.#pc.isAt(addressLow, addressHigh);
    if (isWholeInstruction && this.#stops.stopsAt(undefined)) return engineExit.breakpoint;
    return this.#refill.execute(pageOf(addressLow, addressHigh)) ? undefined : engineExit.slow;
  }

  load(): EngineExit | undefined {
    return this.#fillData('read') === 'filled' ? undefined : engineExit.refusedLoad;
  }

  /** `done`: the store itself was done, which is a step. */
  store(): EngineExit | 'done' | undefined {
    const found = this.#words[foundPage] as number;
    if (found !== 0) return this.#storeSeen(found - 1) ? 'done' : engineExit.refusedStore;
    switch (this.#fillData('write')) {
      case 'filled':
        return undefined;
      case 'seen':
        return this.#storeSeen(this.#refill.seenPage) ? 'done' : engineExit.refusedStore;
      case 'refused':
        return engineExit.refusedStore;
    }
  }

  /** Does the store at pc, which missed, to the page of RAM that was found for it. */
  #storeSeen(page: number): boolean {
    const { word } = this.#pc;
    const size = this.#words[missSize] as number as AccessSize;
    if (word === undefined || (size & missesAligned) !== 0) return false;
    const address = this.#memory.ramBase + page * pageBytes + (this.addressLow & 0xfff);
    return this.#stores.store(word, address, size);
  }

  #fillData(access: 'read' | 'write'): ReturnType<Refill['data']> {
    const low = this.addressLow;
    const size = this.#words[missSize] as number;
    const bytes = size & ~missesAligned;
    const canBeDone = size === bytes ? (low & 0xfff) + bytes <= pageBytes : (low & (bytes - 1)) === 0;
    if (!canBeDone) return 'refused';
    return this.#refill.data(access, pageOf(low, this.addressHigh), { inPage: low & 0xfff, bytes });
  }
}

// In words: looked up here once, for they are asked for at every access of a device.
const missAddress = engineWord.missAddress / 4;
const missSize = engineWord.missSize / 4;
const foundPage = engineWord.foundPage / 4;
/** Of 64 bits of address. */
const virtualPages = 2 ** 52;
