import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { Region } from '../../../src/machine/bus.ts';
import { VirtioMmio } from '../../../src/machine/devices/virtio-mmio.ts';
import type { DirectMemory } from '../../../src/machine/virtio/direct-memory.ts';
import { offsetOf } from './driver.ts';

const ram = 0x8000_0000;
/** Each virtio device has so much of RAM for its queues and buffers; what it is told may lie elsewhere, too. */
const windowBytes = 0x1_0000;
const queueSize = 8;
const buffers = 0x8000;
const indirectTable = 0x7000;

/** A board whose devices are to be tried: a machine's, or a guest's. */
export interface FuzzTarget {
  readonly regions: readonly Region[];
  readonly memory: DirectMemory;
  readonly ramBytes: number;
}

/** What a run of the generator met. */
export interface FuzzTally {
  readonly chains: number;
  readonly accesses: number;
  /** Chains that the device took, and how often it wanted a reset. */
  readonly used: number;
  readonly broken: number;
}

type RunningTally = { -readonly [Name in keyof FuzzTally]: FuzzTally[Name] };
type Choose = (below: number) => number;

/**
 * Lets the virtio devices of a board have generated descriptor chains, valid and not, and all its devices accesses of
 * every kind. What goes wrong throws; whether anything was reached that may not be is for the caller to look at.
 */
export function fuzzDevices(target: FuzzTarget, count: number, seed: number): FuzzTally {
  const random = generator(seed);
  const tally = { chains: 0, accesses: 0, used: 0, broken: 0 };
  const drivers = target.regions.flatMap(({ device }) =>
    device instanceof VirtioMmio && device.transport.plugged ? [device] : [],
  );
  const wild = drivers.map((device, index) => new WildDriver(device, index, target, random, tally));
  while (tally.chains + tally.accesses < count) {
    if (random(8) === 0) access(target.regions, random, tally);
    else wild[random(wild.length)]?.step();
  }
  for (const { device } of target.regions) {
    const saved = device.save();
    device.restore(saved);
    assert.ok(isDeepStrictEqual(device.save(), saved), `${device.model} comes back as it was saved`);
  }
  return tally;
}

/** Any access, of any size, anywhere in any device. */
function access(regions: readonly Region[], random: Choose, tally: RunningTally): void {
  tally.accesses++;
  const region = regions[random(regions.length)];
  if (region === undefined) return;
  const size = ([1, 2, 4, 4, 4, 4, 8] as const)[random(7)] ?? 4;
  const offset = random(4) === 0 ? random(region.size) : random(0x60) * 4;
  const value = random(2) === 0 ? BigInt(random(16)) : (BigInt(word(random)) << 32n) | BigInt(word(random));
  if (random(2) === 0) region.device.load(offset, size);
  else region.device.store(offset, size, BigInt.asUintN(8 * size, value));
}

/** Drives one device as no driver should. */
class WildDriver {
  readonly #device: VirtioMmio;
  readonly #window: number;
  readonly #memory: DirectMemory;
  readonly #ramEnd: number;
  readonly #random: Choose;
  readonly #tally: RunningTally;

  constructor(device: VirtioMmio, index: number, target: FuzzTarget, random: Choose, tally: RunningTally) {
    this.#device = device;
    this.#window = ram + index * windowBytes;
    this.#memory = target.memory;
    this.#ramEnd = ram + target.ramBytes;
    this.#random = random;
    this.#tally = tally;
    this.#start();
  }

  step(): void {
    this.#chain();
    const { problem } = this.#device.transport;
    const needsReset = (Number(this.#device.load(offsetOf('Status'), 4)) & 64) !== 0;
    assert.equal(needsReset, problem !== undefined, 'a broken rule shows as DEVICE_NEEDS_RESET');
    if (problem !== undefined) this.#tally.broken++;
    // Broken, unset or set up strangely: begin again soon, so that most chains are looked at.
    if (!this.#device.transport.isLive || this.#random(64) === 0) this.#start();
  }

  #set(name: string, value: number): void {
    this.#device.store(offsetOf(name), 4, BigInt(value >>> 0));
  }

  #start(): void {
    this.#memory.write(this.#window, new Uint8Array(0x4000));
    this.#set('Status', 0);
    this.#set('Status', 3);
    for (const half of [0, 1]) {
      this.#set('DeviceFeaturesSel', half);
      this.#set('DriverFeaturesSel', half);
      const offered = Number(this.#device.load(offsetOf('DeviceFeatures'), 4));
      this.#set('DriverFeatures', this.#random(3) === 0 ? offered & word(this.#random) : offered);
    }
    this.#set('Status', 11);
    this.#device.transport.queues.forEach((_, queue) => {
      this.#set('QueueSel', queue);
      this.#set('QueueNum', this.#random(32) === 0 ? this.#random(300) : queueSize);
      ['QueueDesc', 'QueueDriver', 'QueueDevice'].forEach((area, which) => {
        this.#set(`${area}Low`, this.#somewhere(this.#area(queue, which)));
        this.#set(`${area}High`, this.#random(128) === 0 ? word(this.#random) : 0);
      });
      this.#set('QueueReady', 1);
    });
    this.#set('Status', 15);
  }

  #area(queue: number, which: number): number {
    return this.#window + queue * 0x1000 + which * 0x400;
  }

  /** Writes a descriptor table, some of it wrong, and makes a chain of it available. */
  #chain(): void {
    this.#tally.chains++;
    const random = this.#random;
    const queue = random(Math.max(1, this.#device.transport.queues.length));
    const length = 1 + random(5);
    const readable = random(length + 1);
    const table = this.#table(length, readable);
    if (random(6) === 0) {
      this.#memory.write(this.#window + indirectTable, this.#table(length, readable));
      describe(table, 0, BigInt(this.#window + indirectTable), this.#sometimes(16 * length), 4, 0);
    }
    this.#memory.write(this.#area(queue, 0), table);
    this.#memory.write(this.#window + buffers, this.#request());
    const ring = this.#area(queue, 1);
    const head = this.#memory.read(ring + 2, 2) ?? new Uint8Array(2);
    const index = (head[0] ?? 0) | ((head[1] ?? 0) << 8);
    this.#memory.write(ring + 4 + 2 * (index % queueSize), twoBytes(random(32) === 0 ? word(random) : 0));
    this.#memory.write(ring + 2, twoBytes(index + (random(64) === 0 ? random(20) : 1)));
    const before = this.#device.transport.queues[queue]?.state.used ?? 0;
    this.#set('QueueNotify', this.#sometimes(queue));
    this.#tally.used += ((this.#device.transport.queues[queue]?.state.used ?? 0) - before) & 0xffff;
  }

  #table(length: number, readable: number): Uint8Array {
    const random = this.#random;
    const bytes = new Uint8Array(16 * length);
    for (let index = 0; index < length; index++) {
      const isLast = index === length - 1;
      const flags = (isLast ? 0 : 1) | (index < readable ? 0 : 2);
      // Now and then a buffer lies over the rings themselves.
      const within = index === 0 ? buffers : random(8) === 0 ? random(0x3000) : buffers + 0x400 * index;
      const size =
        index === 0
          ? ([16, 12, 60, 200][random(4)] ?? 16)
          : isLast
            ? 1
            : ([512, 1024, 16, 20][random(4)] ?? 0);
      const far = random(64) === 0 ? BigInt(word(random)) << 32n : 0n;
      const address = BigInt(this.#somewhere(this.#window + within)) | far;
      describe(
        bytes,
        index,
        address,
        this.#sometimes(size),
        this.#sometimes(flags),
        this.#sometimes(index + 1),
      );
    }
    return bytes;
  }

  /** What a request may begin with: a disk's header, a message of 9P, a frame, or anything. */
  #request(): Uint8Array {
    const random = this.#random;
    const bytes = Uint8Array.from({ length: 64 }, () => random(256));
    const view = new DataView(bytes.buffer);
    switch (random(3)) {
      case 0:
        view.setUint32(0, [0, 1, 4, 8, 11, 13, 99][random(7)] ?? 0, true);
        view.setBigUint64(8, BigInt(this.#sometimes(random(64))), true);
        break;
      case 1:
        view.setUint8(4, [8, 12, 14, 24, 40, 72, 76, 100, 104, 110, 116, 118, 120][random(13)] ?? 0);
        view.setUint32(7, random(4), true);
        view.setUint32(11, random(4), true);
        view.setUint16(15, random(4), true);
        break;
      default:
        bytes.fill(0, 0, 12);
        bytes.fill(0xff, 12, 18);
        view.setUint16(24, random(2) === 0 ? 0x0800 : 0x0806);
    }
    return bytes;
  }

  /** Mostly this address, sometimes one at an edge of RAM, or any. */
  #somewhere(address: number): number {
    const random = this.#random;
    switch (random(100)) {
      case 0:
        return word(random);
      case 1:
        return ram - 1 - random(32);
      case 2:
        return this.#ramEnd - random(64);
      case 3:
        return 0xffff_ffff - random(32);
      default:
        return address;
    }
  }

  /** Mostly this, sometimes a number from its edges or from anywhere. */
  #sometimes(value: number): number {
    switch (this.#random(50)) {
      case 0:
        return word(this.#random);
      case 1:
        return value + 1;
      case 2:
        return 0;
      default:
        return value;
    }
  }
}

function describe(
  table: Uint8Array,
  index: number,
  address: bigint,
  length: number,
  flags: number,
  next: number,
): void {
  const view = new DataView(table.buffer, 16 * index, 16);
  view.setBigUint64(0, address, true);
  view.setUint32(8, length, true);
  view.setUint16(12, flags, true);
  view.setUint16(14, next, true);
}

function twoBytes(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, (value >>> 8) & 0xff);
}

function word(random: Choose): number {
  return random(0x1_0000) * 0x1_0000 + random(0x1_0000);
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
