import { assert } from '../../../common/errors.ts';

/** Bytes appended to one growing array: the translator writes megabytes, so nothing is boxed or copied twice. */
export class ByteWriter {
  #bytes: Uint8Array;
  #length = 0;

  constructor(capacity = 4096) {
    this.#bytes = new Uint8Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#grow(1);
    this.#bytes[this.#length++] = value;
  }

  append(bytes: Uint8Array): void {
    if (this.#length + bytes.length > this.#bytes.length) this.#grow(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Unsigned LEB128 of a number below 2^32. */
  unsigned(value: number): void {
    let rest = value >>> 0;
    while (rest > 0x7f) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.byte(rest);
  }

  /** Signed LEB128 of a 32-bit pattern. */
  signed(value: number): void {
    let rest = value | 0;
    while (rest < -0x40 || rest > 0x3f) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>= 7;
    }
    this.byte(rest & 0x7f);
  }

  /** Signed LEB128 of a 64-bit pattern. */
  signed64(value: bigint): void {
    let rest = BigInt.asIntN(64, value);
    while (rest !== BigInt.asIntN(32, rest)) {
      this.byte(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.signed(Number(rest));
  }

  /** A name or other text: its length and its bytes, which must be ASCII. */
  text(value: string): void {
    this.unsigned(value.length);
    for (let index = 0; index < value.length; index++) {
      const character = value.charCodeAt(index);
      assert(character < 0x80, `a name in a wasm module must be ASCII, not ${value}`);
      this.byte(character);
    }
  }

  /** Leaves room for a number that is known later; `fill` puts it there. */
  reserve(): number {
    const place = this.#length;
    for (let count = 0; count < reservedLength; count++) this.byte(0);
    return place;
  }

  /** Puts a number below 2^32 where `reserve` left room: LEB128 padded to five bytes, which wasm allows. */
  fill(place: number, value: number): void {
    let rest = value >>> 0;
    for (let index = 0; index < reservedLength - 1; index++) {
      this.#bytes[place + index] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#bytes[place + reservedLength - 1] = rest;
  }

  /** Writes what `content` writes, with its length in bytes before it. */
  sized(content: () => void): void {
    const place = this.reserve();
    content();
    this.fill(place, this.#length - place - reservedLength);
  }

  /** What was written so far; shares memory with the writer. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #grow(by: number): void {
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + by));
    larger.set(this.bytes);
    this.#bytes = larger;
  }
}

const reservedLength = 5;
