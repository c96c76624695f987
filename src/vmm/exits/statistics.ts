import { bytesOf, setBytes } from '../table-bytes.ts';
import { exitReasons, type ExitReason } from './reasons.ts';

/** Exits of one kind: same guest, reason, device and pc. */
export interface ExitSite {
  /** Number of the guest. */
  readonly guest: number;
  readonly reason: ExitReason;
  /** Number of the device in its guest; undefined where none was concerned. */
  readonly device: number | undefined;
  /** Undefined for the sites that came after the table was full: they are counted together. */
  readonly pc: bigint | undefined;
  readonly count: number;
}

/** A group of exits and its part of all, 0 to 1. */
export interface Count<Key> {
  readonly key: Key;
  readonly count: number;
  readonly share: number;
}

/** What is saved of the counts. */
export interface ExitStatisticsState {
  readonly [name: string]: number | Uint8Array;
  readonly total: number;
  /** The used part of the table, four words a site, in order of first appearance. */
  readonly keys: Uint8Array;
  /** A 64-bit floating-point number a site. */
  readonly counts: Uint8Array;
}

/**
 * Exact counts of all exits since power-on. One table of sites answers every question (by reason, guest, pc,
 * device): they are sums over it. It grows to `maximumSites` and then counts new pcs together.
 */
export class ExitStatistics {
  readonly #maximumSites: number;
  #total = 0;
  #used = 0;
  #keys = new Uint32Array(initialSites * keyWords);
  #counts = new Float64Array(initialSites);
  /** Open addressing: site number plus one, or 0; twice as long as the table at least. */
  #index = new Int32Array(2 * initialSites);

  constructor(maximumSites = 0x1_0000) {
    this.#maximumSites = maximumSites;
  }

  get total(): number {
    return this.#total;
  }

  /** Counts an exit. `reason` is a `reasonNumber`, `device` a number plus one or 0; pc comes as halves. */
  count(guest: number, reason: number, device: number, pcLow: number, pcHigh: number): void {
    this.#total++;
    const key = ((guest << 16) | (reason << 8)) >>> 0;
    let site = this.#find(key | withPc, device, pcLow, pcHigh);
    if (site < 0 && this.#used >= this.#maximumSites) {
      // A row for the rest of each guest, reason and device: bounded by those, not by the guest's code.
      site = this.#find(key, device, 0, 0);
      if (site < 0) site = this.#add(key, device, 0, 0);
    } else if (site < 0) site = this.#add(key | withPc, device, pcLow, pcHigh);
    this.#counts[site] = (this.#counts[site] ?? 0) + 1;
  }

  /** Every site, in order of first appearance. */
  *sites(): Generator<ExitSite> {
    for (let site = 0; site < this.#used; site++) {
      const [key = 0, device = 0, low = 0, high = 0] = this.#keys.subarray(site * keyWords);
      const reason = exitReasons[(key >>> 8) & 0xff];
      if (reason === undefined) continue;
      yield {
        guest: key >>> 16,
        reason: reason.id,
        device: device === 0 ? undefined : device - 1,
        pc: (key & withPc) === 0 ? undefined : (BigInt(high) << 32n) | BigInt(low),
        count: this.#counts[site] ?? 0,
      };
    }
  }

  /** Counts grouped by what `keyOf` says, most frequent first; sites of which it says undefined are left out. */
  by<Key extends string | number | bigint>(
    keyOf: (site: ExitSite) => Key | undefined,
  ): readonly Count<Key>[] {
    const groups = new Map<Key, number>();
    for (const site of this.sites()) {
      const key = keyOf(site);
      if (key !== undefined) groups.set(key, (groups.get(key) ?? 0) + site.count);
    }
    return [...groups]
      .map(([key, count]) => ({ key, count, share: count / this.#total }))
      .toSorted((a, b) => b.count - a.count);
  }

  clear(): void {
    this.#total = 0;
    this.#used = 0;
    this.#resize(initialSites, new Uint32Array(), new Float64Array());
  }

  save(): ExitStatisticsState {
    return {
      total: this.#total,
      keys: bytesOf(this.#keys.subarray(0, this.#used * keyWords)),
      counts: bytesOf(this.#counts.subarray(0, this.#used)),
    };
  }

  restore(state: ExitStatisticsState): void {
    this.#total = state.total;
    const counts = new Float64Array(state.counts.length / 8);
    const keys = new Uint32Array(counts.length * keyWords);
    setBytes(counts, state.counts);
    setBytes(keys, state.keys);
    this.#used = counts.length;
    let room = initialSites;
    while (room < this.#used) room *= 2;
    this.#resize(room, keys, counts);
  }

  #find(key: number, device: number, low: number, high: number): number {
    const index = this.#index;
    const keys = this.#keys;
    const mask = index.length - 1;
    for (let at = hash(key, device, low, high) & mask; ; at = (at + 1) & mask) {
      const site = (index[at] as number) - 1;
      if (site < 0) return -1;
      const base = site * keyWords;
      if (
        keys[base + 2] === low &&
        keys[base] === key &&
        keys[base + 1] === device &&
        keys[base + 3] === high
      )
        return site;
    }
  }

  #add(key: number, device: number, low: number, high: number): number {
    if (this.#used === this.#counts.length) this.#resize(2 * this.#used, this.#keys, this.#counts);
    const site = this.#used++;
    this.#keys.set([key, device, low, high], site * keyWords);
    this.#enter(site);
    return site;
  }

  #resize(room: number, keys: Uint32Array, counts: Float64Array): void {
    this.#keys = new Uint32Array(room * keyWords);
    this.#keys.set(keys);
    this.#counts = new Float64Array(room);
    this.#counts.set(counts);
    this.#index = new Int32Array(2 * room);
    for (let site = 0; site < this.#used; site++) this.#enter(site);
  }

  #enter(site: number): void {
    const [key = 0, device = 0, low = 0, high = 0] = this.#keys.subarray(site * keyWords);
    const mask = this.#index.length - 1;
    let at = hash(key, device, low, high) & mask;
    while (this.#index[at] !== 0) at = (at + 1) & mask;
    this.#index[at] = site + 1;
  }
}

const keyWords = 4;
/** In a key: the site has a pc of its own. */
const withPc = 1;
const initialSites = 64;

/** Any mixing does that spreads pcs two bytes apart; the order of sites does not depend on it. */
function hash(key: number, device: number, low: number, high: number): number {
  const mixed = Math.imul(low ^ (key << 7) ^ (device << 3) ^ Math.imul(high, 0x9e37_79b1), 0x85eb_ca6b);
  return mixed ^ (mixed >>> 15);
}
