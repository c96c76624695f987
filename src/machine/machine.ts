import { assert } from '../common/errors.ts';
import type { Breakpoints } from '../hart/breakpoints.ts';
import type { Watchpoints } from '../hart/watchpoints.ts';
import { sumDepartures, type DepartureCounts } from '../hart/engine/departures.ts';
import type { TranslationStatistics } from '../hart/translator/translation-policy.ts';
import { MemoryHash } from '../hart/engine/memory-hash.ts';
import type { Hart } from '../hart/hart.ts';
import { hostedLevel, type HostedLevel } from '../hart/hosted.ts';
import type { HartStop } from '../hart/stop.ts';
import { createBoard, type Board } from './board.ts';
import { BreakpointPassing } from './breakpoint-passing.ts';
import { checkConfiguration, type CheckedConfiguration, type MachineConfiguration } from './configuration.ts';
import type { Htif } from './devices/htif.ts';
import { Ending } from './ending.ts';
import { connectObserver, type ExitObserver } from './exit-observer.ts';
import type { BuiltinFirmware } from './firmware/builtin-firmware.ts';
import type { HostedSupervisor } from './hosted-supervisor.ts';
import { HostedSoftware } from './hosted-software.ts';
import { createLevels } from './levels.ts';
import type { InputLog } from './input-log.ts';
import { Landmarks } from './landmarks.ts';
import { InputPorts } from './input-ports.ts';
import { HartRotation } from './hart-rotation.ts';
import type { MachineStop, Position, RunRequest, StageReached } from './machine-stop.ts';
import { hashBoard, restoreBoard, saveBoard, type SavedMachine } from './saved-machine.ts';
import { networkInputPort, virtioConsolePort } from './peripherals.ts';
import { powerOn } from './power-on.ts';
import { StateHash } from './state-hash.ts';
import { Timers } from './timers.ts';
import { WatchedAccesses } from './watched-accesses.ts';

/** Makes a machine and powers it on. Throws a `StrataError` where the configuration cannot be. */
export function createMachine(configuration: MachineConfiguration): Machine {
  return new Machine(checkConfiguration(configuration));
}

/**
 * A computer: RAM, harts, devices, and what its M and HS levels are. It runs only when told to, as far as it is
 * told to, and its history depends on its configuration and its input log alone. Positions are counted in steps
 * (ADR 1), summed over the harts.
 */
export class Machine {
  readonly configuration: CheckedConfiguration;
  readonly board: Board;
  /** undefined where M mode is the guest's own. */
  readonly firmware: BuiltinFirmware | undefined;
  /** The software of HS mode, where it is hosted. */
  readonly supervisor: HostedSupervisor | undefined;
  /** Told at every landmark: now and then, at the same steps in every run. */
  onLandmark: (() => void) | undefined;
  #exitObserver: ExitObserver | undefined;
  readonly #inputs: InputPorts;
  readonly #hosted: HostedSoftware;
  readonly #timers: Timers;
  readonly #rotation: HartRotation;
  readonly #ramHash: MemoryHash;
  readonly #landmarks = new Landmarks(() => this.onLandmark?.());
  readonly #ending = new Ending(() => this.#lookSoon());
  readonly #passing = new BreakpointPassing();
  readonly #watched: WatchedAccesses;
  #isNew = true;
  /** The hart that executes now. */
  #running: Hart | undefined;
  /** The guest stored to tohost. */
  #htifDue = false;
  /** Something has to be looked at before a hart runs on. */
  #mustLook = false;

  constructor(configuration: CheckedConfiguration) {
    this.configuration = configuration;
    const hosted = {
      machine: configuration.firmware === 'builtin',
      supervisor: configuration.supervisor !== undefined,
    };
    this.board = createBoard(configuration, hosted, {
      output: configuration.output,
      finish: (request) => this.#ending.askedByFinisher(request),
      exitByHtif: (code) => this.#ending.exit(code, 'tohost'),
      timersChanged: () => {
        this.#timers.changed();
        this.#lookSoon();
      },
    });
    const { harts, clint, clock, uart, virtioConsole, card, rtc, htif, memory, physical } = this.board;
    this.#inputs = new InputPorts(configuration.input?.entries ?? []);
    this.#timers = new Timers({ harts, clint, clock, rtc });
    this.#rotation = new HartRotation(harts, configuration.quantum);
    this.#ramHash = new MemoryHash(memory.wasm);
    this.#inputs.open('uart0', (bytes) => uart.receive(bytes));
    if (virtioConsole) this.#inputs.open(virtioConsolePort, (bytes) => virtioConsole.receive(bytes));
    if (card) this.#inputs.open(networkInputPort, (bytes) => card.port.receiveFromOutside(bytes));
    if (htif) this.#connectHtif(htif);
    const { firmware, supervisor } = createLevels(this.board, configuration, {
      reset: (type, reason) => this.#ending.askedBySbi(type, reason),
      openInput: (port, receive) => this.#inputs.open(port, receive),
    });
    this.firmware = firmware;
    this.supervisor = supervisor;
    this.#hosted = new HostedSoftware({ firmware, supervisor }, this.#ending);
    this.#watched = new WatchedAccesses({
      watchpoints: physical.watchpoints,
      running: () => this.#running,
      hosted: () => this.#hosted.stage?.level,
      currentHart: () => this.currentHart,
      lookSoon: () => this.#lookSoon(),
    });
    this.#powerOn();
  }

  /** All that came in from outside, and what is still to be seen of it. */
  get inputLog(): InputLog {
    return this.#inputs.log;
  }

  get harts(): readonly Hart[] {
    return this.board.harts;
  }

  get breakpoints(): Breakpoints {
    return this.board.breakpoints;
  }

  /** The bytes of RAM whose accesses stop the machine. */
  get watchpoints(): Watchpoints {
    return this.board.physical.watchpoints;
  }

  /** What the translator did so far; `undefined` where the engine has none. */
  get translation(): TranslationStatistics | undefined {
    return this.board.translation();
  }

  /** How often the harts' engines left wasm, and for what. */
  get departures(): DepartureCounts {
    return sumDepartures(this.harts.flatMap(({ departures }) => departures ?? []));
  }

  /** Steps since power-on, of all harts. */
  get steps(): number {
    return this.board.clock.steps;
  }

  /** The hart that ran last, or whose trap is being handled. */
  get currentHart(): Hart {
    return this.#hosted.hart ?? this.#rotation.current;
  }

  /** Nanoseconds of the machine's time that passed while every hart waited. */
  get idleNanoseconds(): number {
    return (this.board.clock.skipped * 1e9) / this.configuration.clockHertz;
  }

  /** Where in its history the machine is. */
  get position(): Position {
    const stage = this.#hosted.stage?.index;
    return stage === undefined ? { step: this.steps } : { step: this.steps, stage };
  }

  /** The stage that is about to be done, while a hosted level handles a trap. */
  get stage(): StageReached | undefined {
    return this.#hosted.stage;
  }

  /** Names of the consoles that take input. */
  get inputPorts(): readonly string[] {
    return this.#inputs.names;
  }

  /**
   * Something comes in from outside; the machine sees it from its present step on. Throws a `StrataError` where
   * there is no such console, or where the log already has later input.
   */
  input(port: string, bytes: Uint8Array): void {
    this.#inputs.accept({ step: this.steps, port, bytes });
    if (!this.#hosted.isUnderWay) this.#inputs.show(this.steps);
    else this.#mustLook = true;
  }

  /** From now on sees all exits to software in HS mode; at most one does. Nothing of a guest has run yet. */
  observeExits(observer: ExitObserver): void {
    this.#exitObserver = observer;
    connectObserver(this.harts, observer);
  }

  /** Runs until the step that is asked for, or until something stops it sooner. */
  run(request: RunRequest = {}): MachineStop {
    const { until = Infinity, budget = Infinity, mostIdleNanoseconds = Infinity, stopBeforeStage } = request;
    const end = Math.min(until, this.steps + budget);
    const mostIdle = this.idleNanoseconds + mostIdleNanoseconds;
    for (;;) {
      const stop = this.#runOn(end, stopBeforeStage);
      if (stop) return stop;
      if (this.idleNanoseconds >= mostIdle) return { kind: 'budget' };
    }
  }

  /** Back to power-on: the same history begins again, with the input that was recorded. */
  reset(): void {
    for (const hart of this.harts) hart.state.bytes.fill(0);
    this.inputLog.position = 0;
    for (const { device } of this.board.bus.regions) device.renew();
    this.#powerOn();
  }

  /** Everything that decides how history goes on, but for input to come; 16 hexadecimal digits. */
  hash(): string {
    const hash = new StateHash();
    hashBoard(this.board, this.#ramHash, hash);
    hash.state(this.#rotation.save());
    hash.state([this.firmware?.save() ?? null, this.supervisor?.save() ?? null]);
    return hash.digest();
  }

  /**
   * All state, as data; not while a hosted level handles a trap. What of RAM is as it was when the machine was saved
   * before, in `former`, is kept once.
   */
  save(former?: SavedMachine): SavedMachine {
    assert(!this.#hosted.isUnderWay, 'a machine is saved between instructions');
    return {
      ...saveBoard(this.board, former),
      rotation: this.#rotation.save(),
      inputPosition: this.inputLog.position,
      firmware: this.firmware?.save(),
      supervisor: this.supervisor?.save(),
      exits: this.#exitObserver?.save(),
      ended: this.#ending.stop,
    };
  }

  /** The inverse of `save`, for a machine of the same configuration. */
  restore(saved: SavedMachine): void {
    restoreBoard(this.board, saved);
    this.#rotation.restore(saved.rotation);
    this.inputLog.position = saved.inputPosition;
    if (saved.firmware) this.firmware?.restore(saved.firmware);
    if (saved.supervisor !== undefined) this.supervisor?.restore(saved.supervisor);
    if (saved.exits !== undefined) this.#exitObserver?.restore(saved.exits);
    this.#ending.restore(saved.ended);
    this.#passing.forget();
    this.#hosted.abandon();
    this.#watched.take();
    this.#timers.changed();
  }

  /** Does what comes next; a stop ends the run. */
  #runOn(end: number, stopBeforeStage: RunRequest['stopBeforeStage']): MachineStop | undefined {
    if (this.#hosted.isUnderWay) return this.#hosted.run(stopBeforeStage);
    const accesses = this.#watched.take();
    if (accesses) return { kind: 'watchpoint', accesses };
    if (this.#ending.stop) return this.#ending.stop;
    if (this.#ending.rebootRequested) this.#powerOn();
    this.#inputs.show(this.steps);
    // What comes in may be written to memory that is watched.
    if (this.watchpoints.areTouched) return undefined;
    const step = this.steps;
    const timerStep = this.#timers.update(step);
    if (step >= end) return { kind: 'budget' };
    const landmark = this.#landmarks.reach(step);
    const turn = this.#rotation.next(this.#canRun);
    if (!turn) return this.#skipTime();
    const { hart } = turn;
    if (hart.state.waiting) this.#endWait(hart);
    const budget = Math.min(end, timerStep, landmark, this.inputLog.nextStep) - step;
    return this.#runHart(hart, Math.min(budget, turn.steps, longestRun), stopBeforeStage);
  }

  #runHart(
    hart: Hart,
    budget: number,
    stopBeforeStage: RunRequest['stopBeforeStage'],
  ): MachineStop | undefined {
    const { state } = hart;
    const before = state.steps;
    this.#running = hart;
    const stop = this.#passing.takes(hart)
      ? this.#passing.pass(hart, () => hart.run(1, 'pass-breakpoint'))
      : hart.run(budget, 'stop-at-breakpoint', stopBeforeStage ? undefined : this.#serve);
    this.#running = undefined;
    this.#rotation.spend(state.steps - before);
    if (this.#htifDue) {
      this.board.htif?.serve();
      this.#htifDue = false;
    }
    return this.#afterRun(hart, stop);
  }

  #afterRun(hart: Hart, stop: HartStop): MachineStop | undefined {
    switch (stop.kind) {
      case 'budget':
      case 'attention':
      case 'wfi':
        return undefined;
      case 'breakpoint':
        return this.#passing.stopsAt(hart, stop.pc)
          ? { kind: 'breakpoint', hart: hart.id, pc: stop.pc }
          : undefined;
      case 'trap': {
        // Its handling is begun, so that this position is not the one after it.
        const level = hostedLevel(hart.state, hart.hosted);
        if (level) this.#hosted.begin(hart, level);
        return { kind: 'trap', hart: hart.id, trap: stop.trap };
      }
      case 'hosted':
        this.#hosted.begin(hart, stop.level);
        return undefined;
    }
  }

  /** Handles a trap to a hosted level in the middle of a hart's run, as `#runOn` would after it. */
  readonly #serve = (hart: Hart, level: HostedLevel): boolean => {
    // Now it is not the guest that stores to memory.
    this.#running = undefined;
    this.#mustLook = false;
    const goesOn = this.#hosted.handle(hart, level);
    this.#running = hart;
    return goesOn && !this.#mustLook;
  };

  /** Once the instruction, or the handling of a trap, is done. */
  #lookSoon(): void {
    this.#mustLook = true;
    this.#running?.requestAttention();
  }

  readonly #canRun = (hart: Hart): boolean => {
    if (this.firmware && !this.firmware.isStarted(hart.id)) return false;
    return !hart.state.waiting || hart.wakes;
  };

  #endWait(hart: Hart): void {
    hart.state.waiting = false;
    this.firmware?.wake(hart);
  }

  /** Every hart waits: time jumps to the next timer that wakes one. The jump is a step (ADR 1). */
  #skipTime(): MachineStop | undefined {
    const waiting = this.harts.filter(({ id }) => !this.firmware || this.firmware.isStarted(id));
    const wake = this.#timers.nextWake(waiting);
    const [first] = waiting;
    if (wake === undefined || !first) return { kind: 'idle' };
    this.board.clock.skipTo(wake);
    first.state.steps++;
    first.state.trapsTaken++;
    this.#timers.changed();
    return undefined;
  }

  #connectHtif(htif: Htif): void {
    const { physical } = this.board;
    const toHost = Number(htif.toHost);
    this.#inputs.open('htif', (bytes) => htif.receive(bytes));
    physical.onDidWriteRam(({ address, length }) => {
      if (!this.#running || address >= toHost + 8 || address + length <= toHost) return;
      // The store is finished first: the guest's request is served once its instruction has retired.
      this.#htifDue = true;
      this.#running.requestAttention();
    });
  }

  #powerOn(): void {
    this.#htifDue = false;
    this.#rotation.reset();
    this.#hosted.abandon();
    this.#ending.restore(undefined);
    this.#passing.forget();
    this.#exitObserver?.clear();
    powerOn(this.board, this.configuration, this.firmware, { isNew: this.#isNew });
    this.#isNew = false;
    this.#timers.changed();
    const [first] = this.harts;
    if (first) this.#hosted.start(first);
    this.#watched.take();
    this.#inputs.show(this.steps);
  }
}

/** Steps that a hart runs at a time where nothing limits them: a number that it can count with. */
const longestRun = 2 ** 40;
