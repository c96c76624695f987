/** Writes BTF records as pahole does, for tests; numbers of types go up from 1 (or from where a base ends). */
export class BtfWriter {
  readonly #types: number[] = [];
  readonly #names: number[] = [];
  readonly #nameBase: number;
  #next: number;

  /** `base`: what was written before, which this goes on from. */
  constructor(base?: BtfWriter) {
    this.#next = base === undefined ? 1 : base.#next;
    this.#nameBase = base === undefined ? 0 : base.#nameBase + base.#names.length;
    // A kernel's first name is empty, and so is the one at which a module's begin.
    this.#names.push(0);
  }

  /** Answers the number of the type. */
  add(
    kind: number,
    name: string,
    sizeOrType: number,
    { flag = false, count = 0, words = [] as readonly number[] } = {},
  ): number {
    const info = ((flag ? 0x8000_0000 : 0) | (kind << 24) | count) >>> 0;
    for (const word of [this.name(name), info, sizeOrType, ...words]) this.#types.push(...u32(word));
    return this.#next++;
  }

  /** Where a name stands. */
  name(text: string): number {
    if (text === '') return 0;
    const at = this.#nameBase + this.#names.length;
    this.#names.push(...Buffer.from(text), 0);
    return at;
  }

  bytes(): Uint8Array {
    const header = [0x9f, 0xeb, 1, 0, ...u32(24)];
    const sizes = [0, this.#types.length, this.#types.length, this.#names.length];
    return Uint8Array.from([...header, ...sizes.flatMap(u32), ...this.#types, ...this.#names]);
  }
}

function u32(value: number): number[] {
  return [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24];
}
