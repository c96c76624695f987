import type { EventEmitter } from 'node:events';
import { systemReason } from '../dap/system-reason.ts';
import { exitCode } from './failure.ts';

/** How a program ends whose output is taken no more. */
export interface OutputFailure {
  readonly code: number;
  /** For stderr; undefined where there is nothing to say. */
  readonly message?: string;
}

type Output = Pick<EventEmitter, 'on'>;

/** Standard output and standard error, of which either may be taken no more. */
export class Outputs {
  #failure: OutputFailure | undefined;
  #end: (failure: OutputFailure) => void;
  readonly #endAtOnce: (failure: OutputFailure) => void;

  /** `end` ends the program where no command holds that back. */
  constructor(stdout: Output, stderr: Output, end: (failure: OutputFailure) => void) {
    this.#end = end;
    this.#endAtOnce = end;
    stdout.on('error', (error: Error) => this.#fail('standard output', error));
    stderr.on('error', (error: Error) => this.#fail('standard error', error));
  }

  /** The first failure. */
  get failure(): OutputFailure | undefined {
    return this.#failure;
  }

  /** A failure does not end the program from now on, but is told to a command that has something to do first. */
  hold(onDidFail: () => void): void {
    this.#end = onDidFail;
  }

  /** The command has said what it had to say: what fails now ends the program. */
  release(): void {
    this.#end = this.#endAtOnce;
  }

  #fail(name: string, error: NodeJS.ErrnoException): void {
    if (this.#failure !== undefined) return;
    // Whoever reads may have read enough: `strata tour | head`.
    this.#failure =
      error.code === 'EPIPE'
        ? { code: 0 }
        : { code: exitCode.failed, message: `${name}: ${systemReason(error)}` };
    this.#end(this.#failure);
  }
}
