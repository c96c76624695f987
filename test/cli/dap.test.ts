import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import type { ChildProcess } from 'node:child_process';
import { buildStrata, samples, startStrata } from './strata.ts';

describe('cli/dap', () => {
  let adapter: ChildProcess;
  let port: number;

  before(async () => {
    await buildStrata();
    adapter = startStrata(['dap', '--port', '0']);
    const [line] = (await once(adapter.stdout ?? adapter, 'data')) as [Buffer];
    port = Number(/^listening on 127\.0\.0\.1:([0-9]+)\n$/.exec(line.toString())?.[1]);
  });
  after(() => adapter.kill());

  it('prints the port that it took', () => assert.ok(port > 1023));

  it('lets the thread that runs guests go before those on which V8 compiles', function () {
    // Elsewhere threads have no niceness of their own.
    if (process.platform !== 'linux') this.skip();
    const tasks = `/proc/${adapter.pid}/task`;
    const niceness = (thread: string): number => {
      // After the name, which may have anything in it: the 16th field from there (proc_pid_stat(5)).
      const fields = readFileSync(`${tasks}/${thread}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      return Number(fields[16]);
    };
    const others = readdirSync(tasks).filter((thread) => Number(thread) !== adapter.pid);
    const own = niceness(String(adapter.pid));
    assert.ok(
      others.filter((thread) => niceness(thread) > own).length >= 4,
      'the four that Node makes for V8',
    );
  });

  it('serves two clients at once, each with a guest of its own', async () => {
    const clients = await Promise.all([Client.connect(port), Client.connect(port)]);
    await Promise.all(
      clients.map(async (client, index) => {
        await client.ask('initialize', { adapterID: 'strata' });
        const launched = client.ask('launch', {
          image: samples.pebble,
          append: index === 0 ? 'run=hello' : 'run="fault null"',
          memory: '16M',
        });
        await client.ask('configurationDone');
        assert.equal((await launched).success, true);
        const { body } = await client.event('exited');
        assert.deepEqual(body, { exitCode: index });
        client.end();
      }),
    );
  });

  it('survives clients that send garbage, stop in the middle of a frame, or reset the connection', async () => {
    for (const bytes of [
      'GET / HTTP/1.1\r\n\r\n',
      'Content-Length: 500\r\n\r\n{"seq":1,',
      '\0\u0001\u0002'.repeat(5000),
      'Content-Length: 99999999999\r\n\r\n',
    ]) {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      socket.on('error', () => undefined).resume();
      socket.write(bytes, () => (bytes.length > 1000 ? socket.resetAndDestroy() : socket.end()));
      await once(socket, 'close');
    }
    const client = await Client.connect(port);
    assert.equal((await client.ask('initialize', { adapterID: 'strata' })).success, true);
    client.end();
    assert.equal(adapter.exitCode, null);
  });
});

interface Message {
  readonly type: string;
  readonly event?: string;
  readonly request_seq?: number;
  readonly success?: boolean;
  readonly body?: unknown;
}

/** As little of a DAP client as the tests need. */
class Client {
  readonly #socket: Socket;
  readonly #messages: Message[] = [];
  #seq = 0;
  #received: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    let data = '';
    // Lengths are of bytes, so a character is one until a frame is whole.
    socket.setEncoding('latin1').on('data', (text: string) => {
      data += text;
      for (;;) {
        const head = /^Content-Length: ([0-9]+)\r\n\r\n/.exec(data);
        const length = Number(head?.[1]);
        if (head === null || data.length < head[0].length + length) break;
        const body = data.slice(head[0].length, head[0].length + length);
        this.#messages.push(JSON.parse(Buffer.from(body, 'latin1').toString()) as Message);
        data = data.slice(head[0].length + length);
      }
      this.#received();
    });
  }

  static async connect(port: number): Promise<Client> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new Client(socket);
  }

  ask(command: string, args: object = {}): Promise<Message> {
    const seq = ++this.#seq;
    const body = JSON.stringify({ seq, type: 'request', command, arguments: args });
    this.#socket.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    return this.#find((message) => message.type === 'response' && message.request_seq === seq);
  }

  event(name: string): Promise<Message> {
    return this.#find((message) => message.event === name);
  }

  end(): void {
    this.#socket.end();
  }

  async #find(isIt: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const found = this.#messages.find(isIt);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        const before = this.#received;
        this.#received = () => {
          before();
          resolve();
        };
      });
    }
  }
}
