import assert from 'node:assert/strict';
import { loadDebuggee } from '../../src/dap/launch.ts';
import type { Debuggee } from '../../src/debugger/debuggee.ts';
import type { LaunchConfiguration } from '../../src/protocol/launch.ts';

const stepsPerSlice = 1_000_000;
const mostSteps = 400_000_000;

/** A machine or a guest with a console that a test reads and types on. */
export class Computer {
  readonly debuggee: Debuggee;
  /** By the host's clock, in milliseconds. */
  readonly started = performance.now();
  readonly #console: string;
  #printed = '';
  /** How much of what was printed the test has seen. */
  #seen = 0;
  #exitCode: number | undefined;

  private constructor(debuggee: Debuggee, console: string) {
    this.debuggee = debuggee;
    this.#console = console;
    const { core } = debuggee;
    core.onDidPrint(({ console: from, bytes, reset }) => {
      if (from !== console) return;
      const text = Buffer.from(bytes).toString('latin1');
      this.#printed = reset ? text : this.#printed + text;
      this.#seen = Math.min(this.#seen, this.#printed.length);
    });
  }

  /** Switches on what the configuration describes; the console is that of its first guest. */
  static async start(configuration: LaunchConfiguration): Promise<Computer> {
    const debuggee = await loadDebuggee(configuration);
    const [console] = debuggee.core.consoles;
    assert.ok(console, 'there is a console');
    debuggee.core.resume({ kind: 'continue', direction: 'forward' });
    return new Computer(debuggee, console.id);
  }

  /** Another guest of the same machine: it runs when the first does. */
  neighbour(console: string): Computer {
    return new Computer(this.debuggee, console);
  }

  /** The console's name, which is the guest's. */
  get name(): string {
    return this.#console;
  }

  /** Steps since power-on. */
  get steps(): number {
    return this.debuggee.target.machine.steps;
  }

  /** All that was printed. */
  get printed(): string {
    return this.#printed;
  }

  /** Of the whole machine's state. */
  hash(): string {
    return this.debuggee.target.machine.hash();
  }

  /** Runs to a step, in slices of so many. */
  runTo(step: number, slice = stepsPerSlice): void {
    while (this.steps < step) this.#runSlice(`step ${step}`, Math.min(slice, step - this.steps));
  }

  /** Runs until `text` is printed, and returns what came before it since the last time; fails after so many steps. */
  expect(text: string, { steps = mostSteps }: { readonly steps?: number } = {}): string {
    const limit = this.steps + steps;
    for (;;) {
      const at = this.#printed.indexOf(text, this.#seen);
      if (at >= 0) {
        const before = this.#printed.slice(this.#seen, at);
        this.#seen = at + text.length;
        return before;
      }
      if (this.#end !== undefined || this.steps >= limit) return this.#fail(text);
      this.#runSlice(text);
    }
  }

  /** Types a line, and returns what is printed between its echo and the next prompt. */
  command(line: string, { prompt = 'guest# ' }: { readonly prompt?: string } = {}): string {
    this.type(`${line}\n`);
    this.expect(line);
    return this.expect(prompt).replaceAll('\r', '');
  }

  type(text: string): void {
    this.debuggee.core.input(this.#console, Buffer.from(text));
  }

  /** Runs to the guest's end, and gives its exit code. */
  end(): number {
    const limit = this.steps + mostSteps;
    while (this.#end === undefined && this.steps < limit) this.#runSlice('its end');
    return this.#end ?? this.#fail('its end');
  }

  /** Runs until a breakpoint stops it, and says in which thread. */
  runToStop(): string {
    const { core } = this.debuggee;
    if (core.stop !== undefined) core.resume({ kind: 'continue', direction: 'forward' });
    const limit = this.steps + mostSteps;
    while (this.steps < limit) {
      const result = core.runSlice(stepsPerSlice);
      if (result.kind === 'stopped')
        return core.threads.find(({ id }) => id === result.stop.threadId)?.name ?? '';
      if (result.kind !== 'running') break;
    }
    return this.#fail('a stop');
  }

  /** Exit code of the machine, or of the guest while others may go on. */
  get #end(): number | undefined {
    const guest = this.debuggee.target.vmm?.guests.find(({ name }) => name === this.#console);
    return guest === undefined ? this.#exitCode : guest.exitCode;
  }

  #runSlice(awaited: string, steps = stepsPerSlice): void {
    const result = this.debuggee.core.runSlice(steps);
    if (result.kind === 'ended') this.#exitCode = result.exitCode;
    if (result.kind === 'stopped' || result.kind === 'idle') this.#fail(`${awaited} (${result.kind})`);
  }

  #fail(awaited: string): never {
    const last = this.#printed.split('\n').slice(-30).join('\n');
    throw new assert.AssertionError({
      message: `waited for ${JSON.stringify(awaited)} until step ${this.steps}; the console's last lines:\n${last}`,
    });
  }
}
