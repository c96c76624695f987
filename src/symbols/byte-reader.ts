import { decodeUtf8 } from '../common/utf8.ts';

/** Longer names than any compiler writes, so that a hostile file cannot make every name as long as the file. */
const LONGEST_STRING = 8192;

/**
 * Reads little-endian values from bytes that nobody vouches for. A read that would leave `start … end` gives
 * zero, sets `failed` and moves to the end, and so does every read after it: a loop that ends on `done` ends,
 * whatever the bytes say, and one look at `failed` afterwards tells whether the values can be believed.
 */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly end: number;
  offset: number;
  failed = false;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.end = Math.min(Math.max(end, 0), bytes.length);
    this.offset = start;
    if (!(start >= 0 && start <= this.end)) this.#fail();
  }

  /** Nothing is left, or a read has failed. */
  get done(): boolean {
    return this.failed || this.offset >= this.end;
  }

  get remaining(): number {
    return this.end - this.offset;
  }

  u8(): number {
    const at = this.#take(1);
    return at < 0 ? 0 : (this.bytes[at] ?? 0);
  }

  i8(): number {
    return (this.u8() << 24) >> 24;
  }

  u16(): number {
    const at = this.#take(2);
    return at < 0 ? 0 : this.#byte(at) | (this.#byte(at + 1) << 8);
  }

  i16(): number {
    return (this.u16() << 16) >> 16;
  }

  u32(): number {
    const at = this.#take(4);
    return at < 0 ? 0 : this.#word(at);
  }

  i32(): number {
    return this.u32() | 0;
  }

  u64(): bigint {
    const at = this.#take(8);
    return at < 0 ? 0n : (BigInt(this.#word(at + 4)) << 32n) | BigInt(this.#word(at));
  }

  i64(): bigint {
    return BigInt.asIntN(64, this.u64());
  }

  /** A 64-bit size or offset. One beyond 2^53 lies outside every file, and fails like any read outside. */
  length64(): number {
    const at = this.#take(8);
    if (at < 0) return 0;
    const high = this.#word(at + 4);
    if (high > 0x1f_ffff) return this.#fail();
    return high * 0x1_0000_0000 + this.#word(at);
  }

  /** An unsigned value of 1, 2, 3, 4 or 8 bytes; any other width fails. */
  unsigned(width: number): bigint {
    switch (width) {
      case 1:
        return BigInt(this.u8());
      case 2:
        return BigInt(this.u16());
      case 3:
        return BigInt(this.u8() | (this.u16() << 8));
      case 4:
        return BigInt(this.u32());
      case 8:
        return this.u64();
      default:
        return BigInt(this.#fail());
    }
  }

  /** DWARF 7.6: an unsigned LEB128 that is a count, an index or an offset. One beyond 2^53 fails. */
  uleb(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value <= Number.MAX_SAFE_INTEGER ? value : this.#fail();
      scale *= 128;
      // 2^70: ten bytes are all that 64 bits can need.
      if (scale > 2 ** 70) return this.#fail();
    }
  }

  /** An unsigned LEB128 of up to 64 bits; higher bits are dropped. */
  ulebBig(): bigint {
    return BigInt.asUintN(64, this.#leb().value);
  }

  /** A signed LEB128 of up to 64 bits. */
  slebBig(): bigint {
    const { value, bits, negative } = this.#leb();
    return BigInt.asIntN(64, negative ? value - (1n << BigInt(bits)) : value);
  }

  /** A signed LEB128 that is small: a line advance, a data-alignment factor. One beyond 2^53 fails. */
  sleb(): number {
    const value = Number(this.slebBig());
    return Number.isSafeInteger(value) ? value : this.#fail();
  }

  /** The next `length` bytes, as a view that copies nothing. */
  take(length: number): Uint8Array {
    const at = this.#take(length);
    return at < 0 ? new Uint8Array() : this.bytes.subarray(at, at + length);
  }

  skip(length: number): void {
    this.#take(length);
  }

  skipLeb(): void {
    while (this.u8() >= 0x80);
  }

  /** Bytes up to a zero, which is taken too, as UTF-8. Without a zero before the end it fails. */
  string(): string {
    const start = this.offset;
    return this.skipString()
      ? decodeUtf8(this.bytes, start, Math.min(this.offset - 1, start + LONGEST_STRING))
      : '';
  }

  skipString(): boolean {
    const zero = this.failed ? -1 : this.bytes.indexOf(0, this.offset);
    if (zero < 0 || zero >= this.end) {
      this.#fail();
      return false;
    }
    this.offset = zero + 1;
    return true;
  }

  /** A reader of the next `length` bytes, which this one steps over. */
  section(length: number): ByteReader {
    const at = this.#take(length);
    return at < 0 ? failedReader(this.bytes) : new ByteReader(this.bytes, at, at + length);
  }

  #leb(): { value: bigint; bits: number; negative: boolean } {
    let low = 0;
    let bits = 0;
    let value = 0n;
    for (;;) {
      const byte = this.u8();
      if (bits < 28) low |= (byte & 0x7f) << bits;
      else value |= BigInt(byte & 0x7f) << BigInt(bits);
      bits += 7;
      if (byte < 0x80) return { value: value | BigInt(low), bits, negative: (byte & 0x40) !== 0 };
      // Padding is legal, endless padding is not.
      if (bits > 140) return { value: BigInt(this.#fail()), bits, negative: false };
    }
  }

  // Not a DataView: most readers live for one value, and a view would cost more than the value.
  #byte(at: number): number {
    return this.bytes[at] ?? 0;
  }

  #word(at: number): number {
    return (
      (this.#byte(at) |
        (this.#byte(at + 1) << 8) |
        (this.#byte(at + 2) << 16) |
        (this.#byte(at + 3) << 24)) >>>
      0
    );
  }

  #take(length: number): number {
    const at = this.offset;
    // Written so that NaN, negative and huge lengths all fail.
    if (this.failed || !(length >= 0 && at + length <= this.end)) {
      this.#fail();
      return -1;
    }
    this.offset = at + length;
    return at;
  }

  #fail(): 0 {
    this.failed = true;
    this.offset = this.end;
    return 0;
  }
}

function failedReader(bytes: Uint8Array): ByteReader {
  return new ByteReader(bytes, -1);
}
