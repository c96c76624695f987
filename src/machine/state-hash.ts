import type { SavedState } from './device.ts';

/**
 * A 64-bit hash of machine state, for comparing histories: the same state gives the same hash, everywhere. It
 * guards against accidents, not against malice.
 */
export class StateHash {
  #first = 0x9747_b28c;
  #second = 0x85eb_ca6b;

  /** Takes in bytes, whose start is aligned to four within their buffer where there are many. */
  bytes(bytes: Uint8Array): this {
    this.#word(bytes.length);
    const whole = bytes.length & ~3;
    if (bytes.byteOffset % 4 === 0) {
      this.#words(new Uint32Array(bytes.buffer, bytes.byteOffset, whole >>> 2));
    } else {
      this.#words(new Uint32Array(bytes.slice(0, whole).buffer));
    }
    for (let index = whole; index < bytes.length; index++) this.#word(bytes[index] ?? 0);
    return this;
  }

  /** Takes in saved state; the order of names in an object counts. */
  state(value: SavedState): this {
    if (value === null) return this.#text('null');
    if (value instanceof Uint8Array) return this.bytes(value);
    if (typeof value !== 'object') return this.#text(`${typeof value} ${String(value)}`);
    if (isList(value)) {
      this.#word(value.length);
      for (const item of value) this.state(item);
      return this;
    }
    for (const [name, item] of Object.entries(value)) this.#text(name).state(item);
    return this;
  }

  /** Sixteen hexadecimal digits. */
  digest(): string {
    return finish(this.#first) + finish(this.#second);
  }

  #text(text: string): this {
    this.#word(text.length);
    for (let index = 0; index < text.length; index++) this.#word(text.charCodeAt(index));
    return this;
  }

  #word(word: number): void {
    this.#words(Uint32Array.of(word));
  }

  #words(words: Uint32Array): void {
    let first = this.#first;
    let second = this.#second;
    for (let index = 0; index < words.length; index++) {
      const word = words[index] as number;
      first = Math.imul(first ^ word, 0x9e37_79b1);
      first ^= first >>> 15;
      second = (Math.imul((second << 13) | (second >>> 19), 5) + (word ^ first)) | 0;
    }
    this.#first = first;
    this.#second = second;
  }
}

function isList(value: SavedState): value is readonly SavedState[] {
  return Array.isArray(value);
}

/** Every bit of the input reaches every bit of the output. */
function finish(half: number): string {
  let mixed = half ^ (half >>> 16);
  mixed = Math.imul(mixed, 0x85eb_ca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2_ae35);
  mixed ^= mixed >>> 16;
  return (mixed >>> 0).toString(16).padStart(8, '0');
}
