import assert from 'node:assert/strict';
import { connect, type AddressInfo, type Server } from 'node:net';
import { serveTcp } from '../../src/dap/server.ts';
import { AdapterClient, pebble } from './client.ts';

describe('dap/server', () => {
  let server: Server;
  let port = 0;

  before(async () => {
    server = await serveTcp(0);
    port = (server.address() as AddressInfo).port;
  });
  after(() => new Promise((resolve) => server.close(resolve)));

  it('serves clients on a port at once, each with a guest of its own', async () => {
    const clients = [new AdapterClient(), new AdapterClient()];
    for (const client of clients) await client.start(port);
    const [first, second] = clients;
    assert.ok(first && second);
    const ended = second.event('terminated');
    await second.launch(pebble('run="hello there"'));
    await first.toStop(() =>
      first.launch(pebble('run=hello'), () =>
        first.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'hello!main' }] }),
      ),
    );
    await ended;
    assert.match(second.consoles.get('pebble') ?? '', /argument 1: there/);
    assert.match(await first.top(1), /^hello!main hello\.c/);
    assert.doesNotMatch(first.consoles.get('pebble') ?? '', /argument/);
    for (const client of clients) await client.stop();
  });

  it('outlives a client that breaks off in the middle of a frame', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.write('Content-Length: 100\r\n\r\n{"seq":1,');
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.resetAndDestroy();
    const client = new AdapterClient();
    assert.equal((await client.start(port)).supportsStepBack, true);
    await client.stop();
  });
});
