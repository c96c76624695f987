import { assert, StrataError } from '../common/errors.ts';
import type { Breakpoints } from '../hart/breakpoints.ts';
import { MemoryHash } from '../hart/engine/memory-hash.ts';
import type { Hart } from '../hart/hart.ts';
import type { HartStop } from '../hart/stop.ts';
import type { TakenTrap } from '../hart/trap.ts';
import { createBoard, type Board } from './board.ts';
import { loadBootData } from './boot-data.ts';
import { checkConfiguration, type CheckedConfiguration, type MachineConfiguration } from './configuration.ts';
import type { Htif } from './devices/htif.ts';
import type { FinisherRequest } from './devices/test-finisher.ts';
import { ExitStages } from './exit-stages.ts';
import { BuiltinFirmware } from './firmware/builtin-firmware.ts';
import { resetReason, resetType } from './firmware/sbi/sbi.ts';
import type { HostedSupervisor, SupervisorProgress } from './hosted-supervisor.ts';
import { InputLog } from './input-log.ts';
import { HartRotation } from './hart-rotation.ts';
import type { ExitSource, MachineStop, Position, RunRequest, StageReached } from './machine-stop.ts';
import { restoreBoard, saveBoard, type SavedMachine } from './saved-machine.ts';
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
  readonly inputLog: InputLog;
  readonly #inputs = new Map<string, (bytes: Uint8Array) => void>();
  readonly #stages: ExitStages | undefined;
  readonly #timers: Timers;
  readonly #rotation: HartRotation;
  readonly #ramHash: MemoryHash;
  #ended: Extract<MachineStop, { readonly kind: 'exit' | 'fatal' }> | undefined;
  #isNew = true;
  #rebootRequested = false;
  /** The hart that executes now. */
  #running: Hart | undefined;
  /** The guest stored to tohost. */
  #htifDue = false;
  /** Where the last run stopped: the next one passes this breakpoint. */
  #passed: { readonly hart: number; readonly pc: bigint } | undefined;

  constructor(configuration: CheckedConfiguration) {
    this.configuration = configuration;
    const hosted = {
      machine: configuration.firmware === 'builtin',
      supervisor: configuration.supervisor !== undefined,
    };
    this.board = createBoard(configuration, hosted, {
      output: configuration.output,
      finish: (request) => this.#finish(request),
      exitByHtif: (code) => this.#exit(code, 'tohost'),
      timersChanged: () => {
        this.#timers.changed();
        this.#running?.requestAttention();
      },
    });
    const { harts, clint, clock, uart, htif, memory, physical } = this.board;
    this.inputLog = new InputLog(configuration.input?.entries);
    this.#timers = new Timers({ harts, clint, clock });
    this.#rotation = new HartRotation(harts);
    this.#ramHash = new MemoryHash(memory.wasm);
    this.#inputs.set('uart0', (bytes) => uart.receive(bytes));
    if (htif) this.#connectHtif(htif);
    if (hosted.machine) {
      this.firmware = new BuiltinFirmware({
        harts,
        memory: physical,
        setSoftwareInterrupt: (hart, raised) => clint.setSoftwareInterrupt(hart, raised),
        console: { write: (byte) => uart.send(byte), read: () => uart.take() },
        reset: (type, reason) => this.#resetBySbi(type, reason),
      });
    }
    this.supervisor = configuration.supervisor?.({
      harts,
      memory,
      physical,
      bus: this.board.bus,
      clock,
      steps: () => this.steps,
      openInput: (port, receive) => this.#inputs.set(port, receive),
      output: configuration.output,
    });
    this.#stages = this.supervisor && new ExitStages(this.supervisor);
    this.#powerOn();
  }

  get harts(): readonly Hart[] {
    return this.board.harts;
  }

  get breakpoints(): Breakpoints {
    return this.board.breakpoints;
  }

  /** Steps since power-on, of all harts. */
  get steps(): number {
    return this.board.clock.steps;
  }

  /** The hart that ran last, or whose exit is under way. */
  get currentHart(): Hart {
    return this.#stages?.hart ?? this.#rotation.current;
  }

  /** Nanoseconds of the machine's time that passed while every hart waited. */
  get idleNanoseconds(): number {
    return (this.board.clock.skipped * 1e9) / this.configuration.clockHertz;
  }

  /** Where in its history the machine is. */
  get position(): Position {
    const stage = this.#stages?.current?.index;
    return stage === undefined ? { step: this.steps } : { step: this.steps, stage };
  }

  /** The stage that is about to be done, while an exit is under way. */
  get stage(): StageReached | undefined {
    return this.#stages?.current;
  }

  /** Names of the consoles that take input. */
  get inputPorts(): readonly string[] {
    return [...this.#inputs.keys()];
  }

  /**
   * Something comes in from outside; the machine sees it from its present step on. Throws a `StrataError` where
   * there is no such console, or where the log already has later input.
   */
  input(port: string, bytes: Uint8Array): void {
    if (!this.#inputs.has(port)) {
      throw new StrataError(
        'unknown-console',
        'user',
        `There is no console ${port}; there are ${this.inputPorts.join(', ')}.`,
      );
    }
    this.inputLog.append({ step: this.steps, port, bytes: bytes.slice() });
    if (!this.#stages?.current) this.#showInput();
  }

  /** Runs until the step that is asked for, or until something stops it sooner. */
  run(request: RunRequest = {}): MachineStop {
    const { until = Infinity, budget = Infinity, stopBeforeStage } = request;
    const end = Math.min(until, this.steps + budget);
    for (;;) {
      const stop = this.#runOn(end, stopBeforeStage);
      if (stop) return stop;
    }
  }

  /** Back to power-on: the same history begins again, with the input that was recorded. */
  reset(): void {
    for (const hart of this.harts) hart.state.bytes.fill(0);
    this.inputLog.position = 0;
    this.#powerOn();
  }

  /** Everything that decides how history goes on, but for input to come; 16 hexadecimal digits. */
  hash(): string {
    this.#settle();
    const { memory, clock, bus, htif } = this.board;
    const hash = new StateHash();
    hash.state(this.#ramHash.hash(memory.ramOffset, memory.ramSize));
    for (const hart of this.harts) hash.bytes(hart.stateBytes);
    for (const { device } of bus.regions) hash.state(device.save());
    hash.state([clock.save(), this.#rotation.save(), htif?.save() ?? null]);
    hash.state([this.firmware?.save() ?? null, this.supervisor?.save() ?? null]);
    return hash.digest();
  }

  /** All state, as data; not while an exit is under way. */
  save(): SavedMachine {
    assert(!this.#stages?.current, 'a machine is saved between exits');
    this.#settle();
    return {
      ...saveBoard(this.board),
      rotation: this.#rotation.save(),
      inputPosition: this.inputLog.position,
      firmware: this.firmware?.save(),
      supervisor: this.supervisor?.save(),
      ended: this.#ended,
    };
  }

  /** The inverse of `save`, for a machine of the same configuration. */
  restore(saved: SavedMachine): void {
    restoreBoard(this.board, saved);
    this.#rotation.restore(saved.rotation);
    this.inputLog.position = saved.inputPosition;
    if (saved.firmware) this.firmware?.restore(saved.firmware);
    if (saved.supervisor !== undefined) this.supervisor?.restore(saved.supervisor);
    this.#ended = saved.ended;
    this.#passed = undefined;
    this.#rebootRequested = false;
    this.#stages?.abandon();
    this.#timers.changed();
  }

  /** Does what comes next; a stop ends the run. */
  #runOn(end: number, stopBeforeStage: RunRequest['stopBeforeStage']): MachineStop | undefined {
    if (this.#stages?.current) return this.#runStages(this.#stages, stopBeforeStage);
    if (this.#ended) return this.#ended;
    if (this.#rebootRequested) this.#powerOn();
    this.#showInput();
    const step = this.steps;
    if (step >= end) return { kind: 'budget' };
    const timerStep = this.#timers.update(step);
    const turn = this.#rotation.next((hart) => this.#canRun(hart));
    if (!turn) return this.#skipTime();
    const { hart } = turn;
    if (hart.state.waiting) this.#endWait(hart);
    const budget = Math.min(end, timerStep, this.inputLog.nextStep) - step;
    return this.#runHart(hart, Math.min(budget, turn.steps, longestRun));
  }

  #runHart(hart: Hart, budget: number): MachineStop | undefined {
    const { state } = hart;
    const passes = this.#passed?.hart === hart.id && this.#passed.pc === state.pc;
    if (passes) this.#passed = undefined;
    const before = state.steps;
    this.#running = hart;
    const stop = hart.run(budget, passes ? 'pass-breakpoint' : 'stop-at-breakpoint');
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
        this.#passed = { hart: hart.id, pc: stop.pc };
        return { kind: 'breakpoint', hart: hart.id, pc: stop.pc };
      case 'trap':
        return { kind: 'trap', hart: hart.id, trap: stop.trap };
      case 'hosted':
        this.#handleTrap(hart, stop.level, stop.trap);
        return undefined;
    }
  }

  #handleTrap(hart: Hart, level: 'machine' | 'supervisor', trap: TakenTrap): void {
    if (level === 'supervisor') {
      this.#stages?.begin(hart, trap);
      return;
    }
    const outcome = this.firmware?.handleTrap(hart, trap);
    if (outcome?.kind === 'fatal') {
      this.#ended = { kind: 'fatal', blame: 'guest', message: outcome.message };
    }
  }

  #runStages(stages: ExitStages, stopBefore: RunRequest['stopBeforeStage']): MachineStop | undefined {
    const { hart } = stages;
    const outcome = stages.run(stopBefore);
    if (outcome.kind === 'stopped') {
      return { kind: 'stage', hart: outcome.stage.hart, stage: outcome.stage.name };
    }
    if (hart) this.#resumeFrom(hart, outcome.progress);
    return undefined;
  }

  #resumeFrom(hart: Hart, progress: SupervisorProgress): void {
    if (progress.kind === 'waiting') hart.state.waiting = true;
    else if (progress.kind === 'finished') this.#exit(progress.code, 'supervisor');
  }

  #canRun(hart: Hart): boolean {
    if (this.firmware && !this.firmware.isStarted(hart.id)) return false;
    return !hart.state.waiting || hart.wakes;
  }

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

  #showInput(): void {
    if (this.inputLog.nextStep > this.steps) return;
    for (const { port, bytes } of this.inputLog.take(this.steps)) this.#inputs.get(port)?.(bytes);
  }

  /** Interrupt lines of timers follow the time, which a run that has ended may not have noticed. */
  #settle(): void {
    this.#timers.changed();
    this.#timers.update(this.steps);
    for (const hart of this.harts) hart.nextTimerDeadline();
  }

  #connectHtif(htif: Htif): void {
    const { physical } = this.board;
    const toHost = Number(htif.toHost);
    this.#inputs.set('htif', (bytes) => htif.receive(bytes));
    physical.onDidWriteRam(({ address, length }) => {
      if (!this.#running || address >= toHost + 8 || address + length <= toHost) return;
      // The store is finished first: the guest's request is served once its instruction has retired.
      this.#htifDue = true;
      this.#running.requestAttention();
    });
  }

  #finish(request: FinisherRequest): void {
    if (request.kind === 'exit') this.#exit(request.code, 'finisher');
    else this.#reboot();
  }

  #resetBySbi(type: number, reason: number): void {
    if (type === resetType.shutdown) this.#exit(reason === resetReason.systemFailure ? 1 : 0, 'sbi-srst');
    else this.#reboot();
  }

  #exit(code: number, by: ExitSource): void {
    this.#ended = { kind: 'exit', code, by };
    this.#running?.requestAttention();
  }

  #reboot(): void {
    this.#rebootRequested = true;
    this.#running?.requestAttention();
  }

  /** Puts everything into its first state. Steps go on: a reboot is part of history. */
  #powerOn(): void {
    const { harts, memory, physical, clock, bus, htif } = this.board;
    // New memory is zero already; writing to it would make the host provide all of it.
    if (!this.#isNew) {
      memory.ram.fill(0);
      physical.ramChanged(memory.ramBase, memory.ramSize);
    }
    this.#isNew = false;
    for (const { device } of bus.regions) device.reset();
    htif?.reset();
    this.#htifDue = false;
    this.#rotation.reset();
    this.#stages?.abandon();
    this.#ended = undefined;
    this.#passed = undefined;
    this.#rebootRequested = false;
    const { firmware, image } = this.configuration;
    const registers = loadBootData(this.board, this.configuration);
    const entry = typeof firmware === 'string' ? image.entry : firmware.entry;
    for (const hart of harts) {
      const { steps, trapsTaken } = hart.state;
      hart.reset(entry);
      hart.state.steps = steps;
      hart.state.trapsTaken = trapsTaken;
      hart.csrs.poke('mcycle', 0n);
      hart.csrs.poke('minstret', 0n);
      hart.state.setX(10, BigInt(hart.id));
      hart.state.setX(11, registers.deviceTree);
      hart.state.setX(12, registers.nextStage);
    }
    clock.reset();
    clock.setTicks(0n);
    this.#timers.changed();
    this.firmware?.boot(image.entry, registers.deviceTree);
    const [first] = harts;
    if (this.supervisor && first) this.#resumeFrom(first, this.supervisor.start(first.id));
    this.#showInput();
  }
}

/** Steps that a hart runs at a time where nothing limits them: a number that it can count with. */
const longestRun = 2 ** 40;
