import type { BlockStorage } from './storage.ts';

/** What an overlay holds: clusters by number, in order. */
export interface OverlayState {
  readonly [name: string]: readonly number[] | readonly Uint8Array[];
  readonly numbers: readonly number[];
  readonly clusters: readonly Uint8Array[];
}

/** Bytes that are copied when one of them is written. */
const clusterBytes = 4096;

const zeroes = new Uint8Array(clusterBytes);

/**
 * A disk of which every write stays in memory. A cluster is never changed in place, so that saving is a matter of
 * noting which there are.
 */
export class Overlay {
  /** Bytes; the rest of a last sector that the storage has not is zero. */
  readonly size: number;
  readonly #storage: BlockStorage;
  readonly #clusters = new Map<number, Uint8Array>();

  constructor(storage: BlockStorage) {
    this.#storage = storage;
    this.size = Math.ceil(storage.size / 512) * 512;
  }

  /** Bytes that were written, in whole clusters. */
  get writtenBytes(): number {
    return this.#clusters.size * clusterBytes;
  }

  /** Bytes within `size`. */
  read(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    forEachCluster(offset, length, (number, start, count, done) => {
      const cluster = this.#clusters.get(number);
      const at = number * clusterBytes + start;
      bytes.set(cluster ? cluster.subarray(start, start + count) : this.#original(at, count), done);
    });
    return bytes;
  }

  /** Writes within `size`. */
  write(offset: number, bytes: Uint8Array): void {
    forEachCluster(offset, bytes.length, (number, start, count, done) => {
      const cluster = new Uint8Array(clusterBytes);
      if (count < clusterBytes) cluster.set(this.#cluster(number));
      cluster.set(bytes.subarray(done, done + count), start);
      this.#clusters.set(number, cluster);
    });
  }

  /** Writes zeroes within `size`; whole clusters of them share one. */
  zero(offset: number, length: number): void {
    forEachCluster(offset, length, (number, start, count) => {
      if (count === clusterBytes) this.#clusters.set(number, zeroes);
      else this.write(number * clusterBytes + start, zeroes.subarray(0, count));
    });
  }

  /** Each written cluster, lowest first, for whoever takes the changes elsewhere. */
  *written(): Generator<{ readonly offset: number; readonly bytes: Uint8Array }> {
    for (const [number, bytes] of this.#sorted()) yield { offset: number * clusterBytes, bytes };
  }

  /** Forgets what was written. */
  clear(): void {
    this.#clusters.clear();
  }

  save(): OverlayState {
    const sorted = this.#sorted();
    return { numbers: sorted.map(([number]) => number), clusters: sorted.map(([, cluster]) => cluster) };
  }

  restore({ numbers, clusters }: OverlayState): void {
    this.#clusters.clear();
    numbers.forEach((number, index) => {
      const cluster = clusters[index];
      if (cluster) this.#clusters.set(number, cluster);
    });
  }

  #sorted(): readonly (readonly [number, Uint8Array])[] {
    return [...this.#clusters].toSorted(([left], [right]) => left - right);
  }

  #cluster(number: number): Uint8Array {
    return this.#clusters.get(number) ?? this.#original(number * clusterBytes, clusterBytes);
  }

  #original(offset: number, length: number): Uint8Array {
    const count = Math.max(0, Math.min(length, this.#storage.size - offset));
    return count === 0 ? new Uint8Array() : this.#storage.read(offset, count);
  }
}

function forEachCluster(
  offset: number,
  length: number,
  visit: (number: number, start: number, count: number, done: number) => void,
): void {
  for (let done = 0; done < length;) {
    const at = offset + done;
    const start = at % clusterBytes;
    const count = Math.min(length - done, clusterBytes - start);
    visit((at - start) / clusterBytes, start, count, done);
    done += count;
  }
}
