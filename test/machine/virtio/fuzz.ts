import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { VirtioMmio } from '../../../src/machine/devices/virtio-mmio.ts';
import { memoryStorage } from '../../../src/machine/virtio/block/storage.ts';
import { VirtioBlock } from '../../../src/machine/virtio/block/virtio-block.ts';
import type { DirectMemory } from '../../../src/machine/virtio/direct-memory.ts';
import type { VirtioFunction } from '../../../src/machine/virtio/virtio-function.ts';
import { VirtioEntropy } from '../../../src/machine/virtio/virtio-entropy.ts';
import { VirtioNet } from '../../../src/machine/virtio/net/virtio-net.ts';
import { memoryFolder } from '../../../src/machine/host-folder.ts';
import { Network } from '../../../src/machine/network/network.ts';
import { offsetOf } from './driver.ts';

const ram = 0x8000_0000;
const ramBytes = 0x1_0000;
const queueSize = 8;
const area = (queue: number, which: number): number => ram + queue * 0x1000 + which * 0x400;

/** One of each, whose requests the generator knows. */
const kinds: readonly (() => VirtioFunction)[] = [
  () =>
    new VirtioBlock({
      storage: memoryStorage(new Uint8Array(0x8000)),
      access: 'read-write',
      serial: 'fuzz',
    }),
  () => new VirtioEntropy({ seed: 1 }),
  () => {
    const network = new Network({
      stations: [{ name: 'fuzz', mac: 0x5254_0000_0001 }],
      web: memoryFolder({}),
    });
    const [port] = network.ports;
    assert.ok(port);
    return new VirtioNet({ mac: 0x5254_0000_0001, port });
  },
];

/** What a run of the generator met. */
export interface FuzzTally {
  readonly chains: number;
  readonly accesses: number;
  /** Chains that the device took, and how often it wanted a reset. */
  readonly used: number;
  readonly broken: number;
}

/**
 * Lets devices have generated descriptor chains and register accesses, valid and not. Memory outside of what they may
 * reach throws; all that goes wrong throws.
 */
export function fuzzVirtio(count: number, seed: number): FuzzTally {
  const random = generator(seed);
  const tally = { chains: 0, accesses: 0, used: 0, broken: 0 };
  const machines = kinds.map((make) => new Fuzzed(make(), random, tally));
  while (tally.chains + tally.accesses < count) machines[random(machines.length)]?.step();
  for (const machine of machines) machine.check();
  return tally;
}

function contains(address: number, length: number): boolean {
  return address >= ram && address + length <= ram + ramBytes;
}

type RunningTally = { -readonly [Name in keyof FuzzTally]: FuzzTally[Name] };
type Choose = (below: number) => number;

class Fuzzed {
  readonly #device: VirtioMmio;
  readonly #bytes = new Uint8Array(ramBytes);
  readonly #view = new DataView(this.#bytes.buffer);
  readonly #random: Choose;
  readonly #tally: RunningTally;

  constructor(plugged: VirtioFunction, random: Choose, tally: RunningTally) {
    this.#random = random;
    this.#tally = tally;
    this.#device = new VirtioMmio({ memory: this.#memory(), interrupt: () => {}, plugged });
    this.#device.renew();
    this.#start();
  }

  step(): void {
    if (this.#random(8) === 0) this.#access();
    else this.#chain();
    if (this.#device.problem !== undefined) this.#tally.broken++;
    // Broken, unset or set up strangely: begin again soon, so that most chains are looked at.
    if (!this.#device.isLive || this.#random(64) === 0) this.#start();
  }

  /** What was saved comes back as it was. */
  check(): void {
    const saved = this.#device.save();
    this.#device.restore(saved);
    assert.ok(isDeepStrictEqual(this.#device.save(), saved));
  }

  #set(name: string, value: number): void {
    this.#device.store(offsetOf(name), 4, BigInt(value >>> 0));
  }

  #start(): void {
    this.#bytes.fill(0, 0, 0x4000);
    this.#set('Status', 0);
    this.#set('Status', 3);
    for (const half of [0, 1]) {
      this.#set('DeviceFeaturesSel', half);
      this.#set('DriverFeaturesSel', half);
      const offered = Number(this.#device.load(offsetOf('DeviceFeatures'), 4));
      this.#set('DriverFeatures', this.#random(3) === 0 ? offered & this.#word() : offered);
    }
    this.#set('Status', 11);
    this.#device.queues.forEach((_, queue) => {
      this.#set('QueueSel', queue);
      this.#set('QueueNum', queueSize);
      this.#set('QueueDescLow', area(queue, 0));
      this.#set('QueueDriverLow', area(queue, 1));
      this.#set('QueueDeviceLow', area(queue, 2));
      this.#set('QueueReady', 1);
    });
    this.#set('Status', 15);
  }

  /** Any access, of any size, anywhere in the device. */
  #access(): void {
    this.#tally.accesses++;
    const size = ([1, 2, 4, 4, 4, 4, 8] as const)[this.#random(7)] ?? 4;
    const offset = this.#random(4) === 0 ? this.#random(0x1000) : this.#random(0x50) * 4;
    const value = this.#random(2) === 0 ? BigInt(this.#random(16)) : BigInt(this.#word());
    if (this.#random(2) === 0) this.#device.load(offset, size);
    else this.#device.store(offset, size, value);
  }

  /** Writes a descriptor table, some of it wrong, and makes a chain of it available. */
  #chain(): void {
    this.#tally.chains++;
    const queue = this.#random(Math.max(1, this.#device.queues.length));
    const length = 1 + this.#random(5);
    const readable = this.#random(length + 1);
    for (let index = 0; index < length; index++)
      this.#describe(area(queue, 0) - ram + 16 * index, index, length, readable);
    if (this.#random(6) === 0) {
      const table = 0x6000;
      for (let index = 0; index < length; index++)
        this.#describe(table + 16 * index, index, length, readable);
      this.#descriptor(area(queue, 0) - ram, ram + table, this.#sometimes(16 * length), 4, 0);
    }
    // The header of a request to a disk, or anything.
    this.#view.setUint32(0x8000, [0, 1, 4, 8, 11, 13, 99][this.#random(7)] ?? 0, true);
    this.#view.setBigUint64(0x8008, BigInt(this.#sometimes(this.#random(64))), true);
    const ring = area(queue, 1) - ram;
    const index = this.#view.getUint16(ring + 2, true);
    this.#view.setUint16(ring + 4 + 2 * (index % queueSize), this.#random(32) === 0 ? this.#word() : 0, true);
    this.#view.setUint16(ring + 2, index + (this.#random(64) === 0 ? this.#random(20) : 1), true);
    const before = this.#device.queues[queue]?.state.used ?? 0;
    this.#set('QueueNotify', this.#sometimes(queue));
    this.#tally.used += ((this.#device.queues[queue]?.state.used ?? 0) - before) & 0xffff;
  }

  #describe(at: number, index: number, length: number, readable: number): void {
    const isLast = index === length - 1;
    const flags = (isLast ? 0 : 1) | (index < readable ? 0 : 2);
    // Now and then a buffer lies over the rings themselves.
    const address =
      index === 0 ? 0x8000 : this.#random(8) === 0 ? this.#random(0x3000) : 0x8000 + 0x400 * index;
    const size = index === 0 ? 16 : isLast ? 1 : ([512, 1024, 16, 20][this.#random(4)] ?? 0);
    this.#descriptor(
      at,
      ram + this.#sometimes(address),
      this.#sometimes(size),
      this.#sometimes(flags),
      index + 1,
    );
  }

  #descriptor(at: number, address: number, length: number, flags: number, next: number): void {
    const far = this.#random(64) === 0 ? BigInt(this.#word()) << 32n : 0n;
    this.#view.setBigUint64(at, BigInt(address) | far, true);
    this.#view.setUint32(at + 8, length, true);
    this.#view.setUint16(at + 12, flags, true);
    this.#view.setUint16(at + 14, this.#sometimes(next), true);
  }

  /** Mostly this, sometimes a number from its edges or from anywhere. */
  #sometimes(value: number): number {
    switch (this.#random(40)) {
      case 0:
        return this.#word();
      case 1:
        return value + 1;
      case 2:
        return 0;
      default:
        return value;
    }
  }

  #word(): number {
    return this.#random(0x1_0000) * 0x1_0000 + this.#random(0x1_0000);
  }

  /** RAM, which finds out any access that leads out of it. */
  #memory(): DirectMemory {
    return {
      contains,
      read: (address, length) =>
        contains(address, length) ? this.#bytes.slice(address - ram, address - ram + length) : undefined,
      write: (address, bytes) => {
        if (!contains(address, bytes.length)) return false;
        this.#bytes.set(bytes, address - ram);
        return true;
      },
    };
  }
}

/** Numbers from 0 to below a bound, the same for a seed. */
function generator(seed: number): Choose {
  let state = seed >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
}
