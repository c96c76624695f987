import { addressInPage } from '../common/page.ts';
import { mret, sret } from '../isa/extensions/privileged.ts';
import { ecall } from '../isa/extensions/rv64i-control.ts';
import type { Breakpoints } from './breakpoints.ts';
import type { DeviceAccesses } from './device-accesses.ts';
import { engineExit } from './engine/engine-exit.ts';
import type { Engine } from './engine/engine.ts';
import { callsInside } from './engine/layout.ts';
import { countsEvents } from './event-counters.ts';
import { supervisorMode } from './hart-mode.ts';
import type { HostedLevels } from './hosted.ts';
import type { QuickTraps } from './quick-traps.ts';
import type { Evaluator } from './reference/evaluator.ts';
import type { HartState } from './state.ts';
import type { HartStop } from './stop.ts';
import { fetchRegime } from './translation/regime.ts';
import type { PageWalker } from './translation/walk.ts';
import type { TrapDelivery } from './trap-delivery.ts';
import type { TrapRecords } from './trap-records.ts';
import type { Trap } from './trap.ts';
import { takeTrap } from './traps.ts';
import type { Triggers } from './triggers/triggers.ts';

/** What an `InstructionRunner` needs of its hart. */
export interface RunnerParts {
  readonly state: HartState;
  readonly records: TrapRecords;
  readonly hosted: HostedLevels;
  readonly breakpoints: Breakpoints;
  readonly walker: PageWalker;
  readonly triggers: Triggers;
  readonly evaluator: Evaluator;
  readonly quickTraps: QuickTraps;
  readonly deviceAccesses: DeviceAccesses;
  readonly delivery: TrapDelivery;
  /** Without it the evaluator runs everything. */
  readonly engine: Engine | undefined;
}

/** Runs a hart's instructions: by the engine, and those that it leaves to others by the evaluator. */
export class InstructionRunner {
  readonly #parts: RunnerParts;
  readonly #state: HartState;
  readonly #triggers: Triggers;
  readonly #evaluator: Evaluator;
  readonly #delivery: TrapDelivery;
  readonly #engine: Engine | undefined;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    this.#state = parts.state;
    this.#triggers = parts.triggers;
    this.#evaluator = parts.evaluator;
    this.#delivery = parts.delivery;
    this.#engine = parts.engine;
  }

  /** The instruction word that raised the last exception; 0 where its fetch did. Of no meaning after interrupts. */
  get trappedWord(): number {
    return this.#evaluator.word;
  }

  /** Runs `budget` steps at most. `undefined`: interrupts have to be looked at. */
  run(budget: number, passesBreakpoint: boolean): HartStop | undefined {
    const engine = this.#engine;
    if (engine === undefined || this.#triggers.needStep) {
      if (!passesBreakpoint && this.#isAtBreakpoint()) return { kind: 'breakpoint', pc: this.#state.pc };
      return this.#step();
    }
    if (passesBreakpoint) engine.passBreakpoint();
    engine.callsInside = this.#callsInside;
    switch (engine.run(budget)) {
      case engineExit.budget:
        return undefined;
      case engineExit.breakpoint:
        return { kind: 'breakpoint', pc: this.#state.pc };
      case engineExit.slow:
        return this.#stepOutside(engine);
      case engineExit.refusedLoad:
        return this.#accessOutside(engine, 'read');
      case engineExit.refusedStore:
        return this.#accessOutside(engine, 'write');
    }
  }

  /** Whose system calls nobody else has to be told of. The hosted VMM is the kernel of programs in U mode. */
  get #callsInside(): number {
    if (this.#delivery.onTrap !== undefined || this.#triggers.areArmed || countsEvents(this.#state)) return 0;
    return this.#parts.hosted.supervisor ? callsInside.guest : callsInside.guest + callsInside.host;
  }

  #stepOutside(engine: Engine): HartStop | undefined {
    const word = engine.fetched;
    engine.departures.doneOutside(word);
    if (word === ecallWord && this.#delivery.isUnseen) {
      this.#evaluator.word = word;
      this.#parts.quickTraps.call();
      return this.#delivery.enteredHandler();
    }
    const stop = this.#step(word);
    if (word === sretWord || word === mretWord) engine.returnedFromTrap();
    return stop;
  }

  #accessOutside(engine: Engine, access: 'read' | 'write'): HartStop | undefined {
    const word = engine.fetched;
    engine.departures.doneOutside(word);
    if (word === undefined) return this.#step();
    const { missLow, missHigh } = engine;
    // First what a guest of a VMM does: what its second stage maps nowhere is no device of the machine's.
    if (this.#delivery.isUnseen && this.#parts.quickTraps.guestPageFault(word, access, missLow, missHigh)) {
      this.#evaluator.word = word;
      return this.#delivery.enteredHandler();
    }
    if (!this.#triggers.areArmed && this.#parts.deviceAccesses.access(word, access, missLow, missHigh))
      return undefined;
    return this.#step(word);
  }

  /** One instruction by the evaluator, or the trap that it raises; `word` if it has been fetched. */
  #step(word?: number): HartStop | undefined {
    const from = this.#state.mode;
    const trap = this.#triggers.areArmed ? this.#stepWithTriggers() : this.#evaluator.step(word);
    const { exits } = this.#delivery;
    if (exits && from === supervisorMode && this.#state.virtual) exits.entered();
    return trap && this.#delivery.deliver(takeTrap(this.#state, this.#parts.records, trap));
  }

  #stepWithTriggers(): Trap | undefined {
    const counting = this.#triggers.counting();
    const trap = this.#triggers.beforeInstruction() ?? this.#evaluator.step();
    this.#triggers.count(counting);
    return trap;
  }

  #isAtBreakpoint(): boolean {
    const { breakpoints, walker } = this.#parts;
    const { pc } = this.#state;
    if (breakpoints.has('virtual', pc)) return true;
    if (breakpoints.pages('physical').size === 0) return false;
    const regime = fetchRegime(this.#state);
    const page = walker.walk({ address: pc, access: 'execute', regime, effects: 'none' });
    if (typeof page !== 'number') return false;
    return breakpoints.has('physical', addressInPage(page, pc));
  }
}

const ecallWord = ecall.encoding.match;
const sretWord = sret.encoding.match;
const mretWord = mret.encoding.match;
