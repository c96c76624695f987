import { assert } from '../../common/errors.ts';
import type { Hart } from '../../hart/hart.ts';
import { csrSlot } from '../../hart/state-layout.ts';
import { sstatusLow } from '../../hart/status-bits.ts';
import { exceptionCode } from '../../hart/trap.ts';
import type { Region } from '../../machine/bus.ts';
import type { Guest } from '../guest.ts';
import type { Vcpu } from '../vcpu.ts';
import { actingStage, exitActions, resumeStage, stageCount, type ExitStage } from './actions.ts';
import type { Exit, ExitHandler } from './exit.ts';
import { faultingAddress } from './guest-page-fault.ts';
import { handlerOf } from './handlers.ts';
import { ExitLog } from './log.ts';
import { column, copyTrapRegisters, type ExitRow } from './row.ts';
import { ExitStatistics } from './statistics.ts';

/**
 * Takes exits through their stages, up to the one that enters a guest again, and keeps account of them. What an
 * exit is about is worked out at once when it comes, so that an exit breakpoint can ask for all of it; the first
 * three stages only let a person follow.
 */
export class ExitHandling implements Exit {
  readonly log: ExitLog;
  readonly statistics = new ExitStatistics();
  readonly state: Hart['state'];
  readonly trapRecords: Hart['trapRecords'];
  readonly #hart: Hart;
  readonly #deliverInput: () => void;
  #guest: Guest | undefined;
  #vcpu: Vcpu | undefined;
  #address = 0;
  #region: Region | undefined;
  #handler: ExitHandler | undefined;
  #stage = stageCount;

  constructor(options: {
    readonly hart: Hart;
    /** How many exits the log holds. */
    readonly logCapacity: number;
    readonly deliverInput: () => void;
  }) {
    this.#hart = options.hart;
    this.state = options.hart.state;
    this.trapRecords = options.hart.trapRecords;
    this.log = new ExitLog(options.logCapacity);
    this.#deliverInput = options.deliverInput;
  }

  get row(): ExitRow {
    return this.log.current;
  }

  get guest(): Guest {
    assert(this.#guest !== undefined, 'an exit has a guest');
    return this.#guest;
  }

  get vcpu(): Vcpu {
    assert(this.#vcpu !== undefined, 'an exit has a vCPU');
    return this.#vcpu;
  }

  get address(): number {
    return this.#address;
  }

  get region(): Region | undefined {
    return this.#region;
  }

  /** Is an exit being handled? */
  get isUnderWay(): boolean {
    return this.#stage < stageCount;
  }

  /** Number of the stage that comes next. */
  get stage(): number {
    return this.#stage;
  }

  /** Its name. */
  get stageName(): ExitStage {
    switch (this.#stage) {
      case 0:
        return 'exit';
      case 1:
        return 'decode';
      case 2:
        return 'find';
      case actingStage:
        return exitActions[this.row.get(column.action)]?.id ?? 'emulate';
      default:
        return 'resume';
    }
  }

  /** A guest has left to HS mode: CSRs tell by which trap. */
  begin(guest: Guest, vcpu: Vcpu): void {
    this.#guest = guest;
    this.#vcpu = vcpu;
    this.#stage = 0;
    const row = this.log.begin();
    this.#copyTrap(row, guest, vcpu);
    const cause = row.get(causeColumn);
    const kind = row.get(interruptColumn) === 1 ? 'interrupt' : 'exception';
    const isFault = kind === 'exception' && cause >= firstFault;
    this.#address = isFault ? faultingAddress(this.state) : 0;
    this.#region = isFault ? guest.bus.regionAt(this.#address) : undefined;
    const handler = handlerOf(cause, kind, this.#region === undefined ? 'elsewhere' : 'device');
    this.#handler = handler;
    handler.decode(this);
    handler.find(this);
    this.statistics.count(guest.number, row.get(reason), row.get(device), row.getLow(pc), row.getHigh(pc));
  }

  /** Does the next stage, which is not the last. */
  advance(): void {
    if (this.#stage === actingStage) this.#handler?.act(this);
    this.#reach(this.#stage + 1);
  }

  /** Does all stages that are left but the last. */
  finish(): void {
    if (this.#stage <= actingStage) this.#handler?.act(this);
    this.#reach(resumeStage);
  }

  /** The last stage is done: `resumed` is the number of the vCPU that has the hart now, if any has. */
  end(resumed: Vcpu | undefined): void {
    const { row } = this;
    this.#reach(stageCount);
    if (resumed === undefined) return;
    row.set(resumedColumn, resumed.index + 1);
    row.setCount(cost, this.state.steps - row.getCount(step));
  }

  /** There is no exit under way: at power-on and after state was restored. */
  clear(): void {
    this.#stage = stageCount;
  }

  get trappedWord(): number {
    return this.#hart.trappedWord;
  }

  deliverInput(): void {
    this.#deliverInput();
  }

  #reach(stage: number): void {
    this.#stage = stage;
    this.row.set(stagesDone, stage);
  }

  #copyTrap(row: ExitRow, guest: Guest, vcpu: Vcpu): void {
    const { state } = this;
    // The trap was the last step.
    row.setCount(step, state.steps - 1);
    row.set(hart, this.#hart.id);
    row.set(guestColumn, guest.number);
    row.set(vcpuColumn, vcpu.id);
    row.set(fromKernel, ((state.halves[mstatus] as number) & SPP) === 0 ? 0 : 1);
    copyTrapRegisters(row, state);
  }
}

// All of this is asked for at every exit: so it is looked up here once.
const {
  step,
  cost,
  hart,
  guest: guestColumn,
  vcpu: vcpuColumn,
  fromKernel,
  cause: causeColumn,
  interrupt: interruptColumn,
  reason,
  device,
  pc,
  stagesDone,
  resumed: resumedColumn,
} = column;
const mstatus = 2 * csrSlot.mstatus;
const { SPP } = sstatusLow;
const firstFault = exceptionCode.instructionGuestPageFault;
