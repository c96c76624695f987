import { assert } from '../common/errors.ts';
import type { Breakpoints } from '../hart/breakpoints.ts';
import type { Watchpoints } from '../hart/watchpoints.ts';
import { sumDepartures, type DepartureCounts } from '../hart/engine/departures.ts';
import type { TranslationStatistics } from '../hart/translator/translation-policy.ts';
import type { Hart } from '../hart/hart.ts';
import { createBoard, type Board } from './board.ts';
import { checkConfiguration, type CheckedConfiguration, type MachineConfiguration } from './configuration.ts';
import { Ending } from './ending.ts';
import { connectObserver, type ExitObserver } from './exit-observer.ts';
import type { BuiltinFirmware } from './firmware/builtin-firmware.ts';
import type { HostedSupervisor } from './hosted-supervisor.ts';
import { HostedSoftware } from './hosted-software.ts';
import { createLevels } from './levels.ts';
import type { InputLog } from './input-log.ts';
import { InputPorts } from './input-ports.ts';
import { HartRotation } from './hart-rotation.ts';
import type { MachineStop, Position, RunRequest, StageReached } from './machine-stop.ts';
import { hashBoard, restoreBoard, saveBoard, type SavedMachine } from './saved-machine.ts';
import { networkInputPort, virtioConsolePort } from './peripherals.ts';
import { powerOn } from './power-on.ts';
import { RunLoop } from './run-loop.ts';
import { StateHash } from './state-hash.ts';
import { Timers } from './timers.ts';

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
  readonly #ending = new Ending(() => this.#loop.lookSoon());
  readonly #loop: RunLoop;
  #isNew = true;

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
        this.#loop.lookSoon();
      },
    });
    const { harts, clint, clock, uart, virtioConsole, card, rtc, htif } = this.board;
    this.#inputs = new InputPorts(configuration.input?.entries ?? []);
    this.#timers = new Timers({ harts, clint, clock, rtc });
    this.#rotation = new HartRotation(harts, configuration.quantum);
    this.#inputs.open('uart0', (bytes) => uart.receive(bytes));
    if (virtioConsole) this.#inputs.open(virtioConsolePort, (bytes) => virtioConsole.receive(bytes));
    if (card) this.#inputs.open(networkInputPort, (bytes) => card.port.receiveFromOutside(bytes));
    if (htif) this.#inputs.open('htif', (bytes) => htif.receive(bytes));
    const { firmware, supervisor } = createLevels(this.board, configuration, {
      reset: (type, reason) => this.#ending.askedBySbi(type, reason),
      openInput: (port, receive) => this.#inputs.open(port, receive),
    });
    this.firmware = firmware;
    this.supervisor = supervisor;
    this.#hosted = new HostedSoftware({ firmware, supervisor }, this.#ending);
    this.#loop = new RunLoop({
      board: this.board,
      clockHertz: configuration.clockHertz,
      firmware,
      hosted: this.#hosted,
      ending: this.#ending,
      inputs: this.#inputs,
      timers: this.#timers,
      rotation: this.#rotation,
      onLandmark: () => this.onLandmark?.(),
      reboot: () => this.#powerOn(),
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
    return this.#loop.currentHart;
  }

  /** Nanoseconds of the machine's time that passed while every hart waited. */
  get idleNanoseconds(): number {
    return this.#loop.idleNanoseconds;
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
    else this.#loop.lookSoon();
  }

  /** From now on sees all exits to software in HS mode; at most one does. Nothing of a guest has run yet. */
  observeExits(observer: ExitObserver): void {
    this.#exitObserver = observer;
    connectObserver(this.harts, observer);
  }

  /** Runs until the step that is asked for, or until something stops it sooner. */
  run(request: RunRequest = {}): MachineStop {
    return this.#loop.run(request);
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
    hashBoard(this.board, hash);
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
    this.#loop.abandon();
  }

  #powerOn(): void {
    this.#rotation.reset();
    this.#ending.restore(undefined);
    this.#exitObserver?.clear();
    powerOn(this.board, this.configuration, this.firmware, { isNew: this.#isNew });
    this.#isNew = false;
    const [first] = this.harts;
    if (first) this.#hosted.start(first);
    this.#loop.abandon();
    this.#inputs.show(this.steps);
  }
}
