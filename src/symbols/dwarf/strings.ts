import { ByteReader } from '../byte-reader.ts';

/** .debug_str or .debug_line_str: each string is decoded once, since thousands of units share them. */
export class StringPool {
  readonly #section: Uint8Array;
  readonly #known = new Map<number, string>();

  constructor(section: Uint8Array) {
    this.#section = section;
  }

  /** The string at an offset; `undefined` outside the section. */
  at(offset: number): string | undefined {
    const known = this.#known.get(offset);
    if (known !== undefined) return known;
    const reader = new ByteReader(this.#section, offset);
    const text = reader.string();
    if (reader.failed) return undefined;
    this.#known.set(offset, text);
    return text;
  }
}
