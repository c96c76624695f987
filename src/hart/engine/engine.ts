import { assert } from '../../common/errors.ts';
import { wasm } from '../../common/web-assembly.ts';
import type { Breakpoints } from '../breakpoints.ts';
import type { SteadyClock } from '../clock.ts';
import { interruptEndsWait } from '../interrupts.ts';
import type { MachineMemory } from '../memory.ts';
import type { PhysicalMemory } from '../physical-memory.ts';
import type { TrapRecords } from '../trap-records.ts';
import type { Walked } from '../translation/walk.ts';
import type { HartState } from '../state.ts';
import { sstatusLow } from '../status-bits.ts';
import type { Translator } from '../translator/translator.ts';
import { createInterpreter } from './create-interpreter.ts';
import { contextKeyWords, readContextKey } from './context-key.ts';
import { Departures } from './departures.ts';
import { engineExit, type EngineExit } from './engine-exit.ts';
import { exitCode } from './exit-code.ts';
import type { Interpreter } from './interpreter.ts';
import { contextsOffset, engineWord, notedCalls, refillInside } from './layout.ts';
import { Misses } from './misses.ts';
import type { CodeUser, PredecodedCode } from './predecoded-code.ts';
import { ProgramCounter } from './program-counter.ts';
import { Refill, type TranslatePage } from './refill.ts';
import { StopsAtPc } from './stops-at-pc.ts';
import type { TablePages, TableUser } from './table-pages.ts';
import { ToldTime } from './told-time.ts';
import { TranslationContexts } from './translation-contexts.ts';
import { TranslatorNews } from './translator-news.ts';
import { WatchedStores } from './watched-stores.ts';

/** Runs the plain instructions of one hart in wasm. */
export class Engine implements CodeUser, TableUser {
  readonly departures: Departures;
  readonly #state: HartState;
  readonly #code: PredecodedCode;
  readonly #records: TrapRecords;
  readonly #contexts: TranslationContexts;
  readonly #pc: ProgramCounter;
  readonly #stops: StopsAtPc;
  readonly #misses: Misses;
  readonly #news: TranslatorNews;
  readonly #words: Uint32Array;
  readonly #key = new Int32Array(contextKeyWords);
  readonly #run: Interpreter['run'];
  readonly #isOpen: () => boolean;
  readonly #time: ToldTime;
  #contextIsStale = true;
  #refillsAreStale = true;
  #callsInside = 0;
  /** How many stores were done here since wasm was left: steps of the run under way. */
  #stored = 0;
  #isEntry: 0 | 1 = 0;
  #returned = false;

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
    /** For reads of `time`; `undefined` where these are done outside. */
    readonly clock: SteadyClock | undefined;
    readonly translate: TranslatePage;
    /** What the last translation read. */
    readonly walked: () => Walked;
    /** Does nothing but page tables refuse an access? All memory is open, and nobody waits for accesses. */
    readonly isOpen: () => boolean;
  }) {
    const { memory, hart, state, code, tables, translator } = options;
    const place = memory.harts[hart] as MachineMemory['harts'][number];
    const words = new Uint32Array(memory.wasm.buffer, place.engineOffset, contextsOffset / 4);
    const contexts = new TranslationContexts(memory, place, tables);
    const { watchpoints } = options.physical;
    const refill = new Refill({ ...options, watchpoints, contexts, words });
    const stores = new WatchedStores({ ...options, decode: code.decode });
    this.departures = new Departures(code.decode);
    this.#state = state;
    this.#code = code;
    this.#records = options.records;
    this.#isOpen = options.isOpen;
    this.#time = new ToldTime(options.clock, words);
    this.#contexts = contexts;
    this.#words = words;
    this.#pc = new ProgramCounter(state, memory, contexts);
    this.#stops = new StopsAtPc({ ...options, pc: this.#pc, refill });
    this.#misses = new Misses({ memory, code, pc: this.#pc, stops: this.#stops, refill, stores, words });
    this.#news = new TranslatorNews({ translator, code, pc: this.#pc, contexts, words });
    const regions = translator?.functions ?? new wasm.Table({ element: 'anyfunc', initial: 1 });
    this.#run = createInterpreter(memory, hart, code.alignment, regions).run;
    code.attach(this);
    tables.attach(this);
    watchpoints.onDidChange(() => this.flushAll());
  }

  /** Between runs of the hart anyone may have changed anything. */
  beginRun(): void {
    this.#contextIsStale = true;
    this.#time.beginRun(this.#state.steps);
  }

  /**
   * Runs at most `budget` instructions, each of which retires, and adds their number to the hart's steps. State
   * is exact at every exit.
   */
  run(budget: number): EngineExit {
    if (this.#contextIsStale) this.#selectContext();
    if (this.#refillsAreStale) this.#allowRefills();
    this.#contexts.setInterruptWaits(interruptEndsWait(this.#state) ? sstatusLow.SIE : 0);
    if (this.#returned) {
      this.#returned = false;
      this.#isEntry = this.#isAfterCall() ? 1 : 0;
    }
    const words = this.#words;
    const end = this.#state.steps + budget;
    let left = budget;
    let standstills = 0;
    let exit: EngineExit | undefined;
    do {
      const slice = Math.min(left, this.#news.untilSample);
      this.#time.enter(end - left + slice);
      const why = this.#run(slice, this.#isEntry);
      this.#isEntry = 0;
      this.departures.left(why);
      this.#contexts.follow();
      if (words[callCount] !== 0) this.#recordCalls(end - left + slice);
      const done = slice - (words[remaining] as number);
      left -= done;
      this.#news.pass(done);
      this.#news.tellIfDue();
      if (done > 0) {
        this.#stops.passes = false;
        standstills = 0;
      } else {
        standstills++;
        assert(standstills < mostStandstills, 'what an instruction misses is there when it is tried again');
      }
      exit = this.#afterExit(why, left);
      if (this.#stored > 0) {
        left -= this.#stored;
        this.#news.pass(this.#stored);
        this.#stored = 0;
        standstills = 0;
      }
      // What is to be done outside is a step more.
      if (left === 0 && exit !== undefined && exit !== engineExit.breakpoint) exit = engineExit.budget;
      // Code goes on after such an instruction again and again; where an access is refused, this time.
      if (why === exitCode.slow) this.#isEntry = 1;
    } while (exit === undefined);
    this.#stops.passes = false;
    this.#state.addSteps(budget - left);
    return exit;
  }

  /** The word at pc, as `VirtualMemory.fetch` would give it, where the TLB has all of it. */
  get fetched(): number | undefined {
    return this.#pc.word;
  }

  /** Halves of the address of the access that was refused last. */
  get missLow(): number {
    return this.#misses.addressLow;
  }

  get missHigh(): number {
    return this.#misses.addressHigh;
  }

  /** Whose system calls may be taken without anybody but the trap records being told: a sum of `callsInside`. */
  set callsInside(value: number) {
    if (value === this.#callsInside) return;
    this.#callsInside = value;
    this.#words[engineWord.callsInside / 4] = value;
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
    this.#stops.passes = true;
  }

  /** To be called when the mode, mstatus, vsstatus, satp, vsatp or hgatp may have changed. */
  contextChanged(): void {
    this.#contextIsStale = true;
  }

  /** Forgets all translations: PMP, triggers or what is watched changed, or memory was replaced. */
  flushAll(): void {
    this.#refillsAreStale = true;
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
    this.#refillsAreStale = true;
    this.#contexts.flushExecute();
  }

  /** `undefined`: run on. */
  #afterExit(why: number, left: number): EngineExit | undefined {
    switch (why) {
      case exitCode.budget:
        return left === 0 ? engineExit.budget : undefined;
      case exitCode.decode:
        return this.#misses.decode();
      case exitCode.fetchMiss:
        // The next instruction is not begun: its fetch must leave no trace in a page table.
        this.#isEntry = this.#words[engineWord.missSize / 4] === 0 ? 0 : 1;
        return left === 0 ? engineExit.budget : this.#misses.fetch();
      case exitCode.readMiss:
        return this.#misses.load();
      case exitCode.writeMiss: {
        const exit = this.#misses.store();
        if (exit !== 'done') return exit;
        this.#stored = 1;
        return undefined;
      }
      case exitCode.hotLoop:
        this.#news.hotLoop();
        return undefined;
      case exitCode.hotPage:
        this.#news.hotPage();
        return undefined;
      case exitCode.breakpoint:
        // A page that is mapped twice has the breakpoints of both addresses: the others are passed over.
        return this.#stops.stopsAt(this.#pc.ramPage) ? engineExit.breakpoint : engineExit.slow;
      default:
        return engineExit.slow;
    }
  }

  /** Passes on what calls wasm took and did not return from; `end` is the step at which its budget would have ended. */
  #recordCalls(end: number): void {
    const calls = this.#words[callCount] as number;
    this.#words[callCount] = 0;
    for (let call = 0; call < calls; call++) {
      const note = (engineWord.calls + call * notedCalls.bytes) / 4;
      this.#records.pushCall(this.#state, this.#words.subarray(note, note + notedCalls.bytes / 4), end);
    }
  }

  #isAfterCall(): boolean {
    const page = this.#pc.ramPage;
    return page !== undefined && this.#code.isAfterCall(page, this.#pc.offset);
  }

  /** Where there are breakpoints at virtual addresses, each page is looked at for them when it is fetched from. */
  #allowRefills(): void {
    this.#refillsAreStale = false;
    const data = this.#isOpen() ? refillInside.data : 0;
    const execute = data !== 0 && !this.#stops.areVirtual ? refillInside.execute : 0;
    this.#words[engineWord.refillInside / 4] = data | execute;
  }

  #selectContext(): void {
    readContextKey(this.#state, this.#key);
    this.#contexts.select(this.#key);
    this.#contextIsStale = false;
  }
}

const callCount = engineWord.notedCalls / 4; // A word, looked up here once; so is the next.
const remaining = engineWord.remaining / 4;

/** An instruction may miss its page, its record, the next page and its data, each twice where pages are evicted. */
const mostStandstills = 16;
