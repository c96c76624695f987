import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { patience } from '../patience.ts';
import { AdapterClient, pebble, sample } from './client.ts';

/** Two guests that run the shell, side by side. */
function twoShells(): object {
  const { image, programs } = pebble('') as { image: string; programs: readonly string[] };
  const guest = { image, programs, memory: '16M' };
  return {
    guests: [
      { name: 'a', ...guest },
      { name: 'b', ...guest },
    ],
  };
}

describe('dap/session with guests that wait for input', function () {
  this.timeout(30_000 * patience);
  const adapter = new AdapterClient();

  /** Waits until a console shows a text. */
  async function shows(name: string, text: string): Promise<void> {
    for (let tries = 0; tries < 500; tries++) {
      if (adapter.consoles.get(name)?.includes(text) === true) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.fail(`${name} shows ${JSON.stringify(adapter.consoles.get(name))}`);
  }

  before(async () => {
    await adapter.start();
    await adapter.launch(twoShells());
  });
  after(() => adapter.stop());

  it('gives each guest a thread and a console of its own', async () => {
    const { threads } = await adapter.ask<DebugProtocol.ThreadsResponse['body']>('threads');
    assert.deepEqual(
      threads.map(({ name }) => name),
      ['a: vCPU 0', 'b: vCPU 0'],
    );
    await shows('a', '$ ');
    await shows('b', '$ ');
  });

  it('hands what is typed to the guest whose console it is', async () => {
    await adapter.custom('strata/input', { console: 'b', text: 'hello there\r' });
    await shows('b', 'argument 1: there');
    assert.doesNotMatch(adapter.consoles.get('a') ?? '', /there/);
    await assert.rejects(adapter.custom('strata/input', { console: 'c', text: 'x' }), /no console/);
  });

  it('stops in the guest that a condition names, by a breakpoint set while both run', async () => {
    await adapter.filters([{ filterId: 'exit.mmio-store', condition: 'guest == "b" && register == "THR"' }]);
    const stop = await adapter.toStop(async () => {
      await adapter.custom('strata/input', { console: 'a', text: 'hello to a\r' });
      await shows('a', 'argument 2: a');
      await adapter.custom('strata/input', { console: 'b', text: 'hello to b\r' });
    });
    assert.equal(stop.threadId, 2);
    const { owner } = await adapter.custom('strata/guests', {});
    assert.deepEqual(owner, { stratum: 'vmm', guest: 'b' });
    await adapter.filters([]);
  });

  it('pauses, and shows both threads', async () => {
    await adapter.ask('continue', { threadId: 2 });
    await shows('b', 'argument 2: b');
    const stop = await adapter.toStop(() => adapter.ask('pause', { threadId: 1 }));
    assert.equal(stop.reason, 'pause');
    for (const threadId of [1, 2]) {
      const frames = await adapter.frames(threadId);
      assert.ok(
        frames.some(({ name }) => name.startsWith('pebble!')),
        JSON.stringify(frames),
      );
    }
  });

  it('restarts from the beginning, with its breakpoints', async () => {
    const [breakpoint] = (
      await adapter.ask<DebugProtocol.SetFunctionBreakpointsResponse['body']>('setFunctionBreakpoints', {
        breakpoints: [{ name: 'sh!main' }],
      })
    ).breakpoints;
    assert.equal(breakpoint?.verified, true);
    const stop = await adapter.toStop(() => adapter.ask('restart'));
    assert.equal(stop.reason, 'breakpoint');
    assert.match(await adapter.top(stop.threadId ?? 0), /^sh!main sh\.c/);
    assert.doesNotMatch(adapter.consoles.get('b') ?? '', /argument/);
    const other = await adapter.continueToStop(1);
    assert.notEqual(other.threadId, stop.threadId);
  });

  it('says of breakpoints that cannot be why not', async () => {
    const { breakpoints } = await adapter.ask<DebugProtocol.SetFunctionBreakpointsResponse['body']>(
      'setFunctionBreakpoints',
      { breakpoints: [{ name: 'nobody!main' }, { name: 'sh!no_such_function' }, { name: 'vmm!emulate' }] },
    );
    assert.deepEqual(
      breakpoints.map(({ verified }) => verified),
      [false, false, true],
    );
    assert.match(breakpoints[0]?.message ?? '', /nobody/);
    const source = await adapter.ask<DebugProtocol.SetBreakpointsResponse['body']>('setBreakpoints', {
      source: { path: sample('README.md') },
      breakpoints: [{ line: 1 }],
    });
    assert.equal(source.breakpoints[0]?.verified, false);
    assert.ok(source.breakpoints[0]?.message);
  });

  it('terminates when told, and takes another launch', async () => {
    const terminated = adapter.event('terminated');
    await adapter.ask('terminate');
    await terminated;
    await assert.rejects(adapter.ask('threads'), /launch/);
    const stop = await adapter.toStop(() =>
      adapter.launch(pebble('run=hello', { stopOnEntry: true, vmm: 'none' })),
    );
    assert.equal(stop.reason, 'entry');
    const body = await adapter.custom('strata/guests', {});
    assert.deepEqual([body.placement, body.guests], ['none', []]);
  });
});
