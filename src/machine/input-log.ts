import { StrataError } from '../common/errors.ts';

/** Something that came in from outside. */
export interface InputEntry {
  /** The machine's step from which on it was visible. */
  readonly step: number;
  /** Where it came in: a console's name, such as `uart0`. */
  readonly port: string;
  readonly bytes: Uint8Array;
}

/** An entry as plain text, for recordings. */
export interface RecordedInput {
  readonly step: number;
  readonly port: string;
  /** Two hexadecimal digits a byte. */
  readonly hex: string;
}

/**
 * All that ever came in from outside, in order: the same image and the same log give the same history. While a
 * machine runs through a part of its history again, entries ahead of it become visible when their step comes.
 */
export class InputLog {
  readonly #entries: InputEntry[] = [];
  /** Entries before this have been seen by the machine. */
  #next = 0;

  constructor(entries: readonly InputEntry[] = []) {
    for (const entry of entries) this.append(entry);
    this.#next = 0;
  }

  get entries(): readonly InputEntry[] {
    return this.#entries;
  }

  /** Adds an entry at the end; `step` may not lie before the last one's. */
  append(entry: InputEntry): void {
    const last = this.#entries.at(-1);
    if (last && entry.step < last.step) {
      throw new StrataError(
        'input-in-the-past',
        'user',
        `Input for ${entry.port} at step ${entry.step} comes before input recorded at step ${last.step}: cut the recording there first, or go to its end.`,
      );
    }
    this.#entries.push(entry);
  }

  /** Forgets everything later than `step`: history takes another course from there. */
  truncate(step: number): void {
    const kept = this.#entries.findIndex((entry) => entry.step > step);
    if (kept < 0) return;
    this.#entries.length = kept;
    this.#next = Math.min(this.#next, kept);
  }

  /** The step of the first entry that the machine has not seen; `Infinity` where there is none. */
  get nextStep(): number {
    return this.#entries[this.#next]?.step ?? Infinity;
  }

  /** The entries that become visible at `step`, each once. */
  take(step: number): readonly InputEntry[] {
    const from = this.#next;
    while (this.nextStep <= step) this.#next++;
    return this.#entries.slice(from, this.#next);
  }

  /** How many entries the machine has seen: part of its state. */
  get position(): number {
    return this.#next;
  }

  set position(position: number) {
    this.#next = position;
  }

  record(): readonly RecordedInput[] {
    return this.#entries.map(({ step, port, bytes }) => ({
      step,
      port,
      hex: Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''),
    }));
  }

  /** The inverse of `record`. */
  static fromRecord(recorded: readonly RecordedInput[]): InputLog {
    return new InputLog(
      recorded.map(({ step, port, hex }) => ({
        step,
        port,
        bytes: Uint8Array.from({ length: hex.length / 2 }, (_, index) =>
          Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16),
        ),
      })),
    );
  }
}
