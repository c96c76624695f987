import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { patience } from '../patience.ts';
import { AdapterClient, pebble, sample } from './client.ts';

/** The line of a sample source that holds a text. */
function lineOf(path: string, text: string): number {
  const lines = readFileSync(sample(path), 'utf8').split('\n');
  const index = lines.findIndex((line) => line.includes(text));
  assert.ok(index >= 0, `${path} does not hold '${text}'`);
  return index + 1;
}

const thread = 1;

describe('dap/session over standard streams', function () {
  this.timeout(30_000 * patience);
  const adapter = new AdapterClient();
  let capabilities: DebugProtocol.Capabilities = {};

  before(async () => {
    capabilities = await adapter.start();
  });
  after(() => adapter.stop());

  it('says what it can do, and which exits and traps it stops at', () => {
    assert.equal(capabilities.supportsStepBack, true);
    assert.equal(capabilities.supportsReadMemoryRequest, true);
    const filters = capabilities.exceptionBreakpointFilters ?? [];
    for (const id of ['exit.mmio-store', 'exit.hypercall', 'trap.load-page-fault'])
      assert.ok(
        filters.some(({ filter, supportsCondition }) => filter === id && supportsCondition),
        id,
      );
  });

  it('stops at a breakpoint in a process, which was set before the program was loaded', async () => {
    const line = lineOf('kernel/programs/hello.c', 'Hello from process');
    const stop = await adapter.toStop(() =>
      adapter.launch(pebble('run=hello,primes'), () => adapter.breakAt('kernel/programs/hello.c', line)),
    );
    assert.deepEqual([stop.reason, stop.threadId, stop.allThreadsStopped], ['breakpoint', thread, true]);
    assert.equal(await adapter.top(thread), `hello!main hello.c:${line}`);
    const { threads } = await adapter.ask<DebugProtocol.ThreadsResponse['body']>('threads');
    assert.deepEqual(threads, [{ id: 1, name: 'pebble: vCPU 0' }]);
    const { owner } = await adapter.custom('strata/guests', {});
    assert.deepEqual(owner, { stratum: 'process', guest: 'pebble', process: 'hello.elf' });
  });

  it('shows arguments, locals and registers of the frame', async () => {
    const [frame] = await adapter.frames(thread);
    const { scopes } = await adapter.ask<DebugProtocol.ScopesResponse['body']>('scopes', {
      frameId: frame?.id,
    });
    const of = async (name: string) => {
      const scope = scopes.find((each) => each.name === name);
      return adapter.variables(
        scope?.variablesReference ?? assert.fail(scopes.map((each) => each.name).join()),
      );
    };
    assert.equal((await of('Arguments')).find(({ name }) => name === 'argc')?.value, '1');
    const registers = await of('Registers');
    assert.ok(registers.length > 30);
    const sp = registers.find(({ name }) => name === 'sp' || name.startsWith('sp '));
    assert.match(sp?.value ?? '', /^0x3f/);
  });

  it('evaluates expressions in the frame, and points at what it does not understand', async () => {
    const [frame] = await adapter.frames(thread);
    const id = frame?.id ?? 0;
    assert.equal((await adapter.evaluate('argc + 41', id)).result, '42');
    assert.match((await adapter.evaluate('$pc', id)).result, /^0x1/);
    assert.match((await adapter.evaluate('argv[0]', id)).result, /hello/);
    await assert.rejects(adapter.evaluate('no_such_name', id), /no_such_name/);
    await assert.rejects(adapter.evaluate('argc +', id));
  });

  it('reads and writes the memory of the process, of the guest and of the machine alike', async () => {
    const [frame] = await adapter.frames(thread);
    const reference = frame?.instructionPointerReference ?? '';
    assert.match(reference, /^gva:pebble:0x8\w+:0x1\w+$/);
    const code = await adapter.memory(reference, 0, 16);
    const walk = await adapter.custom('strata/walk', { threadId: thread, address: '$pc', access: 'execute' });
    assert.ok(walk.result.kind === 'mapped' && walk.result.gpa !== undefined, walk.verdict);
    assert.deepEqual(await adapter.memory(`gpa:pebble:${walk.result.gpa}`, 0, 16), code);
    assert.deepEqual(await adapter.memory(`hpa:${walk.result.hpa}`, 0, 16), code);
    const hole = await adapter.ask<DebugProtocol.ReadMemoryResponse['body']>('readMemory', {
      memoryReference: 'gpa:pebble:0x10000000',
      count: 8,
    });
    assert.deepEqual([hole?.data, hole?.unreadableBytes], ['', 8]);
    const top = 'gpa:pebble:0x80f00000';
    await adapter.ask('writeMemory', {
      memoryReference: top,
      data: Buffer.from('strata').toString('base64'),
    });
    assert.equal((await adapter.memory(top, 0, 6)).toString(), 'strata');
    await assert.rejects(adapter.memory('gpa:nobody:0x0', 0, 1), /there is no guest 'nobody'/);
    await assert.rejects(adapter.memory('somewhere', 0, 1), /is no memory reference/);
  });

  it('disassembles around the program counter, with lines', async () => {
    const [frame] = await adapter.frames(thread);
    const { instructions } = (await adapter.ask<DebugProtocol.DisassembleResponse['body']>('disassemble', {
      memoryReference: frame?.instructionPointerReference,
      instructionOffset: -10,
      instructionCount: 50,
    })) ?? { instructions: [] };
    assert.equal(instructions.length, 50);
    const { result } = await adapter.evaluate('$pc', frame?.id ?? 0);
    assert.equal(instructions[10]?.address, /^0x[0-9a-f]+/.exec(result)?.[0]);
    assert.equal(instructions[10]?.line, frame?.line);
    assert.equal(instructions[10]?.location?.name, 'hello.c');
  });

  it('lists the spaces, among them that of the process', async () => {
    const { spaces } = await adapter.custom('strata/spaces', {});
    assert.ok(spaces.some(({ id }) => id === 'hpa'));
    assert.ok(spaces.some(({ title }) => title.includes('hello.elf')));
  });

  it('stops at a breakpoint in the kernel, called by the process: one stack across both', async () => {
    await adapter.clear('kernel/programs/hello.c');
    const line = lineOf('kernel/syscall/console.c', 'console_write(part');
    await adapter.breakAt('kernel/syscall/console.c', line);
    await adapter.continueToStop(thread);
    assert.equal(await adapter.top(thread), `pebble!syscall_write console.c:${line}`);
    const frames = await adapter.frames(thread);
    const names = frames.map(({ name }) => name);
    const boundary = frames.findIndex(({ presentationHint }) => presentationHint === 'label');
    assert.match(names[boundary] ?? '', /ecall from VU/);
    assert.ok(names.slice(boundary).includes('hello!main'), names.join('\n'));
    await adapter.clear('kernel/syscall/console.c');
  });

  it('stops at an exit, in the VMM, with the walk that explains it', async () => {
    await adapter.filters([{ filterId: 'exit.mmio-store', condition: 'gpa == 0x10000000 && write' }]);
    const stop = await adapter.continueToStop(thread);
    assert.deepEqual(
      [stop.reason, stop.description],
      ['breakpoint', 'VM exit: guest-page fault (store, uart0.THR)'],
    );
    const names = (await adapter.frames(thread)).map(({ name }) => name);
    assert.equal(names[0], 'vmm!exit');
    assert.match(names[1] ?? '', /^— VM exit/);
    for (const name of ['pebble!uart_put', 'pebble!syscall_write', 'hello!main'])
      assert.ok(names.includes(name), names.join('\n'));
    const { recent, total } = await adapter.custom('strata/exits', { limit: 1 });
    assert.equal(recent[0]?.sequence, total - 1);
    assert.equal(recent[0]?.stages[0]?.done, false);
    const walk = await adapter.custom('strata/walk', {
      threadId: 0,
      address: recent[0]?.registers.stval ?? '',
      access: 'write',
    });
    assert.deepEqual(walk.result, { kind: 'fault', trap: 'store/AMO guest-page fault', to: 'the VMM' });
    assert.match(walk.verdict, /uart0\.THR/);
    const { exceptionId } = await adapter.ask<DebugProtocol.ExceptionInfoResponse['body']>('exceptionInfo', {
      threadId: thread,
    });
    assert.equal(exceptionId, 'mmio-store');
  });

  it('steps through the stages of the exit, whose text it gives', async () => {
    const [stage] = await adapter.frames(thread);
    const reference = stage?.source?.sourceReference;
    assert.ok(reference !== undefined);
    const source = await adapter.ask<DebugProtocol.SourceResponse['body']>('source', {
      sourceReference: reference,
      source: { sourceReference: reference },
    });
    assert.match(source.content, /uart0/);
    await adapter.toStop(() => adapter.ask('next', { threadId: thread }));
    assert.match(await adapter.top(thread), /^vmm!decode /);
    await adapter.filters([]);
  });

  it('shows the guest’s UART, which has taken nothing yet', async () => {
    const { devices } = await adapter.custom('strata/devices', {});
    const uart = devices.find(({ id, owner }) => id === 'uart0' && owner === 'pebble');
    assert.ok(uart?.registers.some(({ name, fields }) => name === 'LSR' && fields.length > 0));
  });

  it('steps by line in a process, over calls that print, and back again', async () => {
    const line = lineOf('kernel/programs/primes.c', 'long limit');
    await adapter.breakAt('kernel/programs/primes.c', line);
    await adapter.continueToStop(thread);
    assert.equal(await adapter.top(thread), `primes!main primes.c:${line}`);
    await adapter.toStop(() => adapter.ask('next', { threadId: thread }));
    assert.equal(await adapter.top(thread), `primes!main primes.c:${line + 1}`);
    await adapter.toStop(() => adapter.ask('next', { threadId: thread }));
    assert.equal(await adapter.top(thread), `primes!main primes.c:${line + 2}`);
    await adapter.toStop(() => adapter.ask('stepIn', { threadId: thread }));
    assert.match(await adapter.top(thread), /^primes!is_prime primes\.c/);
    await adapter.toStop(() => adapter.ask('stepOut', { threadId: thread }));
    assert.match(await adapter.top(thread), /^primes!main primes\.c/);
    await adapter.toStop(() => adapter.ask('stepBack', { threadId: thread }));
    await adapter.toStop(() => adapter.ask('stepBack', { threadId: thread }));
    const lines = [line, line + 1, line + 2].map((each) => `primes!main primes.c:${each}`);
    assert.ok(lines.includes(await adapter.top(thread)), await adapter.top(thread));
  });

  it('goes back to the beginning, and forward to the same place', async () => {
    const [before] = await adapter.frames(thread);
    const { step } = await adapter.custom('strata/guests', {});
    await adapter.toStop(() => adapter.ask('stepIn', { threadId: thread, granularity: 'instruction' }));
    await adapter.toStop(() => adapter.ask('stepBack', { threadId: thread, granularity: 'instruction' }));
    assert.equal((await adapter.custom('strata/guests', {})).step, step);
    const [again] = await adapter.frames(thread);
    assert.equal(again?.instructionPointerReference, before?.instructionPointerReference);
    const stop = await adapter.toStop(() => adapter.ask('reverseContinue', { threadId: thread }));
    assert.ok(['breakpoint', 'entry'].includes(stop.reason));
  });

  it('changes a variable, and what the program then prints', async () => {
    const line = lineOf('kernel/programs/primes.c', 'primes: %ld');
    await adapter.breakAt('kernel/programs/primes.c', line);
    await adapter.continueToStop(thread);
    assert.equal(await adapter.top(thread), `primes!main primes.c:${line}`);
    const [frame] = await adapter.frames(thread);
    const changed = await adapter.ask<{ readonly value: string }>('setExpression', {
      expression: 'found',
      value: '7',
      frameId: frame?.id,
    });
    assert.equal(changed.value, '7');
    await adapter.clear('kernel/programs/primes.c');
  });

  it('runs to the guest’s own end, and says how it ended', async () => {
    const ended = adapter.event('terminated');
    const exited = adapter.event<DebugProtocol.ExitedEvent['body']>('exited');
    await adapter.ask('continue', { threadId: thread });
    assert.equal((await exited).exitCode, 0);
    await ended;
    assert.match(adapter.consoles.get('pebble') ?? '', /primes: 7 below 10000, the last is 9973\r\n$/);
    const { consoles } = await adapter.custom('strata/consoles', {});
    assert.deepEqual(
      consoles.map(({ id, text }) => ({ id, text })),
      [{ id: 'pebble', text: adapter.consoles.get('pebble') }],
    );
  });
});
