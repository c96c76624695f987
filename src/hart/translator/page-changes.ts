/** Where translated code was entered: a page of RAM, and where it is in virtual memory (address >> 12). */
export interface Arrival {
  readonly page: number;
  readonly virtualPage: number;
  /** Other translated code led there, and nothing came between. */
  readonly isDirect: boolean;
}

/** Two pages of RAM between which control goes, and how many pages of virtual memory the second is behind the first. */
export interface PagePair {
  readonly first: number;
  readonly second: number;
  readonly distance: number;
}

/** How often control went from one to the other, about. */
export interface HotPair extends PagePair {
  readonly changes: number;
}

type Heat = { -readonly [Key in keyof HotPair]: HotPair[Key] };

/** Which translated pages lead to each other, by samples. */
export class PageChanges {
  readonly #pairs = new Map<number, Heat>();

  /** Control changed function `count` times, the last of them as told. */
  add(count: number, arrivals: readonly (Arrival | undefined)[]): void {
    const share = count / arrivals.length;
    for (const [index, arrival] of arrivals.entries()) {
      const former = index === 0 ? undefined : arrivals[index - 1];
      if (!arrival?.isDirect || former === undefined || former.page === arrival.page) continue;
      this.#pair(former, arrival).changes += share;
    }
  }

  /** Pairs with at least so many changes, those with most first. */
  hotPairs(changes: number): readonly HotPair[] {
    return [...this.#pairs.values()]
      .filter((pair) => pair.changes >= changes)
      .toSorted((left, right) => right.changes - left.changes);
  }

  /** Counts this pair from zero again. */
  forget({ first, second }: PagePair): void {
    this.#pairs.delete(keyOf(first, second));
  }

  #pair(from: Arrival, to: Arrival): Heat {
    const [first, second] = from.page < to.page ? [from, to] : [to, from];
    const distance = second.virtualPage - first.virtualPage;
    const key = keyOf(first.page, second.page);
    let pair = this.#pairs.get(key);
    if (pair?.distance !== distance) {
      if (this.#pairs.size >= mostPairs) this.#pairs.clear();
      pair = { first: first.page, second: second.page, distance, changes: 0 };
      this.#pairs.set(key, pair);
    }
    return pair;
  }
}

function keyOf(first: number, second: number): number {
  return first * 2 ** 26 + second;
}

/** The rest is forgotten where there are more: what is hot comes again. */
const mostPairs = 4096;
