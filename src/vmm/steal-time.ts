import type { SavedState } from '../machine/device.ts';
import { stealTimeBytes } from '../machine/firmware/sbi/sta.ts';
import { timebaseHertz } from '../machine/configuration.ts';
import type { GuestMemory } from './memory/guest-memory.ts';
import type { VcpuStatus } from './vcpu.ts';

/** What is saved of a vCPU’s steal time; times are ticks of the machine. */
export interface StealTimeState {
  readonly [name: string]: SavedState;
  readonly address: bigint | null;
  readonly stolen: number;
  readonly waitsSince: number | null;
}

/**
 * How long a vCPU could have run while others had the hart, since it was started: and, where the guest asked for it
 * by SBI call, the structure in its memory that says so (SBI 16). Times are ticks of the machine.
 */
export class StealTime {
  readonly #memory: GuestMemory;
  /** Guest-physical address of the structure. */
  #address: bigint | undefined;
  #stolen = 0;
  #waitsSince: number | undefined;

  constructor(memory: GuestMemory) {
    this.#memory = memory;
  }

  get nanoseconds(): bigint {
    return BigInt(this.#stolen) * nanosecondsPerTick;
  }

  /** The vCPU is started, or at power-on: nothing is stolen yet, and nobody wants to know. */
  forget(): void {
    this.#address = undefined;
    this.#stolen = 0;
    this.#waitsSince = undefined;
  }

  /** From now on the structure is at this guest-physical address, where there are 64 bytes of zeros; or nowhere. */
  report(address: bigint | undefined): void {
    this.#address = address;
    if (this.#stolen > 0) this.#write(0);
  }

  /** To be told of each change of the vCPU's status, at its time, before the vCPU goes on. */
  account(status: VcpuStatus, time: number): void {
    if (status === 'ready') {
      if (this.#waitsSince !== undefined) return;
      this.#waitsSince = time;
      this.#write(preempted);
    } else if (this.#waitsSince !== undefined) {
      this.#stolen += time - this.#waitsSince;
      this.#waitsSince = undefined;
      // SBI 16: nothing is written for software that cannot run.
      if (status === 'running') this.#write(0);
    }
  }

  save(): StealTimeState {
    return {
      address: this.#address ?? null,
      stolen: this.#stolen,
      waitsSince: this.#waitsSince ?? null,
    };
  }

  /** The inverse of `save`. */
  restore(state: StealTimeState): void {
    this.#address = state.address ?? undefined;
    this.#stolen = state.stolen;
    this.#waitsSince = state.waitsSince ?? undefined;
  }

  /** The vCPU does not run while this writes, so that it never sees an odd sequence number. */
  #write(flag: number): void {
    if (this.#address === undefined) return;
    const address = Number(this.#address);
    const bytes = this.#memory.read(address, stealTimeBytes);
    if (bytes === undefined) return;
    const view = new DataView(bytes.buffer);
    view.setUint32(offset.sequence, view.getUint32(offset.sequence, true) + 2, true);
    view.setBigUint64(offset.steal, this.nanoseconds, true);
    bytes[offset.preempted] = flag;
    this.#memory.write(address, bytes);
  }
}

const offset = { sequence: 0, steal: 8, preempted: 16 } as const;
const preempted = 1;
const nanosecondsPerTick = BigInt(1e9 / timebaseHertz);
