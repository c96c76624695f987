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
import { HartTurns, type TurnsState } from './hart-turns.ts';
import { makeGuests, type GuestConfiguration } from './guests.ts';
import { InputMailbox, type MailboxState } from './input-mailbox.ts';
import { Frames, frameSize, type FramesState } from './memory/frames.ts';
import { setUpSupervisor, type Interception } from './supervisor-setup.ts';
import type { Vcpu } from './vcpu.ts';

/** What the hosted VMM runs, and how it shares the hart. */
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
  readonly #frames: Frames;
  readonly #vcpus: readonly Vcpu[];
  readonly #guestOfVcpu: readonly Guest[];
  readonly #turns: HartTurns;
  readonly #mailbox: InputMailbox;
  readonly #exits: ExitHandling;
  readonly #options: VmmOptions;

  constructor(host: SupervisorHost, options: VmmOptions) {
    const [hart] = host.harts;
    assert(hart !== undefined && host.harts.length === 1, 'the VMM runs on a machine of one hart');
    this.#hart = hart;
    this.#options = options;
    const { sliceTicks = 10_000n, logCapacity = 0x1_0000 } = options;
    this.#frames = new Frames(host.memory.ramBase, host.memory.ramSize);
    this.guests = makeGuests(host, hart, this.#frames, options.guests, () => this.#turns.changed());
    this.#vcpus = this.guests.flatMap(({ vcpus }) => vcpus);
    this.#guestOfVcpu = this.guests.flatMap((guest) => guest.vcpus.map(() => guest));
    const { guests } = this;
    this.#turns = new HartTurns({
      hart,
      clock: host.clock,
      guests,
      vcpus: this.#vcpus,
      sliceTicks: Number(sliceTicks),
    });
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
    return this.#turns.loaded;
  }

  /** Who has the hart: the VMM itself while it handles an exit or waits, else a vCPU. */
  get hartOwner(): { readonly kind: 'vmm' } | { readonly kind: 'vcpu'; readonly vcpu: Vcpu } {
    const vcpu = this.#turns.loaded;
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
    const vcpu = this.#turns.loaded;
    // An interrupt has ended the wait in HS mode: that is no exit of any guest.
    if (vcpu === undefined) return 'resume';
    this.#turns.left(vcpu);
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
    if (this.#exits.isUnderWay) this.#exits.finish();
    return this.#lastStage();
  }

  save(): SavedState {
    return {
      guests: this.guests.map((guest) => guest.save()),
      frames: this.#frames.save(),
      ...this.#turns.save(),
      mailbox: this.#mailbox.save(),
      exits: this.#exits.log.total,
      statistics: this.statistics.save(),
    } satisfies VmmState;
  }

  restore(saved: SavedState): void {
    const state = saved as VmmState;
    this.guests.forEach((guest, index) => {
      const of = state.guests[index];
      if (of) guest.restore(of);
    });
    this.#frames.restore(state.frames);
    this.#turns.restore(state);
    this.#mailbox.restore(state.mailbox);
    this.#exits.log.restore(state.exits);
    this.#exits.clear();
    this.statistics.restore(state.statistics);
  }

  #forgetEverything(): void {
    this.#frames.clear();
    this.#turns.forget();
    this.#mailbox.restore([]);
    this.#exits.log.restore(0);
    this.#exits.clear();
    this.statistics.clear();
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
      this.#turns.changed();
    }
    const vcpu = this.#turns.choose();
    if (exit) this.#exits.end(vcpu);
    if (vcpu === undefined) return this.#waitOrFinish();
    this.#turns.enter();
    return resumed;
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

interface VmmState extends TurnsState {
  readonly [name: string]: SavedState;
  readonly guests: readonly GuestState[];
  readonly frames: FramesState;
  readonly mailbox: MailboxState;
  /** How many there were. */
  readonly exits: number;
  readonly statistics: ExitStatisticsState;
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
