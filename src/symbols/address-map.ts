import type { AddressRange } from './dwarf/addresses.ts';

/** Ranges may overlap in a damaged or an odd image; more than this many on top of one another is damage. */
const LOOK_BACK = 16;

/** Finds the value whose range of addresses holds an address, by binary search in flat arrays. */
export class AddressMap<T> {
  readonly #starts: BigUint64Array;
  readonly #ends: BigUint64Array;
  readonly #values: readonly T[];

  constructor(ranges: readonly { readonly range: AddressRange; readonly value: T }[]) {
    const sorted = ranges.toSorted((a, b) =>
      a.range.low < b.range.low ? -1 : a.range.low > b.range.low ? 1 : 0,
    );
    this.#starts = BigUint64Array.from(sorted, ({ range }) => range.low);
    this.#ends = BigUint64Array.from(sorted, ({ range }) => range.high);
    this.#values = sorted.map(({ value }) => value);
  }

  /** The value of the range that holds the address; of several, the one that begins last. */
  at(address: bigint): T | undefined {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] ?? 0n) <= address) low = middle + 1;
      else high = middle;
    }
    for (let index = low - 1; index >= 0 && index >= low - LOOK_BACK; index--) {
      if (address < (this.#ends[index] ?? 0n)) return this.#values[index];
    }
    return undefined;
  }
}
