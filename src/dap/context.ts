import { StrataError } from '../common/errors.ts';
import { latin1 } from '../common/latin1.ts';
import type { DebuggerCore } from '../debugger/debugger.ts';
import type { ClientTraits, SendEvent } from './client.ts';
import type { Debuggee } from '../debugger/debuggee.ts';
import type { LoadedDebuggee } from './launch.ts';
import { Handles } from './handles.ts';
import { presentBreakpoint } from './present.ts';
import { Profiling } from './profiling.ts';
import { Runner } from './runner.ts';

interface Running {
  readonly debuggee: LoadedDebuggee;
  readonly runner: Runner;
  readonly profiling: Profiling;
}

/** What requests share: the client, the debuggee once there is one, and the handles given out. */
export class Context {
  readonly send: SendEvent;
  readonly handles = new Handles();
  client: ClientTraits = { linesStartAt1: true, columnsStartAt1: true };
  #running: Running | undefined;
  stopOnEntry = false;
  #hasChange = false;

  constructor(send: SendEvent) {
    this.send = send;
  }

  /** Attaches the debuggee that `launch` made. Profiles of it have a sample every so many steps. */
  begin(debuggee: LoadedDebuggee, stepsPerSample?: number): void {
    this.end();
    const { core } = debuggee;
    core.onDidPrint(({ console, bytes, reset }) =>
      this.send('strata/console', { console, text: latin1(bytes), reset }),
    );
    core.onDidLog((text) => this.send('output', { category: 'console', output: `${text}\n` }));
    core.onDidChangeBreakpoint((breakpoint) =>
      this.send('breakpoint', { reason: 'changed', breakpoint: presentBreakpoint(this, breakpoint) }),
    );
    core.onDidInput(() => this.#running?.runner.wake());
    core.onDidChange(() => {
      this.#hasChange = true;
    });
    const runner = new Runner(debuggee.core, this.send, () => this.handles.forgetStop());
    const profiling = new Profiling(debuggee, runner, this.send, stepsPerSample);
    this.#running = { debuggee, runner, profiling };
  }

  /** Stops running and lets the debuggee go. */
  end(): void {
    this.#running?.runner.dispose();
    this.#running?.profiling.finish();
    this.#running?.debuggee.close();
    this.#running = undefined;
  }

  /**
   * Tells the client, if registers or memory were written, that what it shows may be out of date: once the request
   * that did it is answered.
   */
  announceChange(): void {
    if (!this.#hasChange) return;
    this.#hasChange = false;
    this.handles.forgetStop();
    this.send('invalidated', { areas: ['variables', 'stacks'] });
    this.send('strata/changed', {});
  }

  get core(): DebuggerCore {
    return this.debuggee.core;
  }

  get debuggee(): Debuggee {
    return this.#launched().debuggee;
  }

  get runner(): Runner {
    return this.#launched().runner;
  }

  get profiling(): Profiling {
    return this.#launched().profiling;
  }

  #launched(): Running {
    if (this.#running === undefined)
      throw new StrataError(
        'not-launched',
        'user',
        'no guest is being debugged; send a launch request first',
      );
    return this.#running;
  }
}
