import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { HostNetwork } from '../../src/dap/host-network.ts';
import { decodeInput, firstHostChannel } from '../../src/machine/network/outside.ts';

/** What came in for the guest, in words. */
function inputs(
  network: HostNetwork,
  taken = true,
): { readonly words: string[]; readonly opened: Promise<void> } {
  const words: string[] = [];
  const opened = network.open((bytes) => {
    const input = decodeInput(bytes);
    words.push(input?.kind === 'data' ? Buffer.from(input.bytes).toString() : String(input?.kind));
    return taken;
  });
  return { words, opened };
}

async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 500 && !condition(); turn++) await sleep(5);
  assert.ok(condition());
}

async function text(socket: Socket): Promise<string> {
  let all = '';
  for await (const chunk of socket) all += String(chunk);
  return all;
}

describe('dap/host-network', () => {
  it('takes calls at its port, and hands on what is said both ways, once', async () => {
    const network = new HostNetwork({ forward: [{ hostPort: 0, guestPort: 80 }], services: [] });
    const { words, opened } = inputs(network);
    await opened;
    const socket = connect({ port: network.ports[0] ?? 0, host: '127.0.0.1', allowHalfOpen: true });
    socket.write('hello');
    socket.end();
    await until(() => words.length === 3);
    assert.deepEqual(words, ['call', 'hello', 'finish']);
    const channel = firstHostChannel;
    const say = (number: number, word: string): void =>
      network.emit({ number, channel, event: { kind: 'data', bytes: Buffer.from(word) } });
    say(0, 'a');
    say(1, 'b');
    // History is replayed.
    say(0, 'a');
    say(1, 'b');
    say(2, 'c');
    network.emit({ number: 3, channel, event: { kind: 'finish' } });
    assert.equal(await text(socket), 'abc');
    network.close();
  });

  it('calls a service of this machine for the guest', async () => {
    const server = createServer((socket) => socket.end('service')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const hostPort = typeof address === 'object' && address !== null ? address.port : 0;
    const network = new HostNetwork({ forward: [], services: [{ port: 9, host: '127.0.0.1', hostPort }] });
    const { words, opened } = inputs(network);
    await opened;
    network.emit({ number: 0, channel: 4, event: { kind: 'call', service: 0 } });
    await until(() => words.length === 2);
    assert.deepEqual(words, ['service', 'finish']);
    network.close();
    server.close();
  });

  it('breaks off what the guest does not get, because it stands in the past', async () => {
    const network = new HostNetwork({ forward: [{ hostPort: 0, guestPort: 80 }], services: [] });
    await inputs(network, false).opened;
    const socket = connect({ port: network.ports[0] ?? 0, host: '127.0.0.1' });
    await once(socket, 'close');
    network.close();
  });

  it('breaks off its connections where history takes another course, and tells the guest', async () => {
    const network = new HostNetwork({ forward: [{ hostPort: 0, guestPort: 80 }], services: [] });
    const { words, opened } = inputs(network);
    await opened;
    const socket = connect({ port: network.ports[0] ?? 0, host: '127.0.0.1' });
    await until(() => words.length === 1);
    network.fork();
    await Promise.all([once(socket, 'close'), until(() => words.length === 2)]);
    assert.deepEqual(words, ['call', 'break']);
    network.close();
  });

  it('says which port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const hostPort = typeof address === 'object' && address !== null ? address.port : 0;
    const network = new HostNetwork({ forward: [{ hostPort, guestPort: 80 }], services: [] });
    await assert.rejects(inputs(network).opened, { code: 'port-taken', message: new RegExp(`${hostPort}`) });
    network.close();
    server.close();
  });
});
