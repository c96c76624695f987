import { assert } from '../../common/errors.ts';
import type { SavedState } from '../device.ts';
import type { Hart } from '../../hart/hart.ts';
import type { PhysicalMemory } from '../../hart/physical-memory.ts';
import { exception, exceptionCode, interruptCode, type Trap } from '../../hart/trap.ts';
import type { Fence } from '../../hart/translation/fence.ts';
import { regimeOf } from '../../hart/translation/regime.ts';
import { enterSupervisor } from './boot.ts';
import { HartCounters, type HartCountersState } from './hart-counters.ts';
import { firmwareEvent } from './sbi/pmu-events.ts';
import { hsmState, type HsmState, type SbiFence, type SbiTarget } from './sbi/sbi.ts';

/** What the built-in firmware is connected to. */
export interface FirmwareWiring {
  readonly harts: readonly Hart[];
  readonly memory: PhysicalMemory;
  /** Sets msip of a hart. */
  readonly setSoftwareInterrupt: (hart: number, raised: boolean) => void;
  /** Sets mtimecmp of a hart. */
  readonly setTimer: (hart: number, deadline: bigint) => void;
  readonly console: { write(byte: number): void; read(): number | undefined };
  readonly reset: (type: number, reason: number) => void;
}

/** Where a suspended hart goes on, if not after its call. */
type ResumePoint = { readonly address: bigint; readonly opaque: bigint } | null;

/** Plain data: what the firmware knows of the harts, in their order. */
export interface FirmwareState {
  readonly [name: string]: SavedState;
  readonly hsm: readonly HsmState[];
  readonly resume: readonly ResumePoint[];
  readonly counters: readonly HartCountersState[];
}

/** The SBI on the machine itself: what the extensions ask for, done to its harts and devices. */
export class MachineSbiTarget implements SbiTarget {
  readonly harts: readonly number[];
  readonly #wiring: FirmwareWiring;
  readonly #counters: readonly HartCounters[];
  #caller: Hart;
  #hsm: HsmState[] = [];
  #resume: ResumePoint[] = [];

  constructor(wiring: FirmwareWiring) {
    this.#wiring = wiring;
    this.harts = wiring.harts.map(({ id }) => id);
    this.#counters = wiring.harts.map((hart) => new HartCounters(hart));
    this.#caller = this.#hart(0);
    this.forget();
  }

  get callingHart(): number {
    return this.#caller.id;
  }

  get hasHypervisor(): boolean {
    return this.#caller.csrs.has('hstatus');
  }

  get counters(): HartCounters {
    return this.#countersOf(this.#caller.id);
  }

  get identification(): SbiTarget['identification'] {
    const { csrs } = this.#caller;
    return {
      vendor: csrs.peek('mvendorid'),
      architecture: csrs.peek('marchid'),
      implementation: csrs.peek('mimpid'),
    };
  }

  /** The next calls come from this hart. */
  beginCall(hart: Hart): void {
    this.#caller = hart;
  }

  /** Power-on: every hart is stopped. */
  forget(): void {
    this.#hsm = this.harts.map(() => hsmState.stopped);
    this.#resume = this.harts.map(() => null);
    for (const counters of this.#counters) counters.forget();
  }

  /** The wait of a hart has ended: a suspended one goes on, perhaps elsewhere. */
  wake(hart: Hart): void {
    const resume = this.#resume[hart.id];
    this.#hsm[hart.id] = hsmState.started;
    this.#resume[hart.id] = null;
    if (resume) enterSupervisor(hart, resume.address, resume.opaque);
  }

  writeConsole(byte: number): void {
    this.#wiring.console.write(byte);
  }

  readConsole(): number | undefined {
    return this.#wiring.console.read();
  }

  /**
   * Sstc clears the pending interrupt by itself when the comparison moves into the future. Without it M mode has a
   * timer, and passes its interrupt on.
   */
  setTimer(deadline: bigint): void {
    const { csrs, id } = this.#caller;
    this.counters.tally(firmwareEvent.setTimer);
    if (csrs.has('stimecmp')) {
      csrs.poke('stimecmp', deadline);
      return;
    }
    csrs.poke('mip', csrs.peek('mip') & ~supervisorTimer);
    csrs.poke('mie', csrs.peek('mie') | machineTimer);
    this.#wiring.setTimer(id, deadline);
  }

  sendInterrupt(hart: number): void {
    this.counters.tally(firmwareEvent.ipiSent);
    this.#countersOf(hart).tally(firmwareEvent.ipiReceived);
    this.#wiring.setSoftwareInterrupt(hart, true);
  }

  clearInterrupt(): boolean {
    const { csrs } = this.#caller;
    const pending = csrs.peek('mip');
    csrs.poke('mip', pending & ~supervisorSoftware);
    return (pending & supervisorSoftware) !== 0n;
  }

  fence(harts: readonly number[], fence: SbiFence): void {
    const sent = fenceEvent(fence);
    for (const hart of harts) {
      if (hart === this.#caller.id) continue;
      this.counters.tally(sent);
      this.#countersOf(hart).tally(sent + 1);
    }
    const translated = translateFence(fence, this.#caller);
    if (translated) for (const hart of harts) this.#hart(hart).fence(translated);
  }

  hartState(hart: number): HsmState {
    return this.#hsm[hart] ?? hsmState.stopped;
  }

  startHart(hart: number, address: bigint, opaque: bigint): void {
    this.#hsm[hart] = hsmState.started;
    this.#wiring.setSoftwareInterrupt(hart, false);
    enterSupervisor(this.#hart(hart), address, opaque);
  }

  stopCaller(): void {
    this.#hsm[this.#caller.id] = hsmState.stopped;
  }

  suspendCaller(resume?: { readonly address: bigint; readonly opaque: bigint }): void {
    this.#hsm[this.#caller.id] = hsmState.suspended;
    this.#resume[this.#caller.id] = resume ?? null;
    this.#caller.state.waiting = true;
  }

  reset(type: number, reason: number): void {
    this.#wiring.reset(type, reason);
  }

  readMemory(address: bigint, length: number): Uint8Array | undefined {
    const { memory } = this.#wiring;
    return memory.isRam(Number(address), length) ? memory.peek(Number(address), length) : undefined;
  }

  writeMemory(address: bigint, bytes: Uint8Array): boolean {
    const { memory } = this.#wiring;
    if (!memory.isRam(Number(address), bytes.length)) return false;
    memory.poke(Number(address), bytes);
    return true;
  }

  readVirtual(address: bigint, length: number): Uint8Array | Trap {
    const { view, state } = this.#caller;
    const bytes = view.read(address, length, regimeOf(state, false, 1));
    if (bytes.length === length) return bytes;
    return exception(exceptionCode.loadPageFault, BigInt.asUintN(64, address + BigInt(bytes.length)));
  }

  save(): FirmwareState {
    return {
      hsm: [...this.#hsm],
      resume: [...this.#resume],
      counters: this.#counters.map((counters) => counters.save()),
    };
  }

  restore(state: FirmwareState): void {
    this.#hsm = [...state.hsm];
    this.#resume = [...state.resume];
    for (const [hart, saved] of state.counters.entries()) this.#countersOf(hart).restore(saved);
  }

  #countersOf(hart: number): HartCounters {
    const counters = this.#counters[hart];
    assert(counters !== undefined, `there is no hart ${hart}`);
    return counters;
  }

  #hart(id: number): Hart {
    const hart = this.#wiring.harts[id];
    assert(hart !== undefined, `there is no hart ${id}`);
    return hart;
  }
}

const supervisorTimer = 1n << BigInt(interruptCode.supervisorTimer);
const machineTimer = 1n << BigInt(interruptCode.machineTimer);
const supervisorSoftware = 1n << BigInt(interruptCode.supervisorSoftware);

/**
 * Remote harts fence at once, before the call returns: no message needs to travel. A range of addresses is not
 * told apart from all of them. undefined: harts notice written code by themselves, so FENCE.I has nothing to do.
 */
function translateFence(fence: SbiFence, caller: Hart): Fence | undefined {
  switch (fence.kind) {
    case 'fence.i':
      return undefined;
    case 'sfence.vma':
      return { kind: 'supervisor', ...(fence.asid !== undefined && { asid: identifier(fence.asid) }) };
    case 'hfence.gvma':
      return { kind: 'guest-physical', ...(fence.vmid !== undefined && { vmid: identifier(fence.vmid) }) };
    case 'hfence.vvma':
      return {
        kind: 'guest-virtual',
        // SBI 8: of the caller's current VMID.
        vmid: Number((caller.csrs.peek('hgatp') >> 44n) & 0x3fffn),
        ...(fence.asid !== undefined && { asid: identifier(fence.asid) }),
      };
  }
}

/** The event of firmware that a request to another hart is; the one after it is its receipt. */
function fenceEvent(fence: SbiFence): number {
  switch (fence.kind) {
    case 'fence.i':
      return firmwareEvent.fenceISent;
    case 'sfence.vma':
      return fence.asid === undefined ? firmwareEvent.sfenceVmaSent : firmwareEvent.sfenceVmaAsidSent;
    case 'hfence.gvma':
      return fence.vmid === undefined ? firmwareEvent.hfenceGvmaSent : firmwareEvent.hfenceGvmaVmidSent;
    case 'hfence.vvma':
      return fence.asid === undefined ? firmwareEvent.hfenceVvmaSent : firmwareEvent.hfenceVvmaAsidSent;
  }
}

function identifier(value: bigint): number {
  return Number(value & 0xffffn);
}
