import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { breakpointRequests } from '../../src/dap/requests/breakpoints.ts';
import { customRequests } from '../../src/dap/requests/custom.ts';
import { inspectionRequests } from '../../src/dap/requests/inspection.ts';
import { lifecycleRequests } from '../../src/dap/requests/lifecycle.ts';
import { memoryRequests } from '../../src/dap/requests/memory.ts';
import { runRequests } from '../../src/dap/requests/run.ts';
import { serveStreams } from '../../src/dap/server.ts';
import { patience } from '../patience.ts';
import { pebble, sample } from './client.ts';

/** The adapter in this process, spoken to in raw bytes. */
class RawAdapter {
  readonly input = new PassThrough();
  readonly #output = new PassThrough();
  readonly responses = new Map<number, DebugProtocol.Response[]>();
  readonly events: DebugProtocol.Event[] = [];
  readonly #waiting = new Map<number, (response: DebugProtocol.Response) => void>();
  readonly served: Promise<void>;
  #text = Buffer.alloc(0);
  #seq = 0;

  constructor() {
    this.served = serveStreams(this.input, this.#output);
    this.#output.on('data', (chunk: Buffer) => this.#take(chunk));
  }

  /** Asks; the promise settles with the first response, whatever it says. */
  ask(command: string, parameters?: unknown): Promise<DebugProtocol.Response> {
    const seq = ++this.#seq;
    const answered = new Promise<DebugProtocol.Response>((resolve) => this.#waiting.set(seq, resolve));
    this.frame(JSON.stringify({ seq, type: 'request', command, arguments: parameters }));
    return answered;
  }

  frame(body: string): void {
    this.input.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  get lastSeq(): number {
    return this.#seq;
  }

  #take(chunk: Buffer): void {
    this.#text = Buffer.concat([this.#text, chunk]);
    for (;;) {
      const end = this.#text.indexOf('\r\n\r\n');
      const length = Number(/Content-Length: (\d+)/.exec(this.#text.toString('latin1', 0, end))?.[1]);
      if (end < 0 || this.#text.length < end + 4 + length) return;
      const message = JSON.parse(this.#text.toString('utf8', end + 4, end + 4 + length)) as
        DebugProtocol.Response | DebugProtocol.Event;
      this.#text = this.#text.subarray(end + 4 + length);
      if (message.type === 'event') this.events.push(message as DebugProtocol.Event);
      else this.#answered(message as DebugProtocol.Response);
    }
  }

  #answered(response: DebugProtocol.Response): void {
    const all = this.responses.get(response.request_seq) ?? [];
    this.responses.set(response.request_seq, [...all, response]);
    this.#waiting.get(response.request_seq)?.(response);
  }
}

function textOf(response: DebugProtocol.Response): string {
  const body = response.body as { readonly error?: { readonly format: string } } | undefined;
  return body?.error?.format ?? '';
}

describe('dap/session, spoken to badly', function () {
  this.timeout(60_000 * patience);
  const folder = mkdtempSync(join(tmpdir(), 'strata-'));
  after(() => rmSync(folder, { recursive: true }));
  const file = (name: string, bytes: Uint8Array): string => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };

  it('refuses launch configurations that cannot be, says what is wrong, and takes the next', async () => {
    const adapter = new RawAdapter();
    await adapter.ask('initialize', { adapterID: 'strata' });
    const kernel = readFileSync(sample('kernel/build/pebble.elf'));
    const cases: readonly (readonly [object, RegExp])[] = [
      [{}, /image: say which guest to start/],
      [pebble('', { image: '/no/such/file.elf' }), /image: \/no\/such\/file\.elf: there is no such file/],
      [pebble('', { image: folder }), /this is a folder/],
      [pebble('', { memory: '3T' }), /memory: write a size/],
      [pebble('', { memory: '4G' }), /memory is 16M at least and 2G at most/],
      [pebble('', { vmm: 'soft' }), /vmm/],
      [pebble('', { imagee: 'x' }), /imagee: there is no such attribute; did you mean "image"\?/],
      [pebble('', { programs: 'hello.elf' }), /programs/],
      [pebble('', { guests: [] }), /guests/],
      [
        {
          guests: [
            { name: 'a', image: 'x' },
            { name: 'a', image: 'x' },
          ],
        },
        /two guests are called "a"/,
      ],
      [
        pebble('', { image: file('truncated.elf', kernel.subarray(0, 5000)) }),
        /truncated\.elf: The file is truncated/,
      ],
      [pebble('', { image: file('text.elf', Buffer.from('#!/bin/sh\n')) }), /text\.elf: /],
      [pebble('', { image: file('empty.elf', new Uint8Array()) }), /empty\.elf: /],
    ];
    for (const [configuration, message] of cases) {
      const response = await adapter.ask('launch', configuration);
      assert.equal(response.success, false, JSON.stringify(configuration));
      assert.match(textOf(response), message);
      assert.doesNotMatch(textOf(response), /defect/);
    }
    assert.equal((await adapter.ask('launch', pebble('run=hello'))).success, true);
  });

  it('interrupts a person for what they did, and not for what an editor asked by itself', async () => {
    const adapter = new RawAdapter();
    await adapter.ask('launch', pebble('run=hello'));
    const isShown = async (command: string, parameters: object): Promise<unknown> => {
      const response = await adapter.ask(command, parameters);
      assert.equal(response.success, false, command);
      return (response.body as { error: { showUser: boolean } }).error.showUser;
    };
    assert.equal(await isShown('scopes', { frameId: 9999 }), false);
    assert.equal(await isShown('evaluate', { expression: 'nothing of this name' }), false);
    assert.equal(await isShown('strata/walk', { threadId: 0, address: 'nowhere' }), false);
    assert.equal(await isShown('setVariable', { variablesReference: 9, name: 'x', value: '1' }), true);
  });

  it('survives images of random bytes behind an ELF header, each with an error that names the file', async () => {
    const adapter = new RawAdapter();
    const kernel = readFileSync(sample('kernel/build/pebble.elf'));
    const damage = fc.array(fc.tuple(fc.nat(4096), fc.nat(255)), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(damage, async (changes) => {
        const bytes = Uint8Array.from(kernel);
        for (const [at, value] of changes) bytes[at] = value;
        const response = await adapter.ask('launch', pebble('', { image: file('damaged.elf', bytes) }));
        assert.doesNotMatch(textOf(response), /defect/);
        if (!response.success) assert.ok(textOf(response).length > 10);
      }),
      { numRuns: 8 },
    );
  });

  it('reports frames that are none, and answers the next', async () => {
    const adapter = new RawAdapter();
    const garbage = [
      'garbage\r\n\r\n',
      'Content-Length: 5\r\n\r\n{"a":',
      'Content-Length: -1\r\n\r\n',
      'Content-Length: 99999999999\r\n\r\n',
      'Content-Length: 2\r\n\r\n[]',
      'Content-Length: 31\r\n\r\n{"type":"request","command":42}',
      '\0\0\0\0\r\n\r\n',
    ];
    for (const bytes of garbage) {
      adapter.input.write(bytes);
      const response = await adapter.ask('initialize', { adapterID: 'strata' });
      assert.equal(response.success, true, bytes);
    }
    const reports = adapter.events.filter(({ event }) => event === 'output');
    assert.ok(reports.length >= garbage.length - 1, String(reports.length));
  });

  it('answers every request exactly once, before a launch and after, whatever its arguments are', async () => {
    const tables = [
      breakpointRequests,
      customRequests,
      inspectionRequests,
      memoryRequests,
      runRequests,
      lifecycleRequests,
    ];
    // These two end the conversation.
    const commands = tables.flatMap((table) => Object.keys(table)).filter((name) => name !== 'disconnect');
    const adapter = new RawAdapter();
    for (const command of commands) if (command !== 'launch') await adapter.ask(command, {});
    for (const command of ['configurationDone', 'restart', 'pause', 'continue'])
      assert.match(
        textOf(await adapter.ask(command, { threadId: 1 })),
        /send a launch request first/,
        command,
      );
    assert.equal((await adapter.ask('launch', pebble('run=hello', { stopOnEntry: true }))).success, true);
    const [frame] = await framesOf(adapter);
    const likely = fc.constantFrom<unknown>(
      0,
      1,
      -1,
      2 ** 31,
      frame?.id,
      '',
      '0x80000000',
      'hpa:0x80000000',
      'gpa:pebble:0x80200000',
      '$pc',
      'pebble',
      null,
      true,
      [],
      {},
      sample('kernel/uart.c'),
    );
    const names = [
      'threadId', 'frameId', 'variablesReference', 'memoryReference', 'offset', 'count', 'address', 'access',
      'expression', 'name', 'value', 'line', 'endLine', 'source', 'breakpoints', 'filters', 'filterOptions', 'limit',
      'guest', 'console', 'text', 'column', 'instructionOffset', 'instructionCount', 'data', 'granularity',
      'startFrame', 'levels', 'start', 'sourceReference', 'as', 'reason',
    ]; // prettier-ignore
    const moving = new Set(['launch', 'terminate', 'restart', 'configurationDone']);
    const command = fc.constantFrom(...commands.filter((name) => !moving.has(name)), 'no-such-request');
    const parameters = fc.oneof(
      { weight: 6, arbitrary: fc.dictionary(fc.constantFrom(...names), likely, { maxKeys: 6 }) },
      { weight: 1, arbitrary: fc.anything() },
    );
    await fc.assert(
      fc.asyncProperty(command, parameters, async (name, given) => {
        const response = await adapter.ask(name, given);
        assert.doesNotMatch(textOf(response), /defect/, `${name} ${fc.stringify(given)}`);
      }),
      { numRuns: 600 },
    );
    await adapter.ask('threads');
    for (let seq = 1; seq <= adapter.lastSeq; seq++)
      assert.equal(adapter.responses.get(seq)?.length, 1, `request ${seq}`);
    assert.deepEqual(
      adapter.events.filter(({ event, body }) => event === 'output' && /defect/.test(JSON.stringify(body))),
      [],
    );
  });

  it('ends when its client says goodbye, and when it just goes', async () => {
    const polite = new RawAdapter();
    assert.equal((await polite.ask('disconnect')).success, true);
    await polite.served;
    const rude = new RawAdapter();
    await rude.ask('launch', pebble('run="count 100"'));
    rude.input.end();
    await rude.served;
  });
});

async function framesOf(adapter: RawAdapter): Promise<readonly DebugProtocol.StackFrame[]> {
  await adapter.ask('configurationDone');
  const { body } = await adapter.ask('stackTrace', { threadId: 1 });
  return (body as DebugProtocol.StackTraceResponse['body']).stackFrames;
}
