import { assert } from '../common/errors.ts';
import { Emitter } from '../common/event.ts';
import type { Clock } from '../hart/clock.ts';
import type { Hart } from '../hart/hart.ts';
import type { PhysicalMemory } from '../hart/physical-memory.ts';
import { interruptCode } from '../hart/trap.ts';
import type { AddressMap, Region } from '../machine/bus.ts';
import type { SavedState } from '../machine/device.ts';
import type { GoldfishRtc } from '../machine/devices/goldfish-rtc.ts';
import type { Ns16550a } from '../machine/devices/ns16550a.ts';
import { TestFinisher, type FinisherRequest } from '../machine/devices/test-finisher.ts';
import type { SbiTarget } from '../machine/firmware/sbi/sbi.ts';
import type { NetworkCard } from '../machine/network/create-networks.ts';
import type { VirtioConsole } from '../machine/virtio/virtio-console.ts';
import {
  networkInputPort,
  virtioConsolePort,
  type PeripheralsConfiguration,
} from '../machine/peripherals.ts';
import { alarmTick } from '../machine/timers.ts';
import { createGuestBoard } from './guest-board.ts';
import { loadGuest, type GuestSoftware, type VirtualHarts } from './guest-boot.ts';
import { DeviceNumbers } from './guest-devices.ts';
import { GuestSbi } from './guest-sbi.ts';
import type { GuestMemory } from './memory/guest-memory.ts';
import type { SecondStage } from './memory/second-stage.ts';
import { StealTime, type StealTimeState } from './steal-time.ts';
import { tickCount, type Vcpu, type VcpuState } from './vcpu.ts';

/** What a guest is made of. */
export interface GuestOptions {
  /** Number among all guests, from 0. Its VMID is one more: 0 stays for what belongs to no guest. */
  readonly number: number;
  readonly name: string;
  readonly memory: GuestMemory;
  readonly tables: SecondStage;
  readonly vcpus: readonly Vcpu[];
  readonly software: GuestSoftware;
  readonly peripherals: PeripheralsConfiguration;
  /** Its place at a network. */
  readonly card: NetworkCard | undefined;
  /** When frames are given to it: all at the start, or each when it is first touched. */
  readonly population: 'at-start' | 'on-demand';
  readonly virtualHarts: Omit<VirtualHarts, 'harts'>;
  readonly hart: Hart;
  readonly physical: PhysicalMemory;
  readonly clock: Clock;
  /** A vCPU may have become able to run, or unable. */
  readonly scheduleChanged: () => void;
}

/** A byte on a console of a guest. */
export interface PrintedByte {
  readonly console: string;
  readonly byte: number;
}

/** All of a guest but its RAM, its page tables and what of its vCPUs is in the hart. */
export interface GuestState {
  readonly [name: string]: SavedState;
  readonly exitCode: number | null;
  readonly timeDelta: bigint;
  readonly devices: readonly SavedState[];
  readonly vcpus: readonly VcpuState[];
  readonly stealTimes: readonly StealTimeState[];
}

/** One virtual machine: its vCPUs, its physical memory, its devices, and what becomes of it. */
export class Guest {
  readonly number: number;
  readonly name: string;
  readonly vmid: number;
  readonly memory: GuestMemory;
  readonly tables: SecondStage;
  readonly vcpus: readonly Vcpu[];
  /** Its virtual devices, by guest-physical address. */
  readonly bus: AddressMap;
  /** Where it powers itself off by a store. */
  readonly finisher: Region | undefined;
  readonly uart: Ns16550a;
  readonly rtc: GoldfishRtc;
  readonly virtioConsole: VirtioConsole | undefined;
  /** Its place at a network. */
  readonly card: NetworkCard | undefined;
  readonly deviceNumbers: DeviceNumbers;
  /** Each byte that one of its consoles prints. */
  readonly onDidPrint: Emitter<PrintedByte>['event'];
  readonly #printed = new Emitter<PrintedByte>();
  readonly #options: GuestOptions;
  readonly #sbi: readonly SbiTarget[];
  readonly #stealTimes: readonly StealTime[];
  #exitCode: number | undefined;
  /** What the guest's time is ahead of the machine's, modulo 2^64. */
  #timeDelta = 0n;

  constructor(options: GuestOptions) {
    this.#options = options;
    this.number = options.number;
    this.name = options.name;
    this.vmid = options.number + 1;
    this.memory = options.memory;
    this.tables = options.tables;
    this.vcpus = options.vcpus;
    this.onDidPrint = this.#printed.event;
    const board = createGuestBoard({
      harts: options.vcpus.length,
      clock: this.#clock(),
      setTime: (ticks) => this.#setTime(ticks),
      externalInterrupt: (hart, raised) => this.#interrupt(hart, raised),
      output: (byte) => this.#printed.fire({ console: this.name, byte }),
      virtioOutput: (byte) => this.#printed.fire({ console: this.virtioConsoleName, byte }),
      power: (request) => this.power(request),
      memoryFor: (device) => options.memory.asSeenBy(device),
      peripherals: options.peripherals,
      card: options.card,
      alarmChanged: options.scheduleChanged,
    });
    this.bus = board.bus;
    this.uart = board.uart;
    this.finisher = board.bus.regions.find(({ device }) => device instanceof TestFinisher);
    this.rtc = board.rtc;
    this.virtioConsole = board.virtioConsole;
    this.card = options.card;
    this.deviceNumbers = new DeviceNumbers(this.bus);
    this.#stealTimes = this.vcpus.map(() => new StealTime(options.memory));
    this.#sbi = this.vcpus.map(
      (caller) => new GuestSbi({ guest: this, caller, hart: options.hart, physical: options.physical }),
    );
  }

  /** The machine's power-on: new page tables and memory for it, in frames that are free now; then its own. */
  create(): void {
    this.tables.create();
    for (const { device } of this.bus.regions) device.renew();
    if (this.#options.population === 'at-start') this.memory.populateAll();
    this.start();
  }

  /** Power-on: kernel and device tree in memory, devices reset, the first vCPU at the entry. */
  start(): void {
    const { software, virtualHarts, clock } = this.#options;
    const boot = loadGuest({
      memory: this.memory,
      bus: this.bus,
      software,
      harts: { ...virtualHarts, harts: this.vcpus.length },
    });
    for (const { device } of this.bus.regions) device.reset();
    for (const vcpu of this.vcpus) vcpu.stop();
    this.#exitCode = undefined;
    // On the bare machine time begins at power-on.
    this.#timeDelta = BigInt.asUintN(64, -clock.ticks());
    this.startVcpu(0, boot.entry, boot.deviceTree);
  }

  /** Starts a vCPU in VS mode at a guest-physical address, with its id in a0 and `opaque` in a1. */
  startVcpu(id: number, address: bigint, opaque: bigint): void {
    const hgatp = this.tables.hgatp(this.vmid);
    this.stealTime(this.vcpu(id)).forget();
    this.vcpu(id).start(address, opaque, { hgatp, htimedelta: this.#timeDelta });
    this.#options.scheduleChanged();
  }

  /** The name of its virtio console; the UART has the guest's own. */
  get virtioConsoleName(): string {
    return `${this.name}.${virtioConsolePort}`;
  }

  /** The input port by which the host's end of its network comes in. */
  get networkInputName(): string {
    return `${this.name}.${networkInputPort}`;
  }

  vcpu(id: number): Vcpu {
    const vcpu = this.vcpus[id];
    assert(vcpu !== undefined, `guest ${this.name} has no vCPU ${id}`);
    return vcpu;
  }

  /** How long this vCPU of the guest was kept from running. */
  stealTime(vcpu: Vcpu): StealTime {
    const found = this.#stealTimes[vcpu.id];
    assert(found !== undefined, 'each vCPU has its steal time');
    return found;
  }

  /** To be called when statuses of vCPUs may have changed, at the machine's time (ticks), before one goes on. */
  accountStealTime(time: number): void {
    for (const vcpu of this.vcpus) this.stealTime(vcpu).account(vcpu.status, time);
  }

  /** What the SBI acts on when this vCPU calls it. */
  sbi(caller: Vcpu): SbiTarget {
    const target = this.#sbi[caller.id];
    assert(target !== undefined, 'each vCPU has an SBI');
    return target;
  }

  /** The exit code, once it has powered itself off; 0 is success. */
  get exitCode(): number | undefined {
    return this.#exitCode;
  }

  /** Steps that its vCPUs ran in guest modes. */
  get steps(): number {
    return this.vcpus.reduce((sum, vcpu) => sum + vcpu.steps, 0);
  }

  /** It powers itself off, or starts again. */
  power(request: FinisherRequest): void {
    if (request.kind === 'reset') {
      this.memory.clear();
      this.start();
      // A kernel may count on a hart that has just been reset to know no translations.
      this.fence();
      return;
    }
    this.#exitCode = request.code;
    for (const vcpu of this.vcpus) vcpu.stop();
    this.#options.scheduleChanged();
  }

  /** When the alarm of its clock goes off, in ticks of the machine; undefined for never. */
  get alarm(): number | undefined {
    const tick = alarmTick(this.rtc);
    return tick === undefined
      ? undefined
      : tickCount(tick - this.#clock().ticks() + this.#options.clock.ticks());
  }

  /** HFENCE.GVMA: the hart forgets all that it knew of the guest's translations. */
  fence(): void {
    this.#options.hart.fence({ kind: 'guest-physical', vmid: this.vmid });
  }

  scheduleChanged(): void {
    this.#options.scheduleChanged();
  }

  save(): GuestState {
    return {
      exitCode: this.#exitCode ?? null,
      timeDelta: this.#timeDelta,
      devices: this.bus.regions.map(({ device }) => device.save()),
      vcpus: this.vcpus.map((vcpu) => vcpu.save()),
      stealTimes: this.#stealTimes.map((stealTime) => stealTime.save()),
    };
  }

  /** The inverse of `save`. */
  restore(state: GuestState): void {
    this.#exitCode = state.exitCode ?? undefined;
    this.#timeDelta = state.timeDelta;
    this.bus.regions.forEach(({ device }, index) => device.restore(state.devices[index] ?? null));
    this.vcpus.forEach((vcpu, index) => {
      const saved = state.vcpus[index];
      if (saved) vcpu.restore(saved);
    });
    this.#stealTimes.forEach((stealTime, index) => {
      const saved = state.stealTimes[index];
      if (saved) stealTime.restore(saved);
    });
  }

  /** The guest's time, which is what its CLINT shows as mtime. */
  #clock(): Clock {
    const machine = this.#options.clock;
    return {
      ticks: () => BigInt.asUintN(64, machine.ticks() + this.#timeDelta),
      stepsFor: (ticks) => machine.stepsFor(ticks),
      stepsUntil: (deadline) => machine.stepsUntil(BigInt.asUintN(64, deadline - this.#timeDelta)),
    };
  }

  #setTime(ticks: bigint): void {
    this.#timeDelta = BigInt.asUintN(64, ticks - this.#options.clock.ticks());
    for (const vcpu of this.vcpus) vcpu.setCsr('htimedelta', this.#timeDelta);
  }

  #interrupt(hart: number, raised: boolean): void {
    const vcpu = this.vcpus[hart];
    if (vcpu === undefined) return;
    vcpu.setInterrupt(interruptCode.virtualSupervisorExternal, raised);
    if (raised && vcpu.status === 'waiting') this.#options.scheduleChanged();
  }
}
