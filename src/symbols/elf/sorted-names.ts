import { encodeUtf8 } from '../../common/utf8.ts';

/**
 * Entries of a table by their names, which lie in a string table, each up to a zero. It is one flat array: as strings in
 * a map, a kernel's names take forty times the room. Entries of one name stay in the order in which they were given.
 */
export class SortedNames {
  readonly #strings: Uint8Array;
  readonly #nameOffset: (entry: number) => number;
  readonly #sorted: Uint32Array;

  constructor(strings: Uint8Array, entries: Uint32Array, nameOffset: (entry: number) => number) {
    this.#strings = strings;
    this.#nameOffset = nameOffset;
    this.#sorted = entries.toSorted((a, b) => compare(strings, nameOffset(a), nameOffset(b)));
  }

  equalTo(name: string): Uint32Array {
    return this.#range(terminated(name));
  }

  startingWith(prefix: string): Uint32Array {
    return this.#range(encodeUtf8(prefix));
  }

  /** The entries whose names, with the zero at their end, begin with these bytes. */
  #range(bytes: Uint8Array): Uint32Array {
    const from = this.#first((order) => order >= 0, bytes);
    const to = this.#first((order) => order > 0, bytes);
    return this.#sorted.subarray(from, to);
  }

  /** Where the first entry is whose name's beginning, compared with the bytes, is as wanted; those after it are, too. */
  #first(isWanted: (order: number) => boolean, bytes: Uint8Array): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isWanted(this.#compareBeginning(this.#sorted[middle] as number, bytes))) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #compareBeginning(entry: number, bytes: Uint8Array): number {
    const start = this.#nameOffset(entry);
    for (const [index, byte] of bytes.entries()) {
      const difference = (this.#strings[start + index] ?? 0) - byte;
      if (difference !== 0) return difference;
    }
    return 0;
  }
}

function terminated(name: string): Uint8Array {
  return Uint8Array.of(...encodeUtf8(name), 0);
}

function compare(strings: Uint8Array, left: number, right: number): number {
  for (let at = 0; ; at++) {
    const byte = strings[left + at] ?? 0;
    const difference = byte - (strings[right + at] ?? 0);
    if (difference !== 0 || byte === 0) return difference;
  }
}
