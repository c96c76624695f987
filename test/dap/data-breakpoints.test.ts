import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { patience } from '../patience.ts';
import { AdapterClient, pebble } from './client.ts';

type Info = DebugProtocol.DataBreakpointInfoResponse['body'];
type Bound = DebugProtocol.SetDataBreakpointsResponse['body'];

const thread = 1;

describe('dap/requests, data breakpoints', function () {
  this.timeout(30_000 * patience);
  const adapter = new AdapterClient();
  let capabilities: DebugProtocol.Capabilities = {};
  let frameId = 0;

  before(async () => {
    capabilities = await adapter.start();
    await adapter.toStop(() =>
      adapter.launch(pebble('run="primes 100"'), async () => {
        await adapter.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'primes!main' }] });
      }),
    );
    await adapter.ask('setFunctionBreakpoints', { breakpoints: [] });
    frameId = await innermost();
  });
  after(() => adapter.stop());

  async function innermost(): Promise<number> {
    const [frame] = await adapter.frames(thread);
    return frame?.id ?? assert.fail('no frame');
  }

  const info = (parameters: object): Promise<Info> => adapter.ask<Info>('dataBreakpointInfo', parameters);

  /** Variables of a scope whose name matches. */
  async function scope(name: RegExp): Promise<number> {
    const { scopes } = await adapter.ask<DebugProtocol.ScopesResponse['body']>('scopes', { frameId });
    return scopes.find((each) => name.test(each.name))?.variablesReference ?? assert.fail(`${name}`);
  }

  async function set(...breakpoints: readonly object[]): Promise<Bound['breakpoints']> {
    return (await adapter.ask<Bound>('setDataBreakpoints', { breakpoints })).breakpoints;
  }

  it('are among what it can do', () => {
    assert.equal(capabilities.supportsDataBreakpoints, true);
    assert.equal(capabilities.supportsDataBreakpointBytes, true);
  });

  it('are offered for a variable of a scope, and stop once it has changed', async () => {
    const found = await info({ variablesReference: await scope(/^Globals of primes/), name: 'found' });
    assert.match(found.description, /^primes!found \(8 bytes at 0x12000\)$/);
    assert.deepEqual(found.accessTypes, ['read', 'write', 'readWrite']);
    const [bound] = await set({ dataId: found.dataId, accessType: 'write' });
    assert.equal(bound?.verified, true);
    const stop = await adapter.toStop(() => adapter.ask('continue', { threadId: thread }));
    assert.equal(stop.reason, 'data breakpoint');
    assert.deepEqual(stop.hitBreakpointIds, [bound.id]);
    assert.match(
      stop.text ?? '',
      /^primes!found: 0 → 1, written by process on pebble: vCPU 0 in primes!main \(primes\.c:\d+\)$/,
    );
  });

  it('take conditions and hit counts', async () => {
    frameId = await innermost();
    const found = await info({ name: 'found', frameId });
    await set({ dataId: found.dataId, condition: 'new > 10 && found == new', hitCondition: '3' });
    const stop = await adapter.toStop(() => adapter.ask('continue', { threadId: thread }));
    assert.match(stop.text ?? '', /12 → 13, /);
  });

  it('lead back to the last write', async () => {
    frameId = await innermost();
    const { dataId } = await info({ name: 'last_prime', frameId });
    await set({ dataId, accessType: 'write' });
    const back = await adapter.toStop(() => adapter.ask('reverseContinue', { threadId: thread }));
    assert.equal(back.reason, 'data breakpoint');
    assert.match(back.text ?? '', /^last_prime: 31 → 37, written /);
  });

  it('are set by address, of so many bytes', async () => {
    frameId = await innermost();
    const { dataId, description } = await info({ name: '0x12000', asAddress: true, bytes: 4, frameId });
    assert.match(description, /0x12000 \(4 bytes at 0x12000\)/);
    await set({ dataId, accessType: 'readWrite' });
    const stop = await adapter.toStop(() => adapter.ask('continue', { threadId: thread }));
    assert.equal(stop.reason, 'data breakpoint');
    frameId = await innermost();
    const kernel = await info({ name: 'pebble!current', frameId });
    const [bound] = await set({ dataId: kernel.dataId, accessType: 'write' });
    assert.equal(bound?.verified, true, bound?.message);
  });

  it('are not offered for what does not lie in memory, and say why', async () => {
    frameId = await innermost();
    const register = await info({ variablesReference: await scope(/^Registers/), name: 'a0' });
    assert.equal(register.dataId, null);
    assert.match(register.description, /a0 lives in a register, and cannot be watched/);
    const nothing = await info({ name: 'no_such_name', frameId });
    assert.equal(nothing.dataId, null);
    assert.match(nothing.description, /no 'no_such_name'/);
    const hole = await info({ name: '0xffffffff00000000', asAddress: true, bytes: 8, frameId });
    const [bound, bad] = await set({ dataId: hole.dataId }, { dataId: 'nonsense' });
    assert.equal(bound?.verified, false);
    assert.match(bound.message ?? '', /Nothing is mapped at 0xffffffff00000000/);
    assert.equal(bad?.verified, false);
    await assert.rejects(info({ name: 'x', bytes: -1, asAddress: true, frameId }), /bytes/);
    await assert.rejects(set({ dataId: 'x', accessType: 'sometimes' }), /accessType/);
  });

  it('go with the last of them', async () => {
    assert.deepEqual(await set(), []);
    const ended = adapter.event('terminated');
    await adapter.ask('continue', { threadId: thread });
    await ended;
  });
});
