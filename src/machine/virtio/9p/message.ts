import { decodeUtf8, encodeUtf8 } from '../../../common/utf8.ts';

/** The size, the kind and the tag that every message begins with. */
export const messageHead = 7;

/** Takes a message of 9P apart; numbers are little-endian. What lies beyond its end reads as zero, and is noted. */
export class MessageReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  /** Something was read that is not there: the message is cut off. */
  isShort = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  byte(): number {
    return this.#take(1) ? this.#view.getUint8(this.#at - 1) : 0;
  }

  half(): number {
    return this.#take(2) ? this.#view.getUint16(this.#at - 2, true) : 0;
  }

  word(): number {
    return this.#take(4) ? this.#view.getUint32(this.#at - 4, true) : 0;
  }

  /** 64 bits; above 2^53 rounded, which is beyond any file. */
  long(): number {
    return this.#take(8) ? Number(this.#view.getBigUint64(this.#at - 8, true)) : 0;
  }

  text(): string {
    const length = this.half();
    return this.#take(length) ? decodeUtf8(this.#bytes, this.#at - length, this.#at) : '';
  }

  bytes(length: number): Uint8Array {
    return this.#take(length) ? this.#bytes.subarray(this.#at - length, this.#at) : new Uint8Array();
  }

  #take(count: number): boolean {
    if (this.isShort || this.#at + count > this.#bytes.length) {
      this.isShort = true;
      return false;
    }
    this.#at += count;
    return true;
  }
}

/** Puts a message of 9P together. */
export class MessageWriter {
  readonly #parts: Uint8Array[] = [];
  /** Bytes so far. */
  length = 0;

  byte(value: number): this {
    return this.raw(Uint8Array.of(value));
  }

  half(value: number): this {
    return this.raw(Uint8Array.of(value & 0xff, value >>> 8));
  }

  word(value: number): this {
    const view = new DataView(new ArrayBuffer(4));
    view.setUint32(0, value, true);
    return this.raw(new Uint8Array(view.buffer));
  }

  long(value: number): this {
    const view = new DataView(new ArrayBuffer(8));
    view.setBigUint64(0, BigInt(value), true);
    return this.raw(new Uint8Array(view.buffer));
  }

  text(value: string): this {
    const bytes = encodeUtf8(value);
    return this.half(bytes.length).raw(bytes);
  }

  raw(bytes: Uint8Array): this {
    this.#parts.push(bytes);
    this.length += bytes.length;
    return this;
  }

  finish(): Uint8Array {
    const bytes = new Uint8Array(this.length);
    let at = 0;
    for (const part of this.#parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }
}
