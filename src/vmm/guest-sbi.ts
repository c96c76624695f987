import { frameSize } from './memory/frames.ts';
import type { Hart } from '../hart/hart.ts';
import type { PhysicalMemory } from '../hart/physical-memory.ts';
import { exceptionCode, interruptCode, type Trap } from '../hart/trap.ts';
import { regimeOf } from '../hart/translation/regime.ts';
import {
  hsmState,
  resetReason,
  resetType,
  type HsmState,
  type SbiFence,
  type SbiTarget,
} from '../machine/firmware/sbi/sbi.ts';
import type { Guest } from './guest.ts';
import type { Vcpu } from './vcpu.ts';

/** What the SBI extensions act on when a vCPU of a guest calls: that guest, and nothing outside of it. */
export class GuestSbi implements SbiTarget {
  readonly callingHart: number;
  readonly harts: readonly number[];
  readonly identification = { vendor: 0n, architecture: 0n, implementation: 0n };
  readonly hasHypervisor = false;
  readonly #guest: Guest;
  readonly #caller: Vcpu;
  readonly #hart: Hart;
  readonly #physical: PhysicalMemory;

  constructor(options: {
    readonly guest: Guest;
    readonly caller: Vcpu;
    readonly hart: Hart;
    readonly physical: PhysicalMemory;
  }) {
    this.#guest = options.guest;
    this.#caller = options.caller;
    this.#hart = options.hart;
    this.#physical = options.physical;
    this.callingHart = options.caller.id;
    this.harts = options.guest.vcpus.map(({ id }) => id);
  }

  writeConsole(byte: number): void {
    this.#guest.uart.send(byte);
  }

  readConsole(): number | undefined {
    return this.#guest.uart.take();
  }

  /** ADR 2: the comparator of VS mode is the guest's timer, however it sets it. */
  setTimer(deadline: bigint): void {
    this.#caller.setCsr('vstimecmp', deadline);
  }

  sendInterrupt(hart: number): void {
    this.#guest.vcpu(hart).setInterrupt(interruptCode.virtualSupervisorSoftware, true);
    this.#guest.scheduleChanged();
  }

  clearInterrupt(): boolean {
    const bit = 1n << BigInt(interruptCode.virtualSupervisorSoftware);
    const pending = (this.#caller.getCsr('hvip') & bit) !== 0n;
    this.#caller.setInterrupt(interruptCode.virtualSupervisorSoftware, false);
    return pending;
  }

  /** All vCPUs share one hart, so a fence there is one for each of them. */
  fence(_harts: readonly number[], fence: SbiFence): void {
    switch (fence.kind) {
      case 'fence.i':
        return;
      case 'sfence.vma':
        return this.#hart.fence({
          kind: 'guest-virtual',
          vmid: this.#guest.vmid,
          ...(fence.asid !== undefined && { asid: Number(BigInt.asUintN(16, fence.asid)) }),
        });
      // Refused before: the guest has no hypervisor extension.
      case 'hfence.gvma':
      case 'hfence.vvma':
    }
  }

  hartState(hart: number): HsmState {
    const { status } = this.#guest.vcpu(hart);
    if (status === 'stopped') return hsmState.stopped;
    return this.#guest.vcpu(hart).isSuspended ? hsmState.suspended : hsmState.started;
  }

  startHart(hart: number, address: bigint, opaque: bigint): void {
    this.#guest.startVcpu(hart, address, opaque);
  }

  stopCaller(): void {
    this.#caller.stop();
    this.#guest.scheduleChanged();
  }

  suspendCaller(resume?: { readonly address: bigint; readonly opaque: bigint }): void {
    this.#caller.suspend(resume);
    this.#guest.scheduleChanged();
  }

  reportStealTime(address: bigint | undefined): void {
    this.#guest.stealTime(this.#caller).report(address);
  }

  reset(type: number, reason: number): void {
    const code = reason === resetReason.systemFailure ? 1 : 0;
    this.#guest.power(type === resetType.shutdown ? { kind: 'exit', code } : { kind: 'reset' });
  }

  readMemory(address: bigint, length: number): Uint8Array | undefined {
    return this.#guest.memory.read(Number(address), length);
  }

  writeMemory(address: bigint, bytes: Uint8Array): boolean {
    return this.#guest.memory.write(Number(address), bytes);
  }

  /** As HLV would, with the rights of the guest's kernel. */
  readVirtual(address: bigint, length: number): Uint8Array | Trap {
    const regime = regimeOf(this.#hart.state, true, 1);
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const at = BigInt.asUintN(64, address + BigInt(done));
      const offset = Number(BigInt.asUintN(12, at));
      const page = this.#hart.walker.walk({ address: at, access: 'read', regime, effects: 'update' });
      if (typeof page !== 'number') return loadTrap(page.kind === 'page', at);
      const part = this.#physical.peek(
        page * frameSize + offset,
        Math.min(length - done, frameSize - offset),
      );
      if (part.length === 0) return loadTrap(false, at);
      bytes.set(part, done);
      done += part.length;
    }
    return bytes;
  }
}

/** What the guest's own load would raise on the bare machine, where a second stage does not exist. */
function loadTrap(pageFault: boolean, tval: bigint): Trap {
  const code = pageFault ? exceptionCode.loadPageFault : exceptionCode.loadAccessFault;
  return { kind: 'trap', interrupt: false, code, tval, tval2: 0n, tinst: 0n, gva: true };
}
