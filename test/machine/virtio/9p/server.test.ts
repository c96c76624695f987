import assert from 'node:assert/strict';
import fc from 'fast-check';
import { memoryFolder } from '../../../../src/machine/host-folder.ts';
import { errorNumber } from '../../../../src/machine/virtio/9p/error-number.ts';
import { MessageWriter } from '../../../../src/machine/virtio/9p/message.ts';
import { requestNumber } from '../../../../src/machine/virtio/9p/requests.ts';
import { Client } from './client.ts';

const { noEntry, exists, isFolder, notFolder, notEmpty, readOnly, badDescriptor, invalid, nameTooLong } =
  errorNumber;

describe('machine/virtio/9p/server', () => {
  it('reads files and lists folders of the host', () => {
    const client = new Client();
    assert.equal(client.read('a.txt'), 'hello\n');
    assert.equal(client.read('sub/b.txt'), 'inner');
    assert.deepEqual(client.list(''), ['.', '..', 'a.txt', 'sub']);
    assert.deepEqual(client.list('sub'), ['.', '..', 'b.txt', 'deep']);
  });

  it('walks as far as there is something, and not through files', () => {
    const client = new Client();
    assert.equal(client.walk(1, 'nothing'), noEntry);
    const partial = client.ask('walk', (request) => request.word(0).word(3).half(2).text('sub').text('none'));
    assert.equal(partial.half(), 1);
    assert.equal(
      client.try('clunk', (request) => request.word(3)),
      badDescriptor,
    );
    client.walk(4, 'a.txt');
    assert.equal(
      client.try('walk', (request) => request.word(4).word(5).half(1).text('x')),
      notFolder,
    );
    client.walk(6, 'sub/deep/../../a.txt');
    client.ask('clunk', (request) => request.word(6));
    assert.notEqual(typeof client.walk(7, '../../..'), 'number');
  });

  it('keeps what the guest writes, and leaves the host’s files as they are', () => {
    const folder = memoryFolder({ 'a.txt': 'hello\n' });
    const client = new Client({ folder });
    client.walk(1, 'a.txt');
    client.ask('open', (request) => request.word(1).word(2));
    client.ask('write', (request) => request.word(1).long(1).word(2).raw(Buffer.from('EL')));
    client.ask('write', (request) => request.word(1).long(8).word(1).raw(Buffer.from('!')));
    assert.equal(client.read('a.txt'), 'hELlo\n\0\0!');
    const [entry] = folder.entries();
    assert.ok(entry?.node.kind === 'file');
    assert.equal(Buffer.from(entry.node.read(0, 9)).toString(), 'hello\n');
  });

  it('cuts files off and fills them up, and what was cut off does not come back', () => {
    const client = new Client();
    client.walk(1, 'a.txt');
    const resize = (size: number): void => {
      client.ask('setattr', (request) =>
        request.word(1).word(8).word(0).word(0).word(0).long(size).long(0).long(0).long(0).long(0),
      );
    };
    resize(3);
    resize(5);
    assert.equal(client.read('a.txt'), 'hel\0\0');
    client.ask('open', (request) => request.word(1).word(1));
    client.ask('write', (request) => request.word(1).long(2).word(3).raw(Buffer.from('xyz')));
    resize(3);
    resize(6);
    assert.equal(client.read('a.txt'), 'hex\0\0\0');
  });

  it('makes, renames and removes files and folders', () => {
    const client = new Client();
    client.ask('mkdir', (request) => request.word(0).text('new').word(0o750).word(0));
    client.walk(1, 'new');
    client.ask('create', (request) => request.word(1).text('f').word(2).word(0o600).word(0));
    client.ask('write', (request) => request.word(1).long(0).word(3).raw(Buffer.from('abc')));
    assert.equal(client.read('new/f'), 'abc');
    client.walk(2, 'new');
    const move = (from: string, to: string): unknown =>
      client.try('renameat', (request) => request.word(2).text(from).word(0).text(to));
    assert.notEqual(typeof move('f', 'g'), 'number');
    assert.equal(client.read('g'), 'abc');
    assert.equal(move('f', 'h'), noEntry);
    const unlink = (name: string, flags = 0): unknown =>
      client.try('unlinkat', (request) => request.word(0).text(name).word(flags));
    assert.equal(unlink('new'), isFolder);
    assert.equal(unlink('g', 0x200), notFolder);
    assert.equal(unlink('sub', 0x200), notEmpty);
    assert.notEqual(typeof unlink('new', 0x200), 'number');
    assert.notEqual(typeof unlink('g'), 'number');
    assert.deepEqual(client.list(''), ['.', '..', 'a.txt', 'sub']);
    // The fid from before still has it.
    const answer = client.ask('read', (request) => request.word(1).long(0).word(10));
    assert.equal(Buffer.from(answer.bytes(answer.word())).toString(), 'abc');
    client.ask('clunk', (request) => request.word(1));
    assert.equal(client.server.tree.writtenBytes, 0);
  });

  it('does not put a folder into itself, nor anything over what is there', () => {
    const client = new Client();
    client.walk(1, 'sub');
    client.walk(2, 'sub/deep');
    const rename = (to: number, name: string): unknown =>
      client.try('rename', (request) => request.word(1).word(to).text(name));
    assert.equal(rename(2, 'x'), invalid);
    assert.equal(rename(0, 'a.txt'), notFolder);
    const make = (name: string): unknown =>
      client.try('mkdir', (request) => request.word(0).text(name).word(0).word(0));
    assert.equal(make('sub'), exists);
    for (const name of ['', '.', '..', 'a/b']) assert.equal(make(name), invalid);
  });

  it('makes nothing in a folder that was removed, though a fid still has it', () => {
    const client = new Client();
    client.ask('mkdir', (request) => request.word(0).text('gone').word(0o755).word(0));
    client.walk(1, 'gone');
    client.ask('unlinkat', (request) => request.word(0).text('gone').word(0x200));
    assert.equal(
      client.try('mkdir', (request) => request.word(1).text('x').word(0).word(0)),
      noEntry,
    );
    assert.equal(
      client.try('renameat', (request) => request.word(0).text('sub').word(1).text('x')),
      noEntry,
    );
  });

  it('takes targets of links as long as paths can be, and tells their size in bytes', () => {
    const client = new Client();
    const make = (name: string, target: string): unknown =>
      client.try('symlink', (request) => request.word(0).text(name).text(target).word(0));
    assert.equal(make('long', 'x'.repeat(4096)), nameTooLong);
    make('short', 'ä');
    client.walk(1, 'short');
    const attributes = client.ask('getattr', (request) => request.word(1).long(0x7ff));
    attributes.bytes(8 + 13 + 3 * 4 + 2 * 8);
    assert.equal(attributes.long(), 2);
  });

  it('refuses every change of a share that is read-only', () => {
    const client = new Client({ access: 'read-only' });
    client.walk(1, 'a.txt');
    for (const flags of [1, 2, 0o1000])
      assert.equal(
        client.try('open', (request) => request.word(1).word(flags)),
        readOnly,
      );
    assert.equal(
      client.try('mkdir', (request) => request.word(0).text('x').word(0).word(0)),
      readOnly,
    );
    assert.equal(
      client.try('unlinkat', (request) => request.word(0).text('a.txt').word(0)),
      readOnly,
    );
    assert.equal(client.read('a.txt'), 'hello\n');
  });

  it('comes back as it was saved', () => {
    const client = new Client();
    client.walk(1, 'sub/b.txt');
    client.ask('open', (request) => request.word(1).word(1));
    client.ask('write', (request) => request.word(1).long(0).word(1).raw(Buffer.from('W')));
    const saved = client.server.save();
    const other = new Client();
    other.server.restore(saved);
    assert.deepEqual(other.server.save(), saved);
    assert.equal(other.read('sub/b.txt'), 'Wnner');
    client.server.renew();
    assert.equal(client.server.tree.writtenBytes, 0);
  });

  it('takes any message', () => {
    const numbers = Object.values(requestNumber);
    const client = new Client();
    client.walk(1, 'a.txt');
    client.walk(2, 'sub');
    const body = fc.array(fc.oneof(fc.nat(4), fc.nat(255)), { maxLength: 60 });
    fc.assert(
      fc.property(fc.constantFrom(...numbers, 6, 99), body, fc.boolean(), (number, bytes, named) => {
        const request = new MessageWriter()
          .word(7 + bytes.length)
          .byte(number)
          .half(1);
        request.raw(Uint8Array.from(bytes));
        if (named) request.text('sub').word(1).text('a.txt');
        const answer = client.server.answer(request.finish());
        assert.ok(answer && answer.length >= 7);
      }),
      { numRuns: 5000 },
    );
    assert.equal(client.server.answer(new Uint8Array(6)), undefined);
  });
});
