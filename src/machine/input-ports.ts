import { StrataError } from '../common/errors.ts';
import { InputLog, type InputEntry } from './input-log.ts';

/** The doors by which a machine is reached from outside, and the log of all that came through them. */
export class InputPorts {
  readonly log: InputLog;
  readonly #receivers = new Map<string, (bytes: Uint8Array) => void>();

  constructor(recorded: readonly InputEntry[]) {
    this.log = new InputLog(recorded);
  }

  get names(): readonly string[] {
    return [...this.#receivers.keys()];
  }

  /** Whoever has a console gives it a name of its own. */
  open(name: string, receive: (bytes: Uint8Array) => void): void {
    this.#receivers.set(name, receive);
  }

  /** Notes that something came in, to be seen from `step` on. */
  accept(entry: InputEntry): void {
    if (!this.#receivers.has(entry.port)) {
      throw new StrataError(
        'unknown-console',
        'user',
        `There is no console ${entry.port}; there are ${this.names.join(', ')}.`,
      );
    }
    this.log.append({ ...entry, bytes: entry.bytes.slice() });
  }

  /** Hands on what becomes visible at `step`. */
  show(step: number): void {
    if (this.log.nextStep > step) return;
    for (const { port, bytes } of this.log.take(step)) this.#receivers.get(port)?.(bytes);
  }
}
