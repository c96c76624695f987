/** Where a generator stands: four words of 32 bits, not all zero. */
export type RandomState = readonly number[];

/**
 * Numbers that look random and are the same for the same seed: xoshiro128** by Blackman and Vigna. They are part of a
 * machine's history, and no secret.
 */
export class Random {
  #state: Uint32Array;

  constructor(seed: number) {
    // SplitMix spreads the seed over the words, so that they are not all zero.
    let mixed = seed >>> 0;
    this.#state = Uint32Array.from({ length: 4 }, () => {
      mixed = (mixed + 0x9e37_79b9) >>> 0;
      let word = Math.imul(mixed ^ (mixed >>> 16), 0x85eb_ca6b);
      word = Math.imul(word ^ (word >>> 13), 0xc2b2_ae35);
      return word ^ (word >>> 16);
    });
  }

  bytes(length: number): Uint8Array {
    const words = Uint32Array.from({ length: Math.ceil(length / 4) }, () => this.#next());
    return new Uint8Array(words.buffer, 0, length);
  }

  save(): RandomState {
    return [...this.#state];
  }

  restore(state: RandomState): void {
    this.#state = Uint32Array.from(state);
  }

  #next(): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.#state;
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const third = c ^ a;
    const fourth = d ^ b;
    this.#state = Uint32Array.of(a ^ fourth, b ^ third, third ^ (b << 9), rotate(fourth, 11));
    return result;
  }
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
