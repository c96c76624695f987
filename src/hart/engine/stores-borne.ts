/**
 * How many stores to a page of RAM are done outside, where they are seen, before what they are seen for is given up. Where
 * it came back, for it was needed, twice as many are: to make it again costs as much as some stores.
 */
export class StoresBorne {
  /** How often each page was given up. */
  readonly #times: Uint8Array;

  constructor(pages: number) {
    this.#times = new Uint8Array(pages);
  }

  /** Are so many too many? Then the page is given up. */
  areTooMany(page: number, stores: number): boolean {
    const times = this.#times[page] as number;
    if (stores < fewest << times) return false;
    if (times < mostDoublings) this.#times[page] = times + 1;
    return true;
  }
}

const fewest = 16;
const mostDoublings = 16;
