import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { DebugClient } from '@vscode/debugadapter-testsupport';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { adapterRuntimeArguments } from '../../src/extension/adapter-runtime.ts';
import type { CustomEvents, CustomRequests } from '../../src/protocol/requests.ts';
import { patience } from '../patience.ts';

const root = new URL('../../', import.meta.url);
/** The adapter runs guests as `STRATA_ENGINE` says. */
const chooseEngine = new URL('test/choose-engine.ts', root).href;

/** Full path of a file of the sample guests. */
export function sample(path: string): string {
  return fileURLToPath(new URL(`sample-guests/${path}`, root));
}

/** A launch of the sample kernel with all its programs. */
export function pebble(append: string, more: object = {}): object {
  const programs = ['hello', 'primes', 'count', 'sh', 'init'];
  return {
    image: sample('kernel/build/pebble.elf'),
    programs: programs.map((name) => sample(`kernel/build/${name}.elf`)),
    append,
    memory: '16M',
    ...more,
  };
}

/**
 * The adapter as an editor runs it: a process of its own, spoken to over its standard streams, or one that serves a
 * port.
 */
export class AdapterClient {
  readonly #client: DebugClient;
  /** What the guests' consoles have printed, by name. */
  readonly consoles = new Map<string, string>();
  readonly output: string[] = [];

  /** `adapter` is what `npm run build` made, started as the extension does, or else the sources. */
  constructor({
    patienceMilliseconds = 10_000,
    adapter = 'sources',
  }: { readonly patienceMilliseconds?: number; readonly adapter?: 'sources' | 'built' } = {}) {
    const program = adapter === 'built' ? 'dist/adapter.js' : 'src/dap/main.ts';
    this.#client = new DebugClient('node', fileURLToPath(new URL(program, root)), 'strata', {
      cwd: fileURLToPath(root),
      env: {
        ...process.env,
        NODE_OPTIONS:
          adapter === 'sources' ? `--import tsx --import ${chooseEngine}` : adapterRuntimeArguments.join(' '),
      },
    });
    this.#client.defaultTimeout = patienceMilliseconds * patience;
    this.#client.on('strata/console', ({ body }: { body: CustomEvents['strata/console'] }) => {
      const before = body.reset ? '' : (this.consoles.get(body.console) ?? '');
      this.consoles.set(body.console, before + body.text);
    });
    this.#client.on('output', ({ body }: DebugProtocol.OutputEvent) => this.output.push(body.output));
  }

  async start(port?: number): Promise<DebugProtocol.Capabilities> {
    await this.#client.start(port);
    return (await this.#client.initializeRequest()).body ?? {};
  }

  /** The number of the adapter's process, once it is started without a port. */
  get processId(): number | undefined {
    // The library keeps it to itself.
    const child: unknown = Reflect.get(this.#client, '_adapterProcess');
    return (child as ChildProcess | undefined)?.pid;
  }

  async stop(): Promise<void> {
    await this.#client.stop();
  }

  /** Asks, and answers with the response's body; an adapter that refuses is an error with its text. */
  async ask<Body>(command: string, parameters: object = {}): Promise<Body> {
    const response = await new Promise<DebugProtocol.Response>((resolve) => {
      // The library's own way drops the text of a refusal.
      (this.#client as unknown as RawClient).doSend(command, parameters, resolve);
    });
    if (response.success) return response.body as Body;
    const { error } = response.body as { readonly error: { readonly format: string } };
    throw new Error(error.format);
  }

  /** One of our own requests. */
  custom<Name extends keyof CustomRequests>(
    name: Name,
    parameters: CustomRequests[Name]['arguments'],
  ): Promise<CustomRequests[Name]['body']> {
    return this.ask(name, parameters);
  }

  event<Body>(name: string): Promise<Body> {
    return this.#client.waitForEvent(name).then(({ body }) => body as Body);
  }

  /** Launches, configures by `configure`, and lets the guest run. */
  async launch(configuration: object, configure: () => Promise<unknown> = async () => {}): Promise<void> {
    const initialized = this.event('initialized');
    await this.ask('launch', configuration);
    await initialized;
    await configure();
    await this.ask('configurationDone');
  }

  /** Does something that ends in a stop. */
  async toStop(act: () => Promise<unknown>): Promise<DebugProtocol.StoppedEvent['body']> {
    const stopped = this.event<DebugProtocol.StoppedEvent['body']>('stopped');
    await act();
    return stopped;
  }

  async continueToStop(threadId: number): Promise<DebugProtocol.StoppedEvent['body']> {
    return this.toStop(() => this.ask('continue', { threadId }));
  }

  /** Sets one breakpoint in a source of the sample guests; answers the line that it stands on. */
  async breakAt(path: string, line: number, more: object = {}): Promise<DebugProtocol.Breakpoint> {
    const { breakpoints } = await this.ask<DebugProtocol.SetBreakpointsResponse['body']>('setBreakpoints', {
      source: { path: sample(path) },
      breakpoints: [{ line, ...more }],
    });
    const [breakpoint] = breakpoints;
    assert.equal(breakpoint?.verified, true, breakpoint?.message);
    return breakpoint;
  }

  async clear(path: string): Promise<void> {
    await this.ask('setBreakpoints', { source: { path: sample(path) }, breakpoints: [] });
  }

  async filters(
    options: readonly { readonly filterId: string; readonly condition?: string }[],
  ): Promise<void> {
    await this.ask('setExceptionBreakpoints', { filters: [], filterOptions: options });
  }

  async frames(threadId: number): Promise<readonly DebugProtocol.StackFrame[]> {
    const body = await this.ask<DebugProtocol.StackTraceResponse['body']>('stackTrace', { threadId });
    return body.stackFrames;
  }

  /** The innermost frame as `name file:line`. */
  async top(threadId: number): Promise<string> {
    const [frame] = await this.frames(threadId);
    return `${frame?.name} ${frame?.source?.name}:${frame?.line}`;
  }

  async variables(variablesReference: number): Promise<readonly DebugProtocol.Variable[]> {
    const body = await this.ask<DebugProtocol.VariablesResponse['body']>('variables', { variablesReference });
    return body.variables;
  }

  async evaluate(expression: string, frameId: number): Promise<DebugProtocol.EvaluateResponse['body']> {
    return this.ask('evaluate', { expression, frameId, context: 'watch' });
  }

  async memory(memoryReference: string, offset: number, count: number): Promise<Buffer> {
    const body = await this.ask<DebugProtocol.ReadMemoryResponse['body']>('readMemory', {
      memoryReference,
      offset,
      count,
    });
    return Buffer.from(body?.data ?? '', 'base64');
  }
}

interface RawClient {
  doSend(command: string, parameters: object, done: (response: DebugProtocol.Response) => void): void;
}
