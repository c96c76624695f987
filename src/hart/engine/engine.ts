import { assert } from '../../common/errors.ts';
import { wasm } from '../../common/web-assembly.ts';
import type { Breakpoints } from '../breakpoints.ts';
import { interruptEndsWait } from '../interrupts.ts';
import type { MachineMemory } from '../memory.ts';
import type { AccessSize } from '../../isa/semantics.ts';
import type { PhysicalMemory } from '../physical-memory.ts';
import type { TrapRecords } from '../trap-records.ts';
import type { Walked } from '../translation/walk.ts';
import { hartSlot } from '../state-layout.ts';
import type { HartState } from '../state.ts';
import { sstatusLow } from '../status-bits.ts';
import { contextKeyWords, readContextKey } from './context-key.ts';
import { exitCode } from './exit-code.ts';
import { Departures } from './departures.ts';
import { writeInterpreter, type Interpreter } from './interpreter.ts';
import {
  contextsOffset,
  directArrival,
  engineWord,
  missesAligned,
  notedArrivals,
  notedCalls,
} from './layout.ts';
import type { CodeUser, PredecodedCode } from './predecoded-code.ts';
import type { Arrival } from '../translator/page-changes.ts';
import type { Translator } from '../translator/translator.ts';
import { Refill, type TranslatePage } from './refill.ts';
import type { TablePages, TableUser } from './table-pages.ts';
import { WatchedStores } from './watched-stores.ts';
import { TranslationContexts } from './translation-contexts.ts';

/** Why `run` came back; numbers, for it comes back often. */
export const engineExit = {
  /** The budget is used up. */
  budget: 0,
  /** The instruction at pc has to be done outside: it is not a plain one, or its fetch or access is not. */
  slow: 1,
  /** pc is at a breakpoint. */
  breakpoint: 2,
  /** Likewise `slow`: a load or a store, at `missAddress`, that is not one of RAM that may be reached by a TLB. */
  refusedLoad: 3,
  refusedStore: 4,
} as const;
export type EngineExit = (typeof engineExit)[keyof typeof engineExit];

/** Runs the plain instructions of one hart in wasm. */
export class Engine implements CodeUser, TableUser {
  readonly departures: Departures;
  readonly #memory: MachineMemory;
  readonly #state: HartState;
  readonly #code: PredecodedCode;
  readonly #breakpoints: Breakpoints;
  readonly #translator: Translator | undefined;
  readonly #records: TrapRecords;
  readonly #contexts: TranslationContexts;
  readonly #refill: Refill;
  readonly #stores: WatchedStores;
  readonly #words: Uint32Array;
  readonly #key = new Int32Array(contextKeyWords);
  readonly #run: Interpreter['run'];
  readonly #likelyAddend = (): number | undefined => this.#contexts.likelyAddend();
  #contextIsStale = true;
  #passesBreakpoint = false;
  /** How many stores were done here since wasm was left: steps of the run under way. */
  #stored = 0;
  #isEntry: 0 | 1 = 0;
  #returned = false;
  /** Instructions until it is looked at what is worth translating. */
  #untilSample: number;
  #sampleSteps: number;
  /** Of `engineWord.arrivals`. */
  #toldArrivals = 0;

  constructor(options: {
    readonly memory: MachineMemory;
    /** Which of the memory's harts. */
    readonly hart: number;
    readonly state: HartState;
    readonly physical: PhysicalMemory;
    readonly code: PredecodedCode;
    readonly breakpoints: Breakpoints;
    readonly tables: TablePages;
    /** Without it the interpreter does everything. */
    readonly translator: Translator | undefined;
    readonly records: TrapRecords;
    readonly translate: TranslatePage;
    /** What the last translation read. */
    readonly walked: () => Walked;
  }) {
    const { memory, hart, state, code, breakpoints, tables, translator } = options;
    const place = memory.harts[hart] as MachineMemory['harts'][number];
    const { buffer } = memory.wasm;
    this.departures = new Departures(code.decode);
    this.#memory = memory;
    this.#state = state;
    this.#code = code;
    this.#breakpoints = breakpoints;
    this.#translator = translator;
    this.#records = options.records;
    this.#sampleSteps = translator?.interval ?? longestSlice;
    this.#untilSample = this.#sampleSteps;
    this.#contexts = new TranslationContexts(memory, place.engineOffset, tables);
    this.#refill = new Refill({ ...options, contexts: this.#contexts });
    this.#stores = new WatchedStores({ ...options, decode: code.decode });
    this.#words = new Uint32Array(buffer, place.engineOffset, contextsOffset / 4);
    const module = new wasm.Module(writeInterpreter(memory, place, code.alignment));
    const regions = translator?.functions ?? new wasm.Table({ element: 'anyfunc', initial: 1 });
    const instance = new wasm.Instance(module, { machine: { memory: memory.wasm, regions } });
    this.#run = instance.exports['run'] as Interpreter['run'];
    code.attach(this);
    tables.attach(this);
  }

  /**
   * Runs at most `budget` instructions, each of which retires, and adds their number to the hart's steps. State
   * is exact at every exit.
   */
  run(budget: number): EngineExit {
    if (this.#contextIsStale) this.#selectContext();
    this.#contexts.setInterruptWaits(interruptEndsWait(this.#state) ? sstatusLow.SIE : 0);
    if (this.#returned) {
      this.#returned = false;
      this.#isEntry = this.#isAfterCall() ? 1 : 0;
    }
    let left = budget;
    let standstills = 0;
    let exit: EngineExit | undefined;
    do {
      const slice = Math.min(left, this.#untilSample);
      const why = this.#run(slice, this.#isEntry);
      this.#isEntry = 0;
      this.departures.left(why);
      this.#contexts.follow();
      if (this.#words[engineWord.notedCalls / 4] !== 0)
        this.#recordCalls(this.#state.steps + budget - left + slice);
      const done = slice - (this.#words[engineWord.remaining / 4] as number);
      left -= done;
      this.#untilSample -= done;
      if (this.#untilSample === 0 || this.#translator?.isEager) this.#sample();
      if (done > 0) {
        this.#passesBreakpoint = false;
        standstills = 0;
      } else {
        standstills++;
        assert(standstills < mostStandstills, 'what an instruction misses is there when it is tried again');
      }
      exit = this.#afterExit(why, left);
      if (this.#stored > 0) {
        left -= this.#stored;
        this.#untilSample -= this.#stored;
        this.#stored = 0;
        standstills = 0;
      }
      // What is to be done outside is a step more.
      if (left === 0 && exit !== undefined && exit !== engineExit.breakpoint) exit = engineExit.budget;
      // Code goes on after such an instruction again and again; where an access is refused, this time.
      if (why === exitCode.slow) this.#isEntry = 1;
    } while (exit === undefined);
    this.#passesBreakpoint = false;
    this.#state.steps += budget - left;
    return exit;
  }

  /** The word at pc, as `VirtualMemory.fetch` would give it, where the TLB has all of it. */
  get fetched(): number | undefined {
    const low = this.#state.low(hartSlot.pc);
    const inPage = low & 0xffe;
    const page = inPage < 0xffe ? this.#contexts.executePage(this.#pcPage) : undefined;
    if (page === undefined) return undefined;
    const word = this.#memory.ramView.getUint32(page - this.#memory.ramOffset + inPage, true);
    return (word & 3) === 3 ? word : word & 0xffff;
  }

  /** Halves of the address of the access that was refused last. */
  get missLow(): number {
    return this.#words[engineWord.missAddress / 4] as number;
  }

  get missHigh(): number {
    return this.#words[engineWord.missAddress / 4 + 1] as number;
  }

  /** Whether system calls may be taken without anybody but the trap records being told. */
  set callsInside(value: boolean) {
    this.#words[engineWord.callsInside / 4] = value ? 1 : 0;
  }

  /** The next `run` begins where control got to by a trap, or its return. */
  enterByTrap(): void {
    this.#isEntry = 1;
  }

  /**
   * The hart was sent back from a trap. To a call it comes back often; to where an interrupt or a page fault met it, never
   * again.
   */
  returnedFromTrap(): void {
    this.#returned = true;
  }

  /** The next `run` does not stop at a breakpoint at which it begins, but has the instruction done outside. */
  passBreakpoint(): void {
    this.#passesBreakpoint = true;
  }

  /** To be called when the mode, mstatus, vsstatus, satp, vsatp or hgatp may have changed. */
  contextChanged(): void {
    this.#contextIsStale = true;
  }

  /** Forgets all translations: PMP changed, or memory was replaced. */
  flushAll(): void {
    this.#contexts.flushAll();
  }

  forgetRecords(records: number): void {
    this.#contexts.forgetRecords(records);
  }

  watchStores(page: number): void {
    this.#contexts.forgetWrites(page);
  }

  tableChanged(page: number, entry: number | undefined): void {
    this.#contexts.forgetTable(page, entry);
  }

  leaveTable(page: number): void {
    this.#contexts.leaveTable(page);
  }

  breakpointsChanged(): void {
    this.#contexts.flushExecute();
  }

  /** `undefined`: run on. */
  #afterExit(why: number, left: number): EngineExit | undefined {
    switch (why) {
      case exitCode.budget:
        return left === 0 ? engineExit.budget : undefined;
      case exitCode.decode:
        return this.#decode();
      case exitCode.fetchMiss:
        // The next instruction is not begun: its fetch must leave no trace in a page table.
        this.#isEntry = this.#words[engineWord.missSize / 4] === 0 ? 0 : 1;
        if (left === 0) return engineExit.budget;
        return this.#atFetchMiss();
      case exitCode.readMiss:
        return this.#fillData('read') === 'filled' ? undefined : engineExit.refusedLoad;
      case exitCode.writeMiss:
        return this.#afterWriteMiss();
      case exitCode.hotLoop:
        this.#translateLoop();
        return undefined;
      case exitCode.hotPage:
        this.#translatePage();
        return undefined;
      case exitCode.breakpoint:
        return this.#atBreakpoint();
      default:
        return engineExit.slow;
    }
  }

  /** Passes on what calls wasm took and did not return from; `end` is the step at which its budget would have ended. */
  #recordCalls(end: number): void {
    const calls = this.#words[engineWord.notedCalls / 4] as number;
    this.#words[engineWord.notedCalls / 4] = 0;
    for (let call = 0; call < calls; call++) {
      const note = (engineWord.calls + call * notedCalls.bytes) / 4;
      this.#records.pushCall(this.#words.subarray(note, note + notedCalls.bytes / 4), end);
    }
  }

  #isAfterCall(): boolean {
    const page = this.#refill.ramPage(this.#pcPage);
    return page !== undefined && this.#code.isAfterCall(page, this.#pcOffset);
  }

  /** The virtual page of pc. */
  get #pcPage(): number {
    return pageOf(this.#state.low(hartSlot.pc), this.#state.high(hartSlot.pc));
  }

  get #pcOffset(): number {
    return this.#state.low(hartSlot.pc) & 0xfff;
  }

  /** Tells the translator where time goes. Where little of it is interpreted, it seldom needs to know. */
  #sample(): void {
    const interpreted = this.#words[engineWord.interpreted / 4] as number;
    if (this.#untilSample === 0) {
      const interval = this.#translator?.interval ?? longestSlice;
      this.#untilSample =
        interpreted > this.#sampleSteps / 16 ? interval : Math.min(16 * interval, longestSlice);
      this.#sampleSteps = this.#untilSample;
    }
    this.#words[engineWord.interpreted / 4] = 0;
    const page = this.#refill.ramPage(this.#pcPage);
    if (page !== undefined) this.#translator?.sample(page, this.#pcOffset, interpreted, this.#likelyAddend);
    this.#tellArrivals();
  }

  /** Tells the translator where its code was entered last, if that was often. */
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
      const page = this.#refill.ramPage(virtualPage);
      places.push(
        page === undefined ? undefined : { page, virtualPage, isDirect: (low & directArrival) !== 0 },
      );
    }
    this.#translator.entered(count, places, this.#likelyAddend);
  }

  /** Without a translator this comes once in a billion instructions. */
  #translatePage(): void {
    const page = this.#refill.ramPage(this.#pcPage) as number;
    this.#code.setPatience(page, Infinity);
    this.#translator?.hotPage(page, this.#pcOffset, this.#likelyAddend);
  }

  #translateLoop(): void {
    const page = this.#refill.ramPage(this.#pcPage);
    if (page !== undefined) this.#translator?.hotLoop(page, this.#pcOffset, this.#likelyAddend);
  }

  #selectContext(): void {
    readContextKey(this.#state, this.#key);
    this.#contexts.select(this.#key);
    this.#contextIsStale = false;
  }

  /** Decodes from pc on, or leaves it where that reaches into a page that cannot be fetched. */
  #decode(): EngineExit | undefined {
    const page = this.#refill.ramPage(this.#pcPage) as number;
    const offset = this.#pcOffset;
    let nextPage: number | undefined;
    if (this.#code.crossesAt(page, offset)) {
      if (this.#stopsAt(page)) return engineExit.breakpoint;
      const next = (this.#pcPage + 1) % virtualPages;
      if (!this.#refill.execute(next)) return engineExit.slow;
      nextPage = this.#refill.ramPage(next);
      // Room for that page may have been made at the expense of this one.
      if (!this.#code.has(page)) return undefined;
    }
    this.#code.decodeFrom(page, offset, nextPage);
    return undefined;
  }

  #afterWriteMiss(): EngineExit | undefined {
    switch (this.#fillData('write')) {
      case 'filled':
        return undefined;
      case 'seen':
        return this.#storeSeen() ? undefined : engineExit.refusedStore;
      case 'refused':
        return engineExit.refusedStore;
    }
  }

  /** Does the store at pc, which missed, to the page that was found for it. */
  #storeSeen(): boolean {
    const word = this.fetched;
    const size = this.#words[engineWord.missSize / 4] as number as AccessSize;
    if (word === undefined || (size & missesAligned) !== 0) return false;
    const address = this.#memory.ramBase + this.#refill.seenPage * pageBytes + (this.missLow & 0xfff);
    if (!this.#stores.store(word, address, size)) return false;
    this.#stored = 1;
    return true;
  }

  #fillData(access: 'read' | 'write'): ReturnType<Refill['data']> {
    const low = this.#words[engineWord.missAddress / 4] as number;
    const high = this.#words[engineWord.missAddress / 4 + 1] as number;
    const size = this.#words[engineWord.missSize / 4] as number;
    const bytes = size & ~missesAligned;
    const canBeDone = size === bytes ? (low & 0xfff) + bytes <= pageBytes : (low & (bytes - 1)) === 0;
    return canBeDone ? this.#refill.data(access, pageOf(low, high)) : 'refused';
  }

  /** A breakpoint comes before the fetch, and so before what the fetch does to page tables. */
  #atFetchMiss(): EngineExit | undefined {
    const low = this.#words[engineWord.missAddress / 4] as number;
    const high = this.#words[engineWord.missAddress / 4 + 1] as number;
    const isWholeInstruction = low === this.#state.low(hartSlot.pc) && high === this.#state.high(hartSlot.pc);
    if (isWholeInstruction && this.#stopsAt(undefined)) return engineExit.breakpoint;
    return this.#refill.execute(pageOf(low, high)) ? undefined : engineExit.slow;
  }

  /** A page that is mapped twice has the breakpoints of both addresses: the others are passed over. */
  #atBreakpoint(): EngineExit {
    return this.#stopsAt(this.#refill.ramPage(this.#pcPage)) ? engineExit.breakpoint : engineExit.slow;
  }

  /** Is there a breakpoint at pc that is not to be passed? `page` is the page of RAM, if that is known. */
  #stopsAt(page: number | undefined): boolean {
    if (this.#passesBreakpoint) return false;
    const areVirtual = this.#breakpoints.pages('virtual').size > 0;
    if (areVirtual && this.#breakpoints.has('virtual', this.#state.pc)) return true;
    if (this.#breakpoints.pages('physical').size === 0) return false;
    const hostPage =
      page === undefined ? this.#refill.hostPage(this.#pcPage) : page + this.#memory.ramBase / pageBytes;
    if (hostPage === undefined) return false;
    return this.#breakpoints.has('physical', BigInt(hostPage) * 4096n + BigInt(this.#pcOffset));
  }
}

/** The virtual page of an address that is given by its halves. */
function pageOf(low: number, high: number): number {
  return high * 0x10_0000 + (low >>> 12);
}

/** Of 64 bits of address. */
const virtualPages = 2 ** 52;
const pageBytes = 0x1000;
/** An instruction may miss its page, its record, the next page and its data, each twice where pages are evicted. */
const mostStandstills = 16;
/** Wasm that runs in the baseline compiler's code is replaced only when it is entered anew. */
const longestSlice = 1 << 20;
