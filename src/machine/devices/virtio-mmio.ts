import {
  Device,
  type DeviceDetail,
  type AccessRules,
  type DeviceRegister,
  type SavedState,
} from '../device.ts';
import type { AccessSize } from '../../isa/semantics.ts';
import { ringFeature } from '../virtio/features.ts';
import { VirtioTransport, type NegotiationState, type VirtioWiring } from '../virtio/transport.ts';
import type { Virtqueue, VirtqueueState } from '../virtio/virtqueue.ts';
import { configurationOffset, magic, vendor, virtioMmioRegisters } from './virtio-mmio-registers.ts';

/** Which of several things the other registers are about. */
const powerOn = { deviceFeaturesSel: 0, driverFeaturesSel: 0, queueSel: 0 };

/** What is saved of a transport, its queues, and the device that is plugged in. */
export interface VirtioMmioState {
  readonly [name: string]: SavedState;
  readonly registers: NegotiationState & typeof powerOn;
  readonly queues: readonly VirtqueueState[];
  readonly plugged: SavedState;
}

type TransportRegister = (typeof virtioMmioRegisters)[number]['name'];

/** A virtio device behind memory-mapped registers (Virtio 4.2), version 2. */
export class VirtioMmio extends Device<DeviceRegister, VirtioMmioState> {
  readonly model: string;
  readonly summary: string;
  readonly compatible = ['virtio,mmio'];
  readonly registers: readonly DeviceRegister[];
  /** What the registers give access to. */
  readonly transport: VirtioTransport;
  protected readonly rules: AccessRules = { sizes: [1, 2, 4, 8], undefinedOffsets: 'zero' };
  #select = { ...powerOn };

  constructor(wiring: VirtioWiring) {
    super();
    const { plugged } = wiring;
    this.model = plugged?.model ?? 'virtio-mmio';
    this.summary = plugged?.summary ?? 'A slot for a virtio device, with nothing in it.';
    const configuration = plugged?.configuration ?? [];
    this.registers = [
      ...virtioMmioRegisters,
      ...configuration.map((each) => ({ ...each, offset: configurationOffset + each.offset })),
    ];
    this.transport = new VirtioTransport(wiring);
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
    if (register.offset >= configurationOffset) return this.transport.plugged?.peek(register.name) ?? 0n;
    const queue = this.#queue;
    const { transport } = this;
    const { deviceFeaturesSel, driverFeaturesSel, queueSel } = this.#select;
    switch (register.name as TransportRegister) {
      case 'MagicValue':
        return magic;
      case 'Version':
        return 2n;
      case 'DeviceID':
        return BigInt(transport.plugged?.deviceId ?? 0);
      case 'VendorID':
        return transport.plugged ? vendor : 0n;
      case 'DeviceFeatures':
        return selected(transport.offered, deviceFeaturesSel);
      case 'DeviceFeaturesSel':
        return BigInt(deviceFeaturesSel);
      case 'DriverFeatures':
        return selected(transport.accepted, driverFeaturesSel);
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
        return BigInt(transport.interruptStatus);
      case 'Status':
        return BigInt(transport.status);
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
    return this.transport.inspect();
  }

  reset(): void {
    this.#select = { ...powerOn };
    this.transport.reset();
  }

  override renew(): void {
    this.transport.plugged?.renew?.();
    this.reset();
  }

  save(): VirtioMmioState {
    const { negotiation, queues, plugged } = this.transport.save();
    const { status, interruptStatus, accepted, problem } = negotiation;
    const { deviceFeaturesSel, driverFeaturesSel, queueSel } = this.#select;
    // The order of the names is part of what is hashed.
    return {
      registers: {
        status,
        interruptStatus,
        deviceFeaturesSel,
        driverFeaturesSel,
        accepted,
        queueSel,
        problem,
      },
      queues,
      plugged,
    };
  }

  restore({ registers, queues, plugged }: VirtioMmioState): void {
    const { deviceFeaturesSel, driverFeaturesSel, queueSel } = registers;
    this.#select = { deviceFeaturesSel, driverFeaturesSel, queueSel };
    this.transport.restore({ negotiation: registers, queues, plugged });
  }

  protected read(register: DeviceRegister): bigint {
    return this.peek(register);
  }

  protected write(register: DeviceRegister, value: bigint): void {
    if (register.offset >= configurationOffset) {
      this.transport.plugged?.write?.(register.name, value);
      return;
    }
    const word = Number(value);
    const queue = this.#queue;
    const { transport } = this;
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
        return transport.notify(transport.queues[word]);
      case 'InterruptACK':
        return transport.acknowledge(word);
      case 'Status':
        return (word & 0xff) === 0 ? this.reset() : transport.setStatus(word & 0xff);
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
        if (word === 1 && transport.accepts(ringFeature.ringReset)) queue?.reset();
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
    return this.transport.queues[this.#select.queueSel];
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
    const { driverFeaturesSel } = this.#select;
    if (driverFeaturesSel > 1) return;
    const { transport } = this;
    transport.acceptFeatures(withHalf(transport.accepted, BigInt(32 * driverFeaturesSel), value));
  }

  #change(change: Partial<typeof powerOn>): void {
    Object.assign(this.#select, change);
  }
}

/** Is it a virtio slot with nothing in it? Views leave those out. */
export function isEmptySlot(device: Device): boolean {
  return device instanceof VirtioMmio && device.transport.plugged === undefined;
}

/** 32 bits of 64, or zero for bits that nobody has. */
function selected(bits: bigint, half: number): bigint {
  return half > 1 ? 0n : BigInt.asUintN(32, bits >> BigInt(32 * half));
}

function withHalf(bits: bigint, shift: bigint, value: bigint): bigint {
  return (bits & ~(0xffff_ffffn << shift)) | (value << shift);
}
