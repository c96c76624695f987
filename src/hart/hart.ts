import type { Breakpoints } from './breakpoints.ts';
import type { CsrFile } from './csr-file.ts';
import type { DepartureCounts } from './engine/departures.ts';
import { engineExit } from './engine/engine-exit.ts';
import type { Engine } from './engine/engine.ts';
import { createHartParts, type HartOptions } from './hart-parts.ts';
import type { HartTimers } from './hart-timers.ts';
import { hostedLevel, type HostedLevel, type HostedLevels } from './hosted.ts';
import { dueInterrupt, interruptEndsWait } from './interrupts.ts';
import { countsEvents, settleEvents } from './event-counters.ts';
import type { MemoryView } from './memory-view.ts';
import type { PhysicalProtection } from './physical-protection.ts';
import type { QuickTraps } from './quick-traps.ts';
import type { Evaluator } from './reference/evaluator.ts';
import { hartSlot } from './state-layout.ts';
import { supervisorMode } from './hart-mode.ts';
import type { HartState } from './state.ts';
import type { HartStop } from './stop.ts';
import type { TrapRecords, TrapRecord } from './trap-records.ts';
import type { TakenTrap, Trap } from './trap.ts';
import type { Triggers } from './triggers/triggers.ts';
import {
  returnFromMachine,
  returnFromSupervisor,
  takeInterrupt,
  takeInterruptUnseen,
  takeTrap,
} from './traps.ts';
import type { Fence } from './translation/fence.ts';
import { fetchRegime } from './translation/regime.ts';
import type { PageWalker } from './translation/walk.ts';

/** What a run does at a breakpoint on which it begins: the one that stopped the last run is passed. */
export type RunStart = 'stop-at-breakpoint' | 'pass-breakpoint';

/**
 * The software of a hosted level, where a run need not stop for it: handles a trap that has been delivered to its level.
 * `false`: the machine has to look at something before the hart runs on.
 */
export type ServeLevel = (hart: Hart, level: HostedLevel) => boolean;

/** Whoever wants to know when guests run whose VMM is guest software. */
export interface ExitWatch {
  /** A trap from VS or VU mode to HS mode is delivered. */
  left(trap: TakenTrap): void;
  /** SRET in HS mode has entered VS or VU mode. */
  entered(): void;
}

/** Plain data: all of a hart but what can be made again. */
export interface SavedHart {
  readonly state: Uint8Array;
  readonly trapRecords: readonly TrapRecord[];
}

/** One hart: runs instructions, takes traps and interrupts, and shows its state. */
export class Hart {
  readonly id: number;
  readonly state: HartState;
  readonly csrs: CsrFile;
  readonly trapRecords: TrapRecords;
  readonly hosted: HostedLevels;
  /** The page walk, for views of it. */
  readonly walker: PageWalker;
  /** Memory by virtual and guest-physical address, for views. */
  readonly view: MemoryView;
  /** Sees every trap once it is delivered; `true` stops the run there. */
  onTrap: ((trap: TakenTrap) => boolean) | undefined;
  exits: ExitWatch | undefined;

  readonly #breakpoints: Breakpoints;
  readonly #protection: PhysicalProtection;
  readonly #triggers: Triggers;
  readonly #evaluator: Evaluator;
  readonly #engine: Engine | undefined;
  readonly #timers: HartTimers;
  readonly #quickTraps: QuickTraps;
  #attention = false;

  constructor(options: HartOptions) {
    this.id = options.id;
    this.hosted = options.hosted;
    this.#breakpoints = options.breakpoints;
    const parts = createHartParts(options);
    this.state = parts.state;
    this.csrs = parts.csrs;
    this.trapRecords = parts.records;
    this.walker = parts.walker;
    this.view = parts.view;
    this.#protection = parts.protection;
    this.#triggers = parts.triggers;
    this.#evaluator = parts.evaluator;
    this.#timers = parts.timers;
    this.#quickTraps = parts.quickTraps;
    this.#engine = parts.engine;
  }

  /** Power-on: M mode at `pc`, registers zero, CSRs at their reset values. Counts begin again. */
  reset(pc: bigint): void {
    this.state.bytes.fill(0);
    this.state.privilege = 3;
    this.state.pc = pc;
    this.csrs.reset();
    this.trapRecords.clear();
    this.fence({ kind: 'all' });
  }

  /**
   * Runs at most `budget` steps, exactly as many unless something stops it sooner. Interrupts come first, then
   * breakpoints, then the instruction. Without `serve` the run stops at traps to hosted levels.
   */
  run(budget: number, start: RunStart = 'stop-at-breakpoint', serve?: ServeLevel): HartStop {
    const { state } = this;
    const end = state.steps + budget;
    const passedStep = start === 'pass-breakpoint' ? state.steps : -1;
    this.#attention = false;
    // Between runs anyone may have changed anything.
    this.#timers.changed();
    this.#engine?.contextChanged();
    for (;;) {
      const step = state.steps;
      if (step >= this.#timers.nextStep) this.#timers.update();
      if (step >= end) return budgetStop;
      let stop = this.#beforeInstruction();
      if (stop === 'again') continue;
      stop ??= this.#runInstructions(Math.min(end, this.#timers.nextStep) - step, step === passedStep);
      if (stop !== undefined) {
        if (stop.kind !== 'hosted' || serve === undefined) return stop;
        if (!serve(this, stop.level)) return attentionStop;
        this.#engine?.contextChanged();
      }
      if (this.#attention) return attentionStop;
    }
  }

  /** Raises (1) or lowers (0) an interrupt line into the hart; `code` is that of mip, `interruptCode`. */
  setInterruptLine(code: number, level: 0 | 1): void {
    const bit = 1 << code;
    if (level === 1) this.state.interruptLines |= bit;
    else this.state.interruptLines &= ~bit;
  }

  /** Ends the run under way after the present instruction, because the machine has to look at something. */
  requestAttention(): void {
    this.#attention = true;
  }

  /** Whether WFI would not wait now: an interrupt is pending and enabled in mie. */
  get wakes(): boolean {
    this.#timers.updateLines();
    return interruptEndsWait(this.state);
  }

  /** What a hosted M level ends with: the effects of MRET. */
  returnFromMachine(): void {
    if (countsEvents(this.state)) settleEvents(this.state);
    returnFromMachine(this.state, this.trapRecords);
    this.#engine?.returnedFromTrap();
  }

  /** What a hosted HS level ends with: the effects of SRET. */
  returnFromSupervisor(): void {
    if (countsEvents(this.state)) settleEvents(this.state);
    returnFromSupervisor(this.state, this.trapRecords);
    this.#engine?.returnedFromTrap();
  }

  /** The instruction word that raised the last exception; 0 where its fetch did. Of no meaning after interrupts. */
  get trappedWord(): number {
    return this.#evaluator.word;
  }

  /**
   * What a fence of some level asks for. Cached translations follow page tables by themselves (ADR 5), so that there is
   * nothing to drop where only these changed.
   */
  fence(fence: Fence): void {
    if (fence.kind === 'all') this.#engine?.flushAll();
  }

  /** How often its engine left wasm, and for what; `undefined` without one. */
  get departures(): DepartureCounts | undefined {
    return this.#engine?.departures.counts();
  }

  /** The architectural state as bytes, for a hash: equal exactly where the state is. Not a copy. */
  get stateBytes(): Uint8Array {
    // What was written to x0 is no state.
    this.state.slots[hartSlot.sink] = 0n;
    return this.state.bytes;
  }

  save(): SavedHart {
    return { state: this.stateBytes.slice(), trapRecords: this.trapRecords.save() };
  }

  /** `saved` comes from `save` of a hart of the same number. */
  restore(saved: SavedHart): void {
    this.state.bytes.set(saved.state);
    this.trapRecords.restore(saved.trapRecords);
    this.#protection.changed();
    this.#triggers.changed();
    this.fence({ kind: 'all' });
  }

  /** Everything that comes before an instruction may run. `again`: a trap was taken, so look again. */
  #beforeInstruction(): HartStop | 'again' | undefined {
    const { state } = this;
    if (this.#triggers.hasFired) return undefined;
    const due = dueInterrupt(state);
    if (due !== undefined) {
      if (this.#triggers.areArmed) this.#triggers.count(this.#triggers.counting());
      const { code, to } = due;
      if (!this.#areTrapsUnseen)
        return this.#deliver(takeInterrupt(state, this.trapRecords, code, to)) ?? 'again';
      takeInterruptUnseen(state, this.trapRecords, code, to);
      return this.#enteredHandler() ?? 'again';
    }
    if (state.waiting) {
      if (!interruptEndsWait(state)) return { kind: 'wfi' };
      state.waiting = false;
    }
    const level = hostedLevel(state, this.hosted);
    return level && hostedStop[level];
  }

  /** Runs `budget` steps at most. `undefined`: interrupts have to be looked at. */
  #runInstructions(budget: number, passesBreakpoint: boolean): HartStop | undefined {
    const { state } = this;
    if (this.#engine === undefined || this.#triggers.needStep) {
      if (!passesBreakpoint && this.#isAtBreakpoint()) return { kind: 'breakpoint', pc: state.pc };
      return this.#step();
    }
    if (passesBreakpoint) this.#engine.passBreakpoint();
    this.#engine.callsInside =
      this.onTrap === undefined &&
      !this.hosted.supervisor &&
      !this.#triggers.areArmed &&
      !countsEvents(state);
    switch (this.#engine.run(budget)) {
      case engineExit.budget:
        return undefined;
      case engineExit.breakpoint:
        return { kind: 'breakpoint', pc: state.pc };
      case engineExit.slow:
        return this.#stepOutside(this.#engine);
      case engineExit.refusedLoad:
        return this.#accessOutside(this.#engine, 'read');
      case engineExit.refusedStore:
        return this.#accessOutside(this.#engine, 'write');
    }
  }

  #stepOutside(engine: Engine): HartStop | undefined {
    const word = engine.fetched;
    engine.departures.doneOutside(word);
    if (word === ecallWord && this.#areTrapsUnseen) {
      this.#evaluator.word = word;
      this.#quickTraps.call();
      return this.#enteredHandler();
    }
    const stop = this.#step(word);
    if (word === sretWord || word === mretWord) engine.returnedFromTrap();
    return stop;
  }

  #accessOutside(engine: Engine, access: 'read' | 'write'): HartStop | undefined {
    const word = engine.fetched;
    engine.departures.doneOutside(word);
    if (word === undefined || !this.#areTrapsUnseen) return this.#step(word);
    if (!this.#quickTraps.guestPageFault(word, access, engine.missLow, engine.missHigh))
      return this.#step(word);
    this.#evaluator.word = word;
    return this.#enteredHandler();
  }

  /** Is there nobody who is told of each trap? */
  get #areTrapsUnseen(): boolean {
    return this.onTrap === undefined && this.exits === undefined && !this.#triggers.areArmed;
  }

  /** One instruction by the evaluator, or the trap that it raises; `word` if it has been fetched. */
  #step(word?: number): HartStop | undefined {
    const from = this.state.mode;
    const trap = this.#triggers.areArmed ? this.#stepWithTriggers() : this.#evaluator.step(word);
    if (this.exits && from === supervisorMode && this.state.virtual) this.exits.entered();
    return trap && this.#deliver(takeTrap(this.state, this.trapRecords, trap));
  }

  #stepWithTriggers(): Trap | undefined {
    const counting = this.#triggers.counting();
    const trap = this.#triggers.beforeInstruction() ?? this.#evaluator.step();
    this.#triggers.count(counting);
    return trap;
  }

  #deliver(taken: TakenTrap): HartStop | undefined {
    const stop = this.#enteredHandler();
    // A hosted level has no first instruction to fire before.
    if (this.#triggers.areArmed && stop === undefined) this.#triggers.trapped(taken);
    if (taken.from.virtual && taken.to === supervisorMode) this.exits?.left(taken);
    return this.onTrap?.(taken) ? { kind: 'trap', trap: taken } : stop;
  }

  /** A trap was taken; the stop that it is where its level is hosted. */
  #enteredHandler(): HartStop | undefined {
    this.#timers.countingChanged();
    this.#engine?.enterByTrap();
    this.#engine?.contextChanged();
    const level = hostedLevel(this.state, this.hosted);
    return level && hostedStop[level];
  }

  #isAtBreakpoint(): boolean {
    const { pc } = this.state;
    if (this.#breakpoints.has('virtual', pc)) return true;
    if (this.#breakpoints.pages('physical').size === 0) return false;
    const regime = fetchRegime(this.state);
    const page = this.walker.walk({ address: pc, access: 'execute', regime, effects: 'none' });
    if (typeof page !== 'number') return false;
    return this.#breakpoints.has('physical', BigInt(page) * 4096n + BigInt.asUintN(12, pc));
  }
}

const ecallWord = 0x73;
const sretWord = 0x1020_0073;
const mretWord = 0x3020_0073;
// What `run` returns most often is made once.
const budgetStop: HartStop = { kind: 'budget' };
const attentionStop: HartStop = { kind: 'attention' };
const hostedStop: Readonly<Record<HostedLevel, HartStop>> = {
  machine: { kind: 'hosted', level: 'machine' },
  supervisor: { kind: 'hosted', level: 'supervisor' },
};
