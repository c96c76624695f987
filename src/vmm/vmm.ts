import type { HostPhysicalAddress } from '../common/address.ts';
import { assert } from '../common/errors.ts';
import type { Hart } from '../hart/hart.ts';
import type { SavedState } from '../machine/device.ts';
import type {
  HostedSupervisor,
  SupervisorHost,
  SupervisorOutcome,
  SupervisorProgress,
} from '../machine/hosted-supervisor.ts';
import { exitActions, resumeStage, type ExitStage } from './exits/actions.ts';
import { ExitHandling } from './exits/handling.ts';
import { ExitRecord, type ExitNames } from './exits/record.ts';
import type { ExitStatistics, ExitStatisticsState } from './exits/statistics.ts';
import type { Guest, GuestState } from './guest.ts';
import { makeGuests, type GuestConfiguration } from './guests.ts';
import { InputMailbox, type MailboxState } from './input-mailbox.ts';
import { Frames, frameSize, type FramesState } from './memory/frames.ts';
import { Scheduler } from './scheduler.ts';
import { setUpSupervisor, type Interception } from './supervisor-setup.ts';
import type { Vcpu } from './vcpu.ts';

export interface VmmOptions {
  readonly guests: readonly GuestConfiguration[];
  /** Ticks of the machine's time that a vCPU runs before others get their turn: a millisecond unless told. */
  readonly sliceTicks?: bigint;
  /** Exceptions of the guests that the VMM sees first, and passes on. */
  readonly intercept?: readonly Interception[];
  /** How many of the newest exits are kept. */
  readonly logCapacity?: number;
}

/** Whose a frame of the machine's RAM is. */
export type Ownership =
  | { readonly kind: 'guest'; readonly guest: Guest; readonly gpa: number }
  | { readonly kind: 'page-table'; readonly guest: Guest }
  | { readonly kind: 'vmm' }
  | { readonly kind: 'free' };

/**
 * The hosted VMM, technique `hardware-assisted`: software in HS mode, in TypeScript. Guests run in VS and VU mode
 * on the hart itself, under second-stage page tables; what they may not do comes here as an exit.
 */
export class HostedVmm implements HostedSupervisor {
  readonly guests: readonly Guest[];
  readonly statistics: ExitStatistics;
  readonly #hart: Hart;
  readonly #host: SupervisorHost;
  readonly #frames: Frames;
  readonly #vcpus: readonly Vcpu[];
  readonly #guestOfVcpu: readonly Guest[];
  readonly #scheduler: Scheduler;
  readonly #mailbox: InputMailbox;
  readonly #exits: ExitHandling;
  readonly #options: VmmOptions;
  /** The vCPU whose registers are in the hart. */
  #loaded: Vcpu | undefined;
  #scheduleChanged = true;
  /** Step of the last entry into a guest. */
  #entryStep = 0;

  constructor(host: SupervisorHost, options: VmmOptions) {
    const [hart] = host.harts;
    assert(hart !== undefined && host.harts.length === 1, 'the VMM runs on a machine of one hart');
    this.#hart = hart;
    this.#host = host;
    this.#options = options;
    const { sliceTicks = 10_000n, logCapacity = 0x1_0000 } = options;
    this.#frames = new Frames(host.memory.ramBase, host.memory.ramSize);
    this.guests = makeGuests(host, hart, this.#frames, options.guests, () => {
      this.#scheduleChanged = true;
    });
    this.#vcpus = this.guests.flatMap(({ vcpus }) => vcpus);
    this.#guestOfVcpu = this.guests.flatMap((guest) => guest.vcpus.map(() => guest));
    this.#scheduler = new Scheduler({ vcpus: this.#vcpus, sliceTicks });
    this.#mailbox = new InputMailbox(hart, this.guests);
    this.#exits = new ExitHandling({
      hart,
      logCapacity,
      deliverInput: () => this.#mailbox.deliver(),
    });
    this.statistics = this.#exits.statistics;
    for (const guest of this.guests) {
      const { virtioConsole } = guest;
      host.openInput(guest.name, (bytes) => this.#mailbox.post(guest, 'serial', bytes));
      if (virtioConsole)
        host.openInput(guest.virtioConsoleName, (bytes) => this.#mailbox.post(guest, 'virtio', bytes));
      if (guest.card)
        host.openInput(guest.networkInputName, (bytes) => this.#mailbox.post(guest, 'network', bytes));
      guest.onDidPrint(({ console, byte }) => host.output(console, byte));
    }
  }

  /** The vCPU that has the hart, or that the exit under way is about; undefined while all wait. */
  get currentVcpu(): Vcpu | undefined {
    return this.#loaded;
  }

  /** Who has the hart: the VMM itself while it handles an exit or waits, else a vCPU. */
  get hartOwner(): { readonly kind: 'vmm' } | { readonly kind: 'vcpu'; readonly vcpu: Vcpu } {
    const vcpu = this.#loaded;
    return vcpu !== undefined && this.#hart.state.virtual ? { kind: 'vcpu', vcpu } : { kind: 'vmm' };
  }

  /** The guest of a vCPU. */
  guestOf(vcpu: Vcpu): Guest {
    const guest = this.#guestOfVcpu[vcpu.index];
    assert(guest !== undefined, 'a vCPU belongs to a guest');
    return guest;
  }

  /** The exit being handled, as far as it is, and the stage that comes next; undefined while guests run. */
  get currentExit(): { readonly record: ExitRecord; readonly stage: ExitStage } | undefined {
    if (!this.#exits.isUnderWay) return undefined;
    return { record: this.#record(), stage: this.#exits.stageName };
  }

  /** The exit with this number, if it is still held. */
  exit(sequence: number): ExitRecord | undefined {
    const row = this.#exits.log.row(sequence);
    return row && new ExitRecord(row, this.#names);
  }

  /** The newest exits that are held, newest first. */
  *newestExits(limit?: number): Generator<ExitRecord> {
    for (const row of this.#exits.log.newest(limit)) yield new ExitRecord(row, this.#names);
  }

  /** Who owns a host-physical address; undefined outside of RAM. */
  ownerOf(address: HostPhysicalAddress): Ownership | undefined {
    const owner = this.#frames.ownerOf(Number(address));
    if (owner === undefined || owner.kind === 'free' || owner.kind === 'vmm') return owner;
    const guest = this.#guest(owner.guest);
    if (owner.kind === 'page-table') return { kind: 'page-table', guest };
    return { kind: 'guest', guest, gpa: owner.gpa + (Number(address) % frameSize) };
  }

  start(): SupervisorProgress {
    this.#forgetEverything();
    const own = this.#frames.allocate(frameSize, { kind: 'vmm' });
    assert(own !== undefined, 'there is a frame for the VMM');
    // No instruction is ever fetched there, but a trap makes pc point somewhere: into memory of the VMM.
    setUpSupervisor(this.#hart.csrs, {
      trapVector: BigInt(own),
      intercept: this.#options.intercept ?? [],
    });
    for (const guest of this.guests) guest.create();
    return this.#resume();
  }

  beginExit(): string {
    const vcpu = this.#loaded;
    // An interrupt has ended the wait in HS mode: that is no exit of any guest.
    if (vcpu === undefined) return 'resume';
    // The trap itself was a step, and none of the guest's.
    vcpu.steps += this.#hart.state.steps - 1 - this.#entryStep;
    this.#exits.begin(this.guestOf(vcpu), vcpu);
    return 'exit';
  }

  advance(): SupervisorProgress {
    const exits = this.#exits;
    if (exits.stage < resumeStage) {
      exits.advance();
      return progress[exits.stageName];
    }
    return this.#lastStage();
  }

  finish(): SupervisorOutcome {
    const exits = this.#exits;
    while (exits.stage < resumeStage) exits.advance();
    return this.#lastStage();
  }

  save(): SavedState {
    return {
      guests: this.guests.map((guest) => guest.save()),
      frames: this.#frames.save(),
      sliceEnd: this.#scheduler.save(),
      mailbox: this.#mailbox.save(),
      exits: this.#exits.log.total,
      statistics: this.statistics.save(),
      loaded: this.#loaded?.index ?? null,
      entryStep: this.#entryStep,
    } satisfies VmmState;
  }

  restore(saved: SavedState): void {
    const state = saved as VmmState;
    this.guests.forEach((guest, index) => {
      const of = state.guests[index];
      if (of) guest.restore(of);
    });
    this.#frames.restore(state.frames);
    this.#scheduler.restore(state.sliceEnd);
    this.#mailbox.restore(state.mailbox);
    this.#exits.log.restore(state.exits);
    this.#exits.clear();
    this.statistics.restore(state.statistics);
    this.#loaded = state.loaded === null ? undefined : this.#vcpus[state.loaded];
    this.#entryStep = state.entryStep;
    this.#scheduleChanged = false;
  }

  #forgetEverything(): void {
    this.#frames.clear();
    this.#loaded = undefined;
    this.#mailbox.restore([]);
    this.#exits.log.restore(0);
    this.#exits.clear();
    this.statistics.clear();
    for (const vcpu of this.#vcpus) vcpu.forget();
  }

  #lastStage(): SupervisorOutcome {
    // The interrupt that ended a wait returns to where HS mode waited, which then looks for work.
    if (!this.#exits.isUnderWay) this.#hart.returnFromSupervisor();
    return this.#resume();
  }

  /** The last stage, and all that is left of an interrupt that came while no guest ran: somebody gets the hart. */
  #resume(): SupervisorOutcome {
    const exit = this.#exits.isUnderWay;
    if (!exit) {
      this.#mailbox.deliver();
      this.#scheduleChanged = true;
    }
    if (this.#scheduleChanged) this.#schedule();
    if (exit) this.#exits.end(this.#loaded);
    if (this.#loaded === undefined) return this.#waitOrFinish();
    this.#hart.returnFromSupervisor();
    this.#entryStep = this.#hart.state.steps;
    return resumed;
  }

  #schedule(): void {
    this.#scheduleChanged = false;
    const time = this.#host.clock.ticks();
    for (const { rtc } of this.guests) rtc.update();
    const chosen = this.#scheduler.choose(this.#loaded, time);
    if (chosen !== this.#loaded) {
      this.#loaded?.unload();
      chosen?.load();
      this.#loaded = chosen;
    }
    for (const guest of this.guests) guest.accountStealTime(time);
    let first = this.#scheduler.deadline(chosen, time);
    for (const { alarm } of this.guests)
      if (alarm !== undefined && (first === undefined || alarm < first)) first = alarm;
    this.#hart.csrs.poke('stimecmp', first ?? never);
  }

  /** Nobody can run: HS mode waits with its interrupts on, or everything has ended. */
  #waitOrFinish(): SupervisorOutcome {
    if (this.guests.every(({ exitCode }) => exitCode !== undefined)) {
      const code = this.guests.find(({ exitCode }) => exitCode !== 0)?.exitCode ?? 0;
      return { kind: 'finished', code };
    }
    const { csrs } = this.#hart;
    // What is left of the last guest in the hart must not end the wait.
    csrs.poke('vsie', 0n);
    csrs.poke('sstatus', csrs.peek('sstatus') | supervisorInterruptEnable);
    return waiting;
  }

  #record(): ExitRecord {
    return new ExitRecord(this.#exits.row.copy(), this.#names);
  }

  #guest(number: number): Guest {
    const guest = this.guests[number];
    assert(guest !== undefined, `there is no guest ${number}`);
    return guest;
  }

  readonly #names: ExitNames = {
    guest: (number) => this.#guest(number).name,
    device: (guest, device) => {
      const region = this.#guest(guest).deviceNumbers.region(device);
      assert(region !== undefined, `there is no device ${device}`);
      return { name: region.name, registers: region.device.registers };
    },
    vcpu: (index) => {
      const vcpu = this.#vcpus[index];
      assert(vcpu !== undefined, `there is no vCPU ${index}`);
      return { guest: this.guestOf(vcpu).name, id: vcpu.id };
    },
  };
}

interface VmmState {
  readonly [name: string]: SavedState;
  readonly guests: readonly GuestState[];
  readonly frames: FramesState;
  readonly sliceEnd: bigint;
  readonly mailbox: MailboxState;
  /** How many there were. */
  readonly exits: number;
  readonly statistics: ExitStatisticsState;
  /** Index of the vCPU in the hart. */
  readonly loaded: number | null;
  readonly entryStep: number;
}

// What `advance` returns is made once, because it returns a million times.
const resumed: SupervisorOutcome = { kind: 'resumed' };
const waiting: SupervisorOutcome = { kind: 'waiting' };
const progress = Object.fromEntries(
  (['exit', 'decode', 'find', ...exitActions.map(({ id }) => id), 'resume'] as const).map((name) => [
    name,
    { kind: 'stage', name },
  ]),
) as Readonly<Record<ExitStage, SupervisorProgress>>;

/** sstatus.SIE. */
const supervisorInterruptEnable = 1n << 1n;
/** stimecmp of a timer that is not set. */
const never = 0xffff_ffff_ffff_ffffn;
