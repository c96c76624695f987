import type { Hart } from '../hart/hart.ts';
import { hostedLevel, type HostedLevel } from '../hart/hosted.ts';
import type { HartStop } from '../hart/stop.ts';
import type { Board } from './board.ts';
import { BreakpointPassing } from './breakpoint-passing.ts';
import type { Ending } from './ending.ts';
import type { BuiltinFirmware } from './firmware/builtin-firmware.ts';
import type { HartRotation } from './hart-rotation.ts';
import type { HostedSoftware } from './hosted-software.ts';
import type { InputPorts } from './input-ports.ts';
import { Landmarks } from './landmarks.ts';
import type { MachineStop, RunRequest } from './machine-stop.ts';
import type { Timers } from './timers.ts';
import { WatchedAccesses } from './watched-accesses.ts';

/** What a `RunLoop` has take turns. */
export interface RunLoopParts {
  readonly board: Board;
  readonly clockHertz: number;
  readonly firmware: BuiltinFirmware | undefined;
  readonly hosted: HostedSoftware;
  readonly ending: Ending;
  readonly inputs: InputPorts;
  readonly timers: Timers;
  readonly rotation: HartRotation;
  /** Told at every landmark. */
  readonly onLandmark: () => void;
  /** The guest asked to begin again. */
  readonly reboot: () => void;
}

/** Lets harts, hosted levels, timers and input take their turns, each at its step: so that there is one history. */
export class RunLoop {
  readonly #parts: RunLoopParts;
  readonly #board: Board;
  readonly #hosted: HostedSoftware;
  readonly #landmarks: Landmarks;
  readonly #passing = new BreakpointPassing();
  readonly #watched: WatchedAccesses;
  /** The hart that executes now. */
  #running: Hart | undefined;
  /** The guest stored to tohost. */
  #htifDue = false;
  /** Something has to be looked at before a hart runs on. */
  #mustLook = false;

  constructor(parts: RunLoopParts) {
    this.#parts = parts;
    this.#board = parts.board;
    this.#hosted = parts.hosted;
    this.#landmarks = new Landmarks(parts.onLandmark);
    this.#watched = new WatchedAccesses({
      watchpoints: parts.board.physical.watchpoints,
      running: () => this.#running,
      hosted: () => this.#hosted.stage?.level,
      currentHart: () => this.currentHart,
      lookSoon: () => this.lookSoon(),
    });
    this.#watchToHost();
  }

  /** The hart that ran last, or whose trap is being handled. */
  get currentHart(): Hart {
    return this.#hosted.hart ?? this.#parts.rotation.current;
  }

  /** Nanoseconds of the machine's time that passed while every hart waited. */
  get idleNanoseconds(): number {
    return (this.#board.clock.skipped * 1e9) / this.#parts.clockHertz;
  }

  /** Runs until the step that is asked for, or until something stops it sooner. */
  run(request: RunRequest): MachineStop {
    const { until = Infinity, budget = Infinity, mostIdleNanoseconds = Infinity, stopBeforeStage } = request;
    const end = Math.min(until, this.#board.clock.steps + budget);
    const mostIdle = this.idleNanoseconds + mostIdleNanoseconds;
    for (;;) {
      const stop = this.#runOn(end, stopBeforeStage);
      if (stop) return stop;
      if (this.idleNanoseconds >= mostIdle) return { kind: 'budget' };
    }
  }

  /** Has everything looked at once the instruction, or the handling of a trap, is done. */
  lookSoon(): void {
    this.#mustLook = true;
    this.#running?.requestAttention();
  }

  /** The machine is put into another state: what was under way is not any more. */
  abandon(): void {
    this.#htifDue = false;
    this.#passing.forget();
    this.#hosted.abandon();
    this.#watched.take();
    this.#parts.timers.changed();
  }

  /** Does what comes next; a stop ends the run. */
  #runOn(end: number, stopBeforeStage: RunRequest['stopBeforeStage']): MachineStop | undefined {
    const { ending, inputs, timers, rotation, reboot } = this.#parts;
    if (this.#hosted.isUnderWay) return this.#hosted.run(stopBeforeStage);
    const accesses = this.#watched.take();
    if (accesses) return { kind: 'watchpoint', accesses };
    if (ending.stop) return ending.stop;
    if (ending.rebootRequested) reboot();
    const step = this.#board.clock.steps;
    inputs.show(step);
    // What comes in may be written to memory that is watched.
    if (this.#board.physical.watchpoints.areTouched) return undefined;
    const timerStep = timers.update(step);
    if (step >= end) return { kind: 'budget' };
    const landmark = this.#landmarks.reach(step);
    const turn = rotation.next(this.#canRun);
    if (!turn) return this.#skipTime();
    const { hart } = turn;
    if (hart.state.waiting) this.#endWait(hart);
    const budget = Math.min(end, timerStep, landmark, inputs.log.nextStep) - step;
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
    this.#parts.rotation.spend(state.steps - before);
    if (this.#htifDue) {
      this.#board.htif?.serve();
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

  readonly #canRun = (hart: Hart): boolean => {
    const { firmware } = this.#parts;
    if (firmware && !firmware.isStarted(hart.id)) return false;
    return !hart.state.waiting || hart.wakes;
  };

  #endWait(hart: Hart): void {
    hart.state.waiting = false;
    this.#parts.firmware?.wake(hart);
  }

  /** Every hart waits: time jumps to the next timer that wakes one. The jump is a step (ADR 1). */
  #skipTime(): MachineStop | undefined {
    const { firmware, timers } = this.#parts;
    const waiting = this.#board.harts.filter(({ id }) => !firmware || firmware.isStarted(id));
    const wake = timers.nextWake(waiting);
    const [first] = waiting;
    if (wake === undefined || !first) return { kind: 'idle' };
    this.#board.clock.skipTo(wake);
    first.state.steps++;
    first.state.trapsTaken++;
    timers.changed();
    return undefined;
  }

  /** A guest's request by HTIF is served once the instruction that stored it has retired. */
  #watchToHost(): void {
    const { htif, physical } = this.#board;
    if (!htif) return;
    const toHost = Number(htif.toHost);
    physical.onDidWriteRam(({ address, length }) => {
      if (!this.#running || address >= toHost + 8 || address + length <= toHost) return;
      this.#htifDue = true;
      this.#running.requestAttention();
    });
  }
}

/** Steps that a hart runs at a time where nothing limits them: a number that it can count with. */
const longestRun = 2 ** 40;
