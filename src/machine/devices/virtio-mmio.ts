import {
  Device,
  type DeviceDetail,
  type AccessRules,
  type DeviceRegister,
  type InterruptLine,
  type SavedState,
} from '../device.ts';
import type { AccessSize } from '../../isa/semantics.ts';
import type { DirectMemory } from '../virtio/direct-memory.ts';
import { ringFeature, ringFeatures } from '../virtio/features.ts';
import { inspectQueue } from '../virtio/inspect-queue.ts';
import { Virtqueue, type VirtqueueState } from '../virtio/virtqueue.ts';
import type { VirtioFeature, VirtioFunction } from '../virtio/virtio-function.ts';
import { configurationOffset, magic, status, vendor, virtioMmioRegisters } from './virtio-mmio-registers.ts';

/** What a virtio transport is connected to. */
export interface VirtioMmioWiring {
  readonly memory: DirectMemory;
  readonly interrupt: InterruptLine;
  /** What is plugged in, if anything. */
  readonly plugged: VirtioFunction | undefined;
}

const powerOn = {
  status: 0,
  interruptStatus: 0,
  deviceFeaturesSel: 0,
  driverFeaturesSel: 0,
  /** Features that the driver accepts. */
  accepted: 0n,
  queueSel: 0,
  /** What the driver did wrong; empty while it behaves. */
  problem: '',
};

export interface VirtioMmioState {
  readonly [name: string]: SavedState;
  readonly registers: typeof powerOn;
  readonly queues: readonly VirtqueueState[];
  readonly plugged: SavedState;
}

const interruptReason = { usedBuffer: 1, configuration: 2 } as const;

type TransportRegister = (typeof virtioMmioRegisters)[number]['name'];

/** A virtio device behind memory-mapped registers (Virtio 4.2), version 2. */
export class VirtioMmio extends Device<DeviceRegister, VirtioMmioState> {
  readonly model: string;
  readonly summary: string;
  readonly compatible = ['virtio,mmio'];
  readonly registers: readonly DeviceRegister[];
  readonly queues: readonly Virtqueue[];
  /** Features that the device offers. */
  readonly features: readonly VirtioFeature[];
  /** What is plugged in, if anything. */
  readonly plugged: VirtioFunction | undefined;
  protected readonly rules: AccessRules = { sizes: [1, 2, 4, 8], undefinedOffsets: 'zero' };
  readonly #interrupt: InterruptLine;
  readonly #offered: bigint;
  #state = { ...powerOn };

  constructor({ memory, interrupt, plugged }: VirtioMmioWiring) {
    super();
    this.plugged = plugged;
    this.model = plugged?.model ?? 'virtio-mmio';
    this.summary = plugged?.summary ?? 'A slot for a virtio device, with nothing in it.';
    this.#interrupt = interrupt;
    const configuration = plugged?.configuration ?? [];
    this.registers = [
      ...virtioMmioRegisters,
      ...configuration.map((each) => ({ ...each, offset: configurationOffset + each.offset })),
    ];
    this.features = plugged ? [...plugged.features, ...ringFeatures] : [];
    this.#offered = this.features.reduce((bits, { bit }) => bits | (1n << BigInt(bit)), 0n);
    this.queues = (plugged?.queues ?? []).map(
      ({ name, size }, index) =>
        new Virtqueue({
          index,
          name,
          maximumSize: size,
          memory,
          accepted: () => ({
            indirect: this.accepts(ringFeature.indirectDescriptors),
            eventIndex: this.accepts(ringFeature.eventIndex),
          }),
          onProblem: (problem) => this.fail(problem),
        }),
    );
    plugged?.attach(this);
  }

  get isLive(): boolean {
    return (this.#state.status & (status.driverOk | status.needsReset)) === status.driverOk;
  }

  /** What the driver did wrong, for views; undefined while it behaves. */
  get problem(): string | undefined {
    return this.#state.problem === '' ? undefined : this.#state.problem;
  }

  accepts(bit: number): boolean {
    return ((this.#state.accepted >> BigInt(bit)) & 1n) === 1n;
  }

  settle(queue: Virtqueue): void {
    if (this.isLive && queue.settle() === 'interrupt') this.#raise(interruptReason.usedBuffer);
  }

  fail(problem: string): void {
    if (this.#state.problem !== '') return;
    const tells = this.isLive;
    this.#change({ status: this.#state.status | status.needsReset, problem });
    // Virtio 2.1.2: after DRIVER_OK, the driver is told by a notification of a changed configuration.
    if (tells) this.#raise(interruptReason.configuration);
  }

  override load(offset: number, size: AccessSize): bigint | undefined {
    if (offset % size !== 0) return undefined;
    if (offset >= configurationOffset) return this.#loadConfiguration(offset, size);
    // Virtio 4.2.2.2: control registers are accessed by 32 bits; QEMU answers other widths with zero.
    return size === 4 ? super.load(offset, size) : 0n;
  }

  override store(offset: number, size: AccessSize, value: bigint): boolean {
    if (offset % size !== 0) return false;
    if (offset < configurationOffset && size !== 4) return true;
    return super.store(offset, size, value);
  }

  peek(register: DeviceRegister): bigint {
    if (register.offset >= configurationOffset) return this.plugged?.peek(register.name) ?? 0n;
    const queue = this.#queue;
    const { interruptStatus, deviceFeaturesSel, driverFeaturesSel, accepted, queueSel } = this.#state;
    switch (register.name as TransportRegister) {
      case 'MagicValue':
        return magic;
      case 'Version':
        return 2n;
      case 'DeviceID':
        return BigInt(this.plugged?.deviceId ?? 0);
      case 'VendorID':
        return this.plugged ? vendor : 0n;
      case 'DeviceFeatures':
        return selected(this.#offered, deviceFeaturesSel);
      case 'DeviceFeaturesSel':
        return BigInt(deviceFeaturesSel);
      case 'DriverFeatures':
        return selected(accepted, driverFeaturesSel);
      case 'DriverFeaturesSel':
        return BigInt(driverFeaturesSel);
      case 'QueueSel':
        return BigInt(queueSel);
      case 'QueueNumMax':
        return BigInt(queue?.maximumSize ?? 0);
      case 'QueueNum':
        return BigInt(queue?.state.size ?? 0);
      case 'QueueReady':
        return queue?.state.ready === true ? 1n : 0n;
      case 'InterruptStatus':
        return BigInt(interruptStatus);
      case 'Status':
        return BigInt(this.#state.status);
      case 'QueueDescLow':
        return selected(queue?.state.descriptorArea ?? 0n, 0);
      case 'QueueDescHigh':
        return selected(queue?.state.descriptorArea ?? 0n, 1);
      case 'QueueDriverLow':
        return selected(queue?.state.driverArea ?? 0n, 0);
      case 'QueueDriverHigh':
        return selected(queue?.state.driverArea ?? 0n, 1);
      case 'QueueDeviceLow':
        return selected(queue?.state.deviceArea ?? 0n, 0);
      case 'QueueDeviceHigh':
        return selected(queue?.state.deviceArea ?? 0n, 1);
      case 'SHMLenLow':
      case 'SHMLenHigh':
      case 'SHMBaseLow':
      case 'SHMBaseHigh':
        // Virtio 4.2.2: -1 for a region that does not exist.
        return 0xffff_ffffn;
      case 'QueueNotify':
      case 'InterruptACK':
      case 'SHMSel':
      case 'QueueReset':
      case 'ConfigGeneration':
        return 0n;
    }
  }

  override inspect(): readonly DeviceDetail[] {
    const { problem, features, queues, plugged } = this;
    const accepted = features.filter(({ bit }) => this.accepts(bit)).map(({ name }) => name);
    return [
      ...(problem === undefined ? [] : [{ label: 'problem', value: problem }]),
      ...(plugged?.inspect?.() ?? []),
      { label: 'features', value: accepted.length === 0 ? 'none accepted' : accepted.join(', ') },
      ...queues.map((queue) => inspectQueue(queue)),
    ];
  }

  reset(): void {
    this.#state = { ...powerOn };
    for (const queue of this.queues) queue.reset();
    this.plugged?.reset();
    this.#interrupt(false);
  }

  override renew(): void {
    this.plugged?.renew?.();
    this.reset();
  }

  save(): VirtioMmioState {
    return {
      registers: { ...this.#state },
      queues: this.queues.map(({ state }) => state),
      plugged: this.plugged?.save() ?? null,
    };
  }

  restore({ registers, queues, plugged }: VirtioMmioState): void {
    this.#state = { ...registers };
    this.queues.forEach((queue, index) => {
      const state = queues[index];
      if (state) queue.restore(state);
    });
    this.plugged?.restore(plugged);
  }

  protected read(register: DeviceRegister): bigint {
    return this.peek(register);
  }

  protected write(register: DeviceRegister, value: bigint): void {
    if (register.offset >= configurationOffset) {
      this.plugged?.write?.(register.name, value);
      return;
    }
    const word = Number(value);
    const queue = this.#queue;
    switch (register.name as TransportRegister) {
      case 'DeviceFeaturesSel':
        return this.#change({ deviceFeaturesSel: word });
      case 'DriverFeaturesSel':
        return this.#change({ driverFeaturesSel: word });
      case 'DriverFeatures':
        return this.#acceptFeatures(value);
      case 'QueueSel':
        return this.#change({ queueSel: word });
      case 'QueueNum':
        return queue?.configure({ size: word });
      case 'QueueReady':
        return queue?.setReady((word & 1) === 1);
      case 'QueueNotify':
        return this.#serve(this.queues[word]);
      case 'InterruptACK':
        return this.#setInterrupt(this.#state.interruptStatus & ~word);
      case 'Status':
        return this.#setStatus(word & 0xff);
      case 'QueueDescLow':
        return queue?.configure({ descriptorArea: withHalf(queue.state.descriptorArea, 0n, value) });
      case 'QueueDescHigh':
        return queue?.configure({ descriptorArea: withHalf(queue.state.descriptorArea, 32n, value) });
      case 'QueueDriverLow':
        return queue?.configure({ driverArea: withHalf(queue.state.driverArea, 0n, value) });
      case 'QueueDriverHigh':
        return queue?.configure({ driverArea: withHalf(queue.state.driverArea, 32n, value) });
      case 'QueueDeviceLow':
        return queue?.configure({ deviceArea: withHalf(queue.state.deviceArea, 0n, value) });
      case 'QueueDeviceHigh':
        return queue?.configure({ deviceArea: withHalf(queue.state.deviceArea, 32n, value) });
      case 'QueueReset':
        if (word === 1 && this.accepts(ringFeature.ringReset)) queue?.reset();
        return;
      case 'SHMSel':
        // There is no shared memory to select.
        return;
      case 'MagicValue':
      case 'Version':
      case 'DeviceID':
      case 'VendorID':
      case 'DeviceFeatures':
      case 'QueueNumMax':
      case 'InterruptStatus':
      case 'SHMLenLow':
      case 'SHMLenHigh':
      case 'SHMBaseLow':
      case 'SHMBaseHigh':
      case 'ConfigGeneration':
        // Read-only: no write gets here.
        return;
    }
  }

  get #queue(): Virtqueue | undefined {
    return this.queues[this.#state.queueSel];
  }

  #loadConfiguration(offset: number, size: AccessSize): bigint {
    let value = 0n;
    for (let index = 0; index < size; index++) {
      const at = offset + index;
      const register = this.registerAt(at, 'read');
      if (!register) continue;
      const byte = (this.peek(register) >> BigInt(8 * (at - register.offset))) & 0xffn;
      value |= byte << BigInt(8 * index);
    }
    return value;
  }

  #acceptFeatures(value: bigint): void {
    const { driverFeaturesSel, accepted } = this.#state;
    // Virtio 3.1.1: features are settled once FEATURES_OK is set.
    if (driverFeaturesSel > 1 || (this.#state.status & status.featuresOk) !== 0) return;
    this.#change({ accepted: withHalf(accepted, BigInt(32 * driverFeaturesSel), value) });
  }

  #setStatus(value: number): void {
    if (value === 0) return this.reset();
    const before = this.#state.status;
    let next = (value & ~status.needsReset) | (before & status.needsReset);
    // Virtio 2.2.2: what was not offered cannot be accepted, and then FEATURES_OK stays clear.
    if ((this.#state.accepted & ~this.#offered) !== 0n) next &= ~status.featuresOk;
    this.#change({ status: next });
    if ((before & status.driverOk) !== 0 || !this.isLive) return;
    // What was made available before the device might look at it.
    for (const queue of this.queues) this.#serve(queue);
  }

  #serve(queue: Virtqueue | undefined): void {
    if (!queue || !this.isLive || !queue.state.ready) return;
    this.plugged?.serve(queue);
    this.settle(queue);
  }

  #raise(reason: number): void {
    this.#setInterrupt(this.#state.interruptStatus | reason);
  }

  #setInterrupt(interruptStatus: number): void {
    this.#change({ interruptStatus });
    this.#interrupt(interruptStatus !== 0);
  }

  #change(change: Partial<typeof powerOn>): void {
    Object.assign(this.#state, change);
  }
}

/** Is it a virtio slot with nothing in it? Views leave those out. */
export function isEmptySlot(device: Device): boolean {
  return device instanceof VirtioMmio && device.plugged === undefined;
}

/** 32 bits of 64, or zero for bits that nobody has. */
function selected(bits: bigint, half: number): bigint {
  return half > 1 ? 0n : BigInt.asUintN(32, bits >> BigInt(32 * half));
}

function withHalf(bits: bigint, shift: bigint, value: bigint): bigint {
  return (bits & ~(0xffff_ffffn << shift)) | (value << shift);
}
