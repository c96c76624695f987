import { Emitter } from '../../common/event.ts';
import type { ConsoleOutput } from '../debugger.ts';

/** More than anybody scrolls back; older output is dropped. */
const mostBytes = 2 ** 20;

interface Chunk {
  readonly step: number;
  readonly bytes: number[];
}

/**
 * What consoles have printed, with the step of each piece: so that after going back they show what they showed
 * then. Output comes byte by byte; it is handed on in pieces by `flush`.
 */
export class ConsoleLogs {
  readonly #chunks = new Map<string, Chunk[]>();
  readonly #pending = new Map<string, number[]>();
  readonly #didPrint = new Emitter<ConsoleOutput>();
  readonly onDidPrint = this.#didPrint.event;
  /** The step at which output comes: set once the machine exists. */
  now: () => number = () => 0;

  /** A console exists, though it has printed nothing yet. */
  open(console: string): void {
    if (!this.#chunks.has(console)) this.#chunks.set(console, []);
  }

  get names(): readonly string[] {
    return [...this.#chunks.keys()];
  }

  print(console: string, byte: number): void {
    const chunks = this.#chunks.get(console) ?? [];
    this.#chunks.set(console, chunks);
    const step = this.now();
    const last = chunks.at(-1);
    if (last?.step === step) last.bytes.push(byte);
    else chunks.push({ step, bytes: [byte] });
    if (chunks.length > mostBytes) chunks.splice(0, chunks.length - mostBytes);
    const pending = this.#pending.get(console);
    if (pending === undefined) this.#pending.set(console, [byte]);
    else pending.push(byte);
  }

  /** All that a console shows now. */
  text(console: string): Uint8Array {
    return Uint8Array.from((this.#chunks.get(console) ?? []).flatMap((chunk) => chunk.bytes));
  }

  /** Hands on what was printed since the last time. */
  flush(): void {
    for (const [console, bytes] of this.#pending)
      this.#didPrint.fire({ console, bytes: Uint8Array.from(bytes), reset: false });
    this.#pending.clear();
  }

  /** The machine went back to a checkpoint: what was printed after it is not printed yet. */
  truncate(step: number): void {
    for (const chunks of this.#chunks.values()) while ((chunks.at(-1)?.step ?? -1) > step) chunks.pop();
    this.#pending.clear();
  }

  /** After time travel: every console shows what it showed then. */
  resend(): void {
    this.#pending.clear();
    for (const console of this.names)
      this.#didPrint.fire({ console, bytes: this.text(console), reset: true });
  }
}
