import { encodeUtf8 } from '../../../common/utf8.ts';
import { RequestError } from './error-number.ts';
import { messageHead, MessageWriter, type MessageReader } from './message.ts';
import {
  putQid,
  requireFolder,
  requireWhole,
  requireWritable,
  type RequestContext,
} from './request-context.ts';
import type { Handler } from './server.ts';
import type { Inode } from './tree.ts';

/** Linux's flags of `open` (in octal there), as 9P2000.L has them. */
const openFlag = { accessMode: 3, truncate: 0o1000 } as const;
/** What of a setattr is to be set. */
const setBit = { mode: 1, size: 8, modified: 32, modifiedTo: 256 } as const;
/** Everything up to the block count is valid. */
const basicAttributes = 0x7ff;
const modeKind = { folder: 0o040_000, file: 0o100_000, link: 0o120_000 } as const;
const largestFile = 2 ** 31;
/** What a guest's writes may take of our memory. */
const mostWritten = 2 ** 30;
const blockBytes = 4096;
/** V9FS_MAGIC. */
const fileSystemKind = 0x0102_1997;

/** Requests about what a file holds and how it is. */
export class FileRequests {
  readonly #context: RequestContext;
  readonly handlers;

  constructor(context: RequestContext) {
    this.#context = context;
    this.handlers = {
      statfs: (request, answer) => this.#statfs(request, answer),
      open: (request, answer) => this.#open(request, answer),
      getattr: (request, answer) => this.#getattr(request, answer),
      setattr: (request) => this.#setattr(request),
      readdir: (request, answer) => this.#readdir(request, answer),
      readlink: (request, answer) => this.#readlink(request, answer),
      fsync: (request) => this.#fsync(request),
      lock: (request, answer) => this.#lock(request, answer),
      getlock: (request, answer) => this.#getlock(request, answer),
      read: (request, answer) => this.#read(request, answer),
      write: (request, answer) => this.#write(request, answer),
      clunk: (request) => this.#context.fids.remove(request.word()),
    } satisfies Record<string, Handler>;
  }

  #statfs(request: MessageReader, answer: MessageWriter): void {
    this.#inode(request);
    const blocks = mostWritten / blockBytes;
    const free = Math.max(0, blocks - Math.ceil(this.#context.tree.writtenBytes / blockBytes));
    answer.word(fileSystemKind).word(blockBytes).long(blocks).long(free).long(free);
    answer.long(1_000_000).long(1_000_000).long(0).word(255);
  }

  #open(request: MessageReader, answer: MessageWriter): void {
    const number = request.word();
    const flags = request.word();
    requireWhole(request);
    const { tree, fids } = this.#context;
    const inode = fids.inode(number);
    const writes = (flags & openFlag.accessMode) !== 0 || (flags & openFlag.truncate) !== 0;
    if (writes) requireWritable(this.#context);
    if (writes && inode.kind === 'folder') throw new RequestError('isFolder');
    if ((flags & openFlag.truncate) !== 0) tree.resize(inode, 0);
    fids.set(number, inode.number, 'open');
    putQid(answer, inode);
    // iounit: as much as fits.
    answer.word(0);
  }

  #getattr(request: MessageReader, answer: MessageWriter): void {
    const inode = this.#inode(request);
    const size = sizeOf(inode);
    answer.long(basicAttributes);
    putQid(answer, inode);
    answer.word(modeKind[inode.kind] | inode.mode);
    // Owned by root.
    answer.word(0).word(0);
    answer.long(inode.kind === 'folder' ? 2 : inode.links).long(0);
    answer
      .long(size)
      .long(blockBytes)
      .long(Math.ceil(size / 512));
    for (let time = 0; time < 3; time++) answer.long(inode.modifiedSeconds).long(0);
    // Time of birth, generation and version are not valid.
    for (let rest = 0; rest < 4; rest++) answer.long(0);
  }

  #setattr(request: MessageReader): void {
    const inode = this.#context.fids.inode(request.word());
    const valid = request.word();
    const mode = request.word();
    request.word();
    request.word();
    const size = request.long();
    request.bytes(16);
    const modified = request.long();
    request.long();
    requireWhole(request);
    requireWritable(this.#context);
    const { tree } = this.#context;
    if ((valid & setBit.size) !== 0) {
      if (inode.kind !== 'file') throw new RequestError(inode.kind === 'folder' ? 'isFolder' : 'invalid');
      if (size > largestFile) throw new RequestError('fileTooLarge');
      tree.resize(inode, size);
    }
    if ((valid & setBit.mode) !== 0) tree.setMode(inode, mode & 0o7777);
    if ((valid & setBit.modified) !== 0)
      tree.setModified(inode, (valid & setBit.modifiedTo) !== 0 ? modified : undefined);
  }

  #readdir(request: MessageReader, answer: MessageWriter): void {
    const folder = this.#opened(request.word());
    const offset = request.long();
    const most = this.#room(request.word());
    requireWhole(request);
    requireFolder(folder);
    const { tree } = this.#context;
    const entries: readonly (readonly [string, Inode])[] = [
      ['.', folder],
      ['..', tree.parent(folder)],
      ...tree.children(folder).flatMap(([name, number]) => {
        const inode = tree.inode(number);
        return inode ? [[name, inode] as const] : [];
      }),
    ];
    const list = new MessageWriter();
    entries.slice(offset).every(([name, inode], index) => {
      const entry = new MessageWriter();
      putQid(entry, inode);
      entry
        .long(offset + index + 1)
        .byte(modeKind[inode.kind] >>> 12)
        .text(name);
      if (list.length + entry.length > most) return false;
      list.raw(entry.finish());
      return true;
    });
    answer.word(list.length).raw(list.finish());
  }

  #readlink(request: MessageReader, answer: MessageWriter): void {
    const inode = this.#inode(request);
    if (inode.kind !== 'link') throw new RequestError('invalid');
    answer.text(inode.target);
  }

  #fsync(request: MessageReader): void {
    this.#inode(request);
  }

  /** There is one who locks: a lock is always free. */
  #lock(request: MessageReader, answer: MessageWriter): void {
    this.#inode(request);
    answer.byte(0);
  }

  #getlock(request: MessageReader, answer: MessageWriter): void {
    this.#inode(request);
    request.byte();
    const start = request.bytes(8);
    const length = request.bytes(8);
    const process = request.word();
    const client = request.text();
    requireWhole(request);
    // F_UNLCK.
    answer.byte(2).raw(start).raw(length).word(process).text(client);
  }

  #read(request: MessageReader, answer: MessageWriter): void {
    const inode = this.#opened(request.word());
    const offset = request.long();
    const count = this.#room(request.word());
    requireWhole(request);
    if (inode.kind !== 'file') throw new RequestError('isFolder');
    const bytes = this.#context.tree.read(inode, offset, count);
    answer.word(bytes.length).raw(bytes);
  }

  #write(request: MessageReader, answer: MessageWriter): void {
    const inode = this.#opened(request.word());
    const offset = request.long();
    const bytes = request.bytes(request.word());
    requireWhole(request);
    requireWritable(this.#context);
    if (inode.kind !== 'file') throw new RequestError('isFolder');
    if (offset + bytes.length > largestFile) throw new RequestError('fileTooLarge');
    const { tree } = this.#context;
    if (tree.writtenBytes + bytes.length > mostWritten) throw new RequestError('noSpace');
    tree.write(inode, offset, bytes);
    answer.word(bytes.length);
  }

  #inode(request: MessageReader): Inode {
    const inode = this.#context.fids.inode(request.word());
    requireWhole(request);
    return inode;
  }

  #opened(number: number): Inode {
    const inode = this.#context.fids.inode(number);
    if (!this.#context.fids.isOpen(number)) throw new RequestError('badDescriptor');
    return inode;
  }

  /** Bytes of data in an answer, of which four more say how many they are. */
  #room(wanted: number): number {
    return Math.min(wanted, this.#context.mostBytes() - messageHead - 4);
  }
}

function sizeOf({ kind, content, target }: Inode): number {
  switch (kind) {
    case 'file':
      return content.size;
    case 'link':
      return encodeUtf8(target).length;
    case 'folder':
      return blockBytes;
  }
}
