import { DescriptorChain } from './descriptor-chain.ts';
import { walkChain } from './descriptor-walk.ts';
import type { DirectMemory } from './direct-memory.ts';

/** What a queue's registers and its own counters hold. */
export interface VirtqueueState {
  readonly [name: string]: number | boolean | bigint;
  /** QueueNum. */
  readonly size: number;
  readonly ready: boolean;
  /** Addresses of the three areas (Virtio 2.7): descriptor table, available ring, used ring. */
  readonly descriptorArea: bigint;
  readonly driverArea: bigint;
  readonly deviceArea: bigint;
  /** Of the available ring, how many entries the device has taken; modulo 2^16, as all counts here. */
  readonly taken: number;
  /** Of the used ring, how many the device has put. */
  readonly used: number;
  /** `used` when the driver was last told, or when it last wanted not to be. */
  readonly told: number;
}

const initial: VirtqueueState = {
  size: 0,
  ready: false,
  descriptorArea: 0n,
  driverArea: 0n,
  deviceArea: 0n,
  taken: 0,
  used: 0,
  told: 0,
};

/** What a queue is connected to. */
export interface VirtqueueWiring {
  readonly index: number;
  readonly name: string;
  /** QueueNumMax. */
  readonly maximumSize: number;
  readonly memory: DirectMemory;
  /** Which of the ring's optional parts the driver accepted. */
  readonly accepted: () => { readonly indirect: boolean; readonly eventIndex: boolean };
  /** The driver broke a rule: the device has to be reset before the queue works again. */
  readonly onProblem: (problem: string) => void;
}

/** One split virtqueue (Virtio 2.7), from the device's side. */
export class Virtqueue {
  readonly index: number;
  readonly name: string;
  readonly maximumSize: number;
  readonly #wiring: VirtqueueWiring;
  #state: VirtqueueState = initial;

  constructor(wiring: VirtqueueWiring) {
    this.index = wiring.index;
    this.name = wiring.name;
    this.maximumSize = wiring.maximumSize;
    this.#wiring = wiring;
    this.reset();
  }

  get state(): VirtqueueState {
    return this.#state;
  }

  /** The driver sets up the queue; what it says while the queue is ready is ignored. */
  configure(
    change: Partial<Pick<VirtqueueState, 'size' | 'descriptorArea' | 'driverArea' | 'deviceArea'>>,
  ): void {
    if (!this.#state.ready) this.#change(change);
  }

  /** The driver writes QueueReady. */
  setReady(ready: boolean): void {
    const { size } = this.#state;
    // Virtio 2.7: the size of a split queue is a power of two.
    if (ready && (size === 0 || size > this.maximumSize || (size & (size - 1)) !== 0)) {
      this.#problem(`its size ${size} is no power of two up to ${this.maximumSize}`);
      return;
    }
    this.#change({ ready });
  }

  /** Requests that were taken and not handed back yet. */
  get inFlight(): number {
    return (this.#state.taken - this.#state.used) & 0xffff;
  }

  /** The first requests that wait, each with its head and what it is, or what is wrong with it. Nothing is taken. */
  peekWaiting(most: number): readonly { readonly head: number; readonly chain: DescriptorChain | string }[] {
    const { driverArea, size, taken } = this.#state;
    return Array.from({ length: Math.min(this.waiting, most, size) }, (_, index) => {
      const head = this.#half(driverArea, 4 + 2 * (((taken + index) & 0xffff) % size)) ?? 0;
      if (head >= size) return { head, chain: `the queue has ${size} descriptors` };
      const parts = this.#walk(head);
      return {
        head,
        chain: typeof parts === 'string' ? parts : new DescriptorChain(this.#wiring.memory, head, parts),
      };
    });
  }

  /** The next request of the driver; undefined where there is none, or where what it says is wrong. */
  next(): DescriptorChain | undefined {
    if (!this.#state.ready) return undefined;
    const head = this.#nextHead();
    if (head === undefined) return undefined;
    const parts = this.#walk(head);
    if (typeof parts === 'string') return this.#problem(parts);
    this.#change({ taken: (this.#state.taken + 1) & 0xffff });
    return new DescriptorChain(this.#wiring.memory, head, parts);
  }

  /** Puts the last requests back that were taken and not used: they are the next again. */
  untake(count: number): void {
    this.#change({ taken: (this.#state.taken - count) & 0xffff });
  }

  /**
   * The requests that wait now, each once. What becomes available meanwhile has to wait for another notification:
   * a buffer can lie over the ring itself, and a device that fills it would make work for itself for ever.
   */
  *pending(): Generator<DescriptorChain> {
    for (let left = this.waiting; left > 0; left--) {
      const chain = this.next();
      if (chain === undefined) return;
      yield chain;
    }
  }

  /** How many requests wait; none where the available ring cannot be read. */
  get waiting(): number {
    if (!this.#state.ready) return 0;
    const available = this.#half(this.#state.driverArea, 2);
    return available === undefined ? 0 : (available - this.#state.taken) & 0xffff;
  }

  /** Hands a request back, with how many bytes of its writable buffers were written. */
  put({ head }: DescriptorChain, written: number): void {
    const { size, deviceArea, used } = this.#state;
    const element = new DataView(new ArrayBuffer(8));
    element.setUint32(0, head, true);
    element.setUint32(4, written, true);
    const at = Number(deviceArea) + 4 + 8 * (used % size);
    const next = (used + 1) & 0xffff;
    const { memory } = this.#wiring;
    if (
      memory.write(at, new Uint8Array(element.buffer)) &&
      memory.write(Number(deviceArea) + 2, twoBytes(next))
    )
      this.#change({ used: next });
    else this.#problem('the used ring lies outside RAM');
  }

  /** All that can be done is done: says from when on the driver should notify again, and whether it wants to know. */
  settle(): 'interrupt' | 'quiet' {
    const { ready, size, driverArea, deviceArea, taken, used, told } = this.#state;
    if (!ready) return 'quiet';
    const { eventIndex } = this.#wiring.accepted();
    if (eventIndex && !this.#wiring.memory.write(Number(deviceArea) + 4 + 8 * size, twoBytes(taken))) {
      this.#problem('the used ring lies outside RAM');
      return 'quiet';
    }
    if (used === told) return 'quiet';
    this.#change({ told: used });
    // Virtio 2.7.7.2: with event indices, when the entry that the driver named has been used; else by a flag.
    const wish = this.#half(driverArea, eventIndex ? 4 + 2 * size : 0) ?? 0;
    const wanted = eventIndex
      ? ((used - wish - 1) & 0xffff) < ((used - told) & 0xffff)
      : (wish & noInterrupt) === 0;
    return wanted ? 'interrupt' : 'quiet';
  }

  reset(): void {
    this.#state = { ...initial, size: this.maximumSize };
  }

  restore(state: VirtqueueState): void {
    this.#state = state;
  }

  #walk(head: number): ReturnType<typeof walkChain> {
    const { memory, accepted } = this.#wiring;
    const { descriptorArea, size } = this.#state;
    return walkChain({ memory, table: Number(descriptorArea), size, head, indirect: accepted().indirect });
  }

  #nextHead(): number | undefined {
    const { driverArea, size, taken } = this.#state;
    const available = this.#half(driverArea, 2);
    const head = this.#half(driverArea, 4 + 2 * (taken % size));
    if (available === undefined || head === undefined)
      return this.#problem('the available ring lies outside RAM');
    const waiting = (available - taken) & 0xffff;
    if (waiting === 0) return undefined;
    if (waiting > size)
      return this.#problem(`the available ring is ${waiting} entries ahead, and has ${size}`);
    if (head >= size) return this.#problem(`the available ring names descriptor ${head} of ${size}`);
    return head;
  }

  #half(area: bigint, offset: number): number | undefined {
    const bytes = this.#wiring.memory.read(Number(area) + offset, 2);
    return bytes && (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8);
  }

  #problem(problem: string): undefined {
    this.#wiring.onProblem(`queue ${this.index} (${this.name}): ${problem}`);
    return undefined;
  }

  #change(change: Partial<VirtqueueState>): void {
    this.#state = { ...this.#state, ...change } as VirtqueueState;
  }
}

/** VIRTQ_AVAIL_F_NO_INTERRUPT. */
const noInterrupt = 1;

function twoBytes(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, value >>> 8);
}
