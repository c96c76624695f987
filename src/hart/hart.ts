import type { CsrFile } from './csr-file.ts';
import type { DepartureCounts } from './engine/departures.ts';
import type { Engine } from './engine/engine.ts';
import { countsEvents, settleEvents } from './event-counters.ts';
import { createHartParts, type HartOptions } from './hart-parts.ts';
import type { HartTimers } from './hart-timers.ts';
import type { HostedLevel, HostedLevels } from './hosted.ts';
import type { InstructionRunner } from './instruction-runner.ts';
import { dueInterrupt, interruptEndsWait } from './interrupts.ts';
import type { MemoryView } from './memory-view.ts';
import type { PhysicalProtection } from './physical-protection.ts';
import { hartSlot } from './state-layout.ts';
import type { HartState } from './state.ts';
import type { HartStop } from './stop.ts';
import type { Fence } from './translation/fence.ts';
import type { PageWalker } from './translation/walk.ts';
import type { ExitWatch, TrapDelivery, TrapObserver } from './trap-delivery.ts';
import type { TrapRecord, TrapRecords } from './trap-records.ts';
import { returnFromMachine, returnFromSupervisor, takeInterrupt, takeInterruptUnseen } from './traps.ts';
import type { Triggers } from './triggers/triggers.ts';

/** What a run does at a breakpoint on which it begins: the one that stopped the last run is passed. */
export type RunStart = 'stop-at-breakpoint' | 'pass-breakpoint';

/**
 * The software of a hosted level, where a run need not stop for it: handles a trap that has been delivered to its level.
 * `false`: the machine has to look at something before the hart runs on.
 */
export type ServeLevel = (hart: Hart, level: HostedLevel) => boolean;

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

  readonly #protection: PhysicalProtection;
  readonly #triggers: Triggers;
  readonly #timers: HartTimers;
  readonly #engine: Engine | undefined;
  readonly #delivery: TrapDelivery;
  readonly #instructions: InstructionRunner;
  #attention = false;

  constructor(options: HartOptions) {
    this.id = options.id;
    this.hosted = options.hosted;
    const parts = createHartParts(options);
    this.state = parts.state;
    this.csrs = parts.csrs;
    this.trapRecords = parts.records;
    this.walker = parts.walker;
    this.view = parts.view;
    this.#protection = parts.protection;
    this.#triggers = parts.triggers;
    this.#timers = parts.timers;
    this.#engine = parts.engine;
    this.#delivery = parts.delivery;
    this.#instructions = parts.instructions;
  }

  /** From now on sees the hart's traps. */
  set onTrap(observer: TrapObserver | undefined) {
    this.#delivery.onTrap = observer;
  }

  /** From now on is told of exits to guest software. */
  set exits(watch: ExitWatch) {
    this.#delivery.exits = watch;
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
    this.#engine?.beginRun();
    for (;;) {
      const step = state.steps;
      if (step >= this.#timers.nextStep) this.#timers.update();
      if (step >= end) return budgetStop;
      let stop = this.#beforeInstruction();
      if (stop === 'again') continue;
      stop ??= this.#instructions.run(Math.min(end, this.#timers.nextStep) - step, step === passedStep);
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
    return this.#instructions.trappedWord;
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
      if (!this.#delivery.isUnseen)
        return this.#delivery.deliver(takeInterrupt(state, this.trapRecords, code, to)) ?? 'again';
      takeInterruptUnseen(state, this.trapRecords, code, to);
      return this.#delivery.enteredHandler() ?? 'again';
    }
    if (state.waiting) {
      if (!interruptEndsWait(state)) return { kind: 'wfi' };
      state.waiting = false;
    }
    return this.#delivery.hostedStop();
  }
}

// What `run` returns most often is made once.
const budgetStop: HartStop = { kind: 'budget' };
const attentionStop: HartStop = { kind: 'attention' };
