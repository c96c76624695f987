import type { SavedState } from '../device.ts';
import { Random, type RandomState } from './random.ts';
import type { VirtioFunction } from './virtio-function.ts';
import type { Virtqueue } from './virtqueue.ts';

/** Bytes that one request gets at most; a driver takes fewer than it asked for (Virtio 5.4.6.2). */
const mostBytes = 0x1_0000;

/** A virtio entropy device (Virtio 5.4): the same bytes for the same seed, in every run. */
export class VirtioEntropy implements VirtioFunction {
  readonly deviceId = 4;
  readonly model = 'virtio-entropy';
  readonly summary = 'Source of random bytes, the same in every run.';
  readonly features = [];
  readonly queues = [{ name: 'requests', size: 64 }];
  readonly configuration = [];
  readonly #seed: number;
  #random: Random;

  constructor({ seed }: { readonly seed: number }) {
    this.#seed = seed;
    this.#random = new Random(seed);
  }

  attach(): void {}

  peek(): bigint {
    return 0n;
  }

  serve(queue: Virtqueue): void {
    for (const chain of queue.pending()) {
      const bytes = this.#random.bytes(Math.min(chain.writableBytes, mostBytes));
      queue.put(chain, chain.write(0, bytes));
    }
  }

  /** The numbers go on over a reset. */
  reset(): void {}

  renew(): void {
    this.#random = new Random(this.#seed);
  }

  save(): SavedState {
    return this.#random.save();
  }

  restore(state: SavedState): void {
    this.#random.restore(state as RandomState);
  }
}
