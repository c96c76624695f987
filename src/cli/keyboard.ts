/** Control-]. */
const quitKey = 0x1d;
/** Control-^. */
const nextKey = 0x1e;

/** Keys for one console, in the order in which they were typed. */
export interface Letter {
  readonly console: string;
  readonly bytes: Uint8Array;
}

/** The keys of a terminal: all go to one of the consoles, until a key says that the next one has its turn. */
export class Keyboard {
  readonly #consoles: readonly string[];
  #current = 0;
  #wantsToQuit = false;

  constructor(consoles: readonly string[]) {
    this.#consoles = consoles;
  }

  /** Control-] was typed. */
  get wantsToQuit(): boolean {
    return this.#wantsToQuit;
  }

  /** The console that gets what is typed; undefined where there is none. */
  get console(): string | undefined {
    return this.#consoles[this.#current];
  }

  /** What was typed, for the consoles that it is for. What is typed after the key to quit is for nobody. */
  type(bytes: Uint8Array): readonly Letter[] {
    const letters: Letter[] = [];
    let start = 0;
    bytes.forEach((byte, at) => {
      if (this.#wantsToQuit || (byte !== quitKey && byte !== nextKey)) return;
      letters.push(...this.#letter(bytes.subarray(start, at)));
      start = at + 1;
      if (byte === quitKey) this.#wantsToQuit = true;
      else this.#current = (this.#current + 1) % this.#consoles.length;
    });
    return this.#wantsToQuit ? letters : [...letters, ...this.#letter(bytes.subarray(start))];
  }

  #letter(bytes: Uint8Array): readonly Letter[] {
    const { console } = this;
    return console === undefined || bytes.length === 0 ? [] : [{ console, bytes }];
  }
}
