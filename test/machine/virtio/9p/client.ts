import assert from 'node:assert/strict';
import { memoryFolder } from '../../../../src/machine/host-folder.ts';
import { MessageReader, MessageWriter } from '../../../../src/machine/virtio/9p/message.ts';
import { requestNumber, type RequestName } from '../../../../src/machine/virtio/9p/requests.ts';
import { Server, type ShareOptions } from '../../../../src/machine/virtio/9p/server.ts';

/** A client of 9P2000.L for tests; fid 0 is the root. */
export class Client {
  readonly server: Server;

  constructor(options: Partial<ShareOptions> = {}) {
    this.server = new Server({
      tag: 'test',
      folder: memoryFolder({ 'a.txt': 'hello\n', 'sub/b.txt': 'inner', 'sub/deep/c': '' }),
      access: 'read-write',
      nowSeconds: () => 1234,
      ...options,
    });
    this.ask('version', (request) => request.word(0x2000).text('9P2000.L'));
    this.ask('attach', (request) => request.word(0).word(0xffff_ffff).text('root').text('').word(0));
  }

  /** Sends a request; the answer without its head, or the number of the error. */
  try(name: RequestName, write: (request: MessageWriter) => void): MessageReader | number {
    const body = new MessageWriter();
    write(body);
    const message = new MessageWriter()
      .word(7 + body.length)
      .byte(requestNumber[name])
      .half(5)
      .raw(body.finish());
    const answer = this.server.answer(message.finish());
    assert.ok(answer);
    const reader = new MessageReader(answer);
    assert.equal(reader.word(), answer.length);
    const kind = reader.byte();
    assert.equal(reader.half(), 5);
    if (kind === 7) return reader.word();
    assert.equal(kind, requestNumber[name] + 1);
    return reader;
  }

  ask(name: RequestName, write: (request: MessageWriter) => void): MessageReader {
    const answer = this.try(name, write);
    assert.ok(typeof answer !== 'number', `${name} failed: ${JSON.stringify(answer)}`);
    return answer;
  }

  /** Walks from the root to a path. */
  walk(fid: number, path: string): number | MessageReader {
    const names = path === '' ? [] : path.split('/');
    return this.try('walk', (request) => {
      request.word(0).word(fid).half(names.length);
      for (const name of names) request.text(name);
    });
  }

  /** What a file holds, through a fid of its own. */
  read(path: string): string {
    this.walk(90, path);
    this.ask('open', (request) => request.word(90).word(0));
    const answer = this.ask('read', (request) => request.word(90).long(0).word(4000));
    const text = Buffer.from(answer.bytes(answer.word())).toString();
    this.ask('clunk', (request) => request.word(90));
    return text;
  }

  /** Names in a folder, as `ls` shows them. */
  list(path: string): readonly string[] {
    this.walk(91, path);
    this.ask('open', (request) => request.word(91).word(0));
    const names: string[] = [];
    for (let offset = 0; ;) {
      const answer = this.ask('readdir', (request) => request.word(91).long(offset).word(70));
      const list = new MessageReader(answer.bytes(answer.word()));
      const before = names.length;
      for (;;) {
        list.bytes(13);
        const next = list.long();
        list.byte();
        const name = list.text();
        if (list.isShort) break;
        offset = next;
        names.push(name);
      }
      if (names.length === before) break;
    }
    this.ask('clunk', (request) => request.word(91));
    return names;
  }
}
