import { VirtioMmio } from '../../../src/machine/devices/virtio-mmio.ts';
import { virtioMmioRegisters } from '../../../src/machine/devices/virtio-mmio-registers.ts';
import { deviceStatus } from '../../../src/machine/virtio/transport.ts';
import type { DirectMemory } from '../../../src/machine/virtio/direct-memory.ts';
import { descriptorFlag } from '../../../src/machine/virtio/descriptor-walk.ts';
import type { VirtioFunction } from '../../../src/machine/virtio/virtio-function.ts';

export const ramStart = 0x8000_0000;

/** RAM of its own for a device, for tests. */
function testMemory(size = 0x10_0000): DirectMemory & { readonly bytes: Uint8Array } {
  const bytes = new Uint8Array(size);
  const contains = (address: number, length: number): boolean =>
    address >= ramStart && address + length <= ramStart + size;
  return {
    bytes,
    contains,
    read: (address, length) =>
      contains(address, length) ? bytes.slice(address - ramStart, address - ramStart + length) : undefined,
    write: (address, data) => {
      if (!contains(address, data.length)) return false;
      bytes.set(data, address - ramStart);
      return true;
    },
  };
}

/** A buffer that a driver offers: bytes for the device, or room for it. */
export type Offer = { readonly send: Uint8Array } | { readonly room: number };

const areaBytes = 0x4000;

/** A driver as the specification wants it, which runs on the host: for tests of devices. */
export class Driver {
  readonly memory = testMemory();
  readonly device: VirtioMmio;
  readonly view = new DataView(this.memory.bytes.buffer);
  /** Is the interrupt line up? */
  line = false;
  /** How often it went up. */
  interrupts = 0;
  size = 8;
  readonly #made = new Map<number, number>();
  #nextBuffer = 0x8_0000;
  readonly #seen = new Map<number, number>();

  constructor(plugged: VirtioFunction | undefined) {
    this.device = new VirtioMmio({
      memory: this.memory,
      interrupt: (raised) => {
        if (raised && !this.line) this.interrupts++;
        this.line = raised;
      },
      plugged,
    });
    this.device.renew();
  }

  get(name: (typeof virtioMmioRegisters)[number]['name']): number {
    return Number(this.device.load(offsetOf(name), 4));
  }

  set(name: (typeof virtioMmioRegisters)[number]['name'], value: number): void {
    this.device.store(offsetOf(name), 4, BigInt(value));
  }

  /** The whole of Virtio 3.1.1; accepts all that is offered but for these bits. */
  start(without: readonly number[] = []): void {
    this.set('Status', 0);
    this.set('Status', deviceStatus.acknowledge | deviceStatus.driver);
    for (const half of [0, 1]) {
      this.set('DeviceFeaturesSel', half);
      this.set('DriverFeaturesSel', half);
      let features = this.get('DeviceFeatures');
      for (const bit of without) if (bit >>> 5 === half) features &= ~(1 << (bit & 31));
      this.set('DriverFeatures', features >>> 0);
    }
    this.set('Status', deviceStatus.acknowledge | deviceStatus.driver | deviceStatus.featuresOk);
    this.device.transport.queues.forEach((_, queue) => this.setUp(queue));
    this.set(
      'Status',
      deviceStatus.acknowledge | deviceStatus.driver | deviceStatus.featuresOk | deviceStatus.driverOk,
    );
  }

  setUp(queue: number): void {
    const base = ramStart + queue * areaBytes;
    this.set('QueueSel', queue);
    this.set('QueueNum', this.size);
    this.set('QueueDescLow', base);
    this.set('QueueDriverLow', base + 0x1000);
    this.set('QueueDeviceLow', base + 0x2000);
    this.set('QueueReady', 1);
  }

  /** Writes descriptor `index` of a queue's table, or of a table at `table`. */
  describe(
    queue: number,
    index: number,
    descriptor: { address: number | bigint; length: number; flags?: number; next?: number },
    table = queue * areaBytes,
  ): void {
    const at = table + 16 * index;
    this.view.setBigUint64(at, BigInt(descriptor.address), true);
    this.view.setUint32(at + 8, descriptor.length, true);
    this.view.setUint16(at + 12, descriptor.flags ?? 0, true);
    this.view.setUint16(at + 14, descriptor.next ?? 0, true);
  }

  /** Puts a head into the available ring; the device is not told. */
  offerHead(queue: number, head: number): void {
    const made = this.#made.get(queue) ?? 0;
    const ring = queue * areaBytes + 0x1000;
    this.view.setUint16(ring + 4 + 2 * (made % this.size), head, true);
    this.view.setUint16(ring + 2, (made + 1) & 0xffff, true);
    this.#made.set(queue, made + 1);
  }

  /** Makes a chain of buffers available, one descriptor each from `first` on. Returns their addresses. */
  offer(queue: number, buffers: readonly Offer[], first = 0): readonly number[] {
    const addresses = buffers.map((buffer, index) => {
      const length = 'send' in buffer ? buffer.send.length : buffer.room;
      const address = this.#nextBuffer;
      this.#nextBuffer += length;
      if ('send' in buffer) this.memory.bytes.set(buffer.send, address);
      this.describe(queue, first + index, {
        address: ramStart + address,
        length,
        flags:
          ('send' in buffer ? 0 : descriptorFlag.write) |
          (index < buffers.length - 1 ? descriptorFlag.next : 0),
        next: first + index + 1,
      });
      return ramStart + address;
    });
    this.offerHead(queue, first);
    return addresses;
  }

  /** As if so many requests had been made and used. */
  skipTo(queue: number, count: number): void {
    this.#made.set(queue, count);
    this.#seen.set(queue, count);
    this.view.setUint16(queue * areaBytes + 0x1002, count, true);
    this.view.setUint16(queue * areaBytes + 0x2002, count, true);
    const of = this.device.transport.queues[queue];
    of?.restore({ ...of.state, taken: count, used: count, told: count });
  }

  notify(queue: number): void {
    this.set('QueueNotify', queue);
  }

  /** What the device put into the used ring since the last time. */
  used(queue: number): readonly { readonly head: number; readonly length: number }[] {
    const ring = queue * areaBytes + 0x2000;
    const found: { head: number; length: number }[] = [];
    let seen = this.#seen.get(queue) ?? 0;
    for (; seen !== this.view.getUint16(ring + 2, true); seen = (seen + 1) & 0xffff) {
      const at = ring + 4 + 8 * (seen % this.size);
      found.push({ head: this.view.getUint32(at, true), length: this.view.getUint32(at + 4, true) });
    }
    this.#seen.set(queue, seen);
    return found;
  }

  /** Bytes of RAM at an address. */
  bytes(address: number, length: number): Uint8Array {
    return this.memory.bytes.slice(address - ramStart, address - ramStart + length);
  }

  /** Offers one chain, notifies, and returns what came back in its room. */
  request(queue: number, buffers: readonly Offer[]): { readonly length: number; readonly room: Uint8Array } {
    this.#nextBuffer = 0x8_0000;
    const addresses = this.offer(queue, buffers);
    this.notify(queue);
    const [used] = this.used(queue);
    const rooms = buffers.flatMap((buffer, index) =>
      'room' in buffer ? [...this.bytes(addresses[index] ?? 0, buffer.room)] : [],
    );
    return { length: used?.length ?? -1, room: Uint8Array.from(rooms) };
  }
}

export function offsetOf(name: string): number {
  return virtioMmioRegisters.find((register) => register.name === name)?.offset ?? -1;
}
