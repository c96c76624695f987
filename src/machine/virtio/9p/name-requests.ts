import { RequestError } from './error-number.ts';
import type { MessageReader, MessageWriter } from './message.ts';
import {
  putQid,
  requireFolder,
  requireName,
  requirePlace,
  requireWhole,
  requireWritable,
  type RequestContext,
} from './request-context.ts';
import type { Handler } from './server.ts';
import { rootNumber, type Inode } from './tree.ts';

/** AT_REMOVEDIR. */
const removeFolder = 0x200;
/** The protocol's: names in one walk. */
const mostNames = 16;
/** Linux's PATH_MAX without its zero: of a symbolic link's target. */
const longestTarget = 4095;
const noFid = 0xffff_ffff;

/** Requests about names: finding, making, moving and removing. */
export class NameRequests {
  readonly #context: RequestContext;
  readonly handlers;

  constructor(context: RequestContext) {
    this.#context = context;
    this.handlers = {
      attach: (request, answer) => this.#attach(request, answer),
      walk: (request, answer) => this.#walk(request, answer),
      create: (request, answer) => this.#create(request, answer),
      mkdir: (request, answer) => this.#mkdir(request, answer),
      symlink: (request, answer) => this.#symlink(request, answer),
      link: (request) => this.#link(request),
      rename: (request) => this.#rename(request),
      renameat: (request) => this.#renameat(request),
      unlinkat: (request) => this.#unlinkat(request),
      remove: (request) => this.#remove(request),
    } satisfies Record<string, Handler>;
  }

  #attach(request: MessageReader, answer: MessageWriter): void {
    const fid = request.word();
    const authentication = request.word();
    requireWhole(request);
    if (authentication !== noFid) throw new RequestError('invalid');
    const { fids, tree } = this.#context;
    const root = tree.inode(rootNumber);
    if (fids.has(fid) || root === undefined) throw new RequestError('badDescriptor');
    fids.set(fid, rootNumber, 'path');
    putQid(answer, root);
  }

  #walk(request: MessageReader, answer: MessageWriter): void {
    const from = request.word();
    const to = request.word();
    const count = request.half();
    if (count > mostNames) throw new RequestError('invalid');
    const names = Array.from({ length: count }, () => request.text());
    requireWhole(request);
    const { fids } = this.#context;
    if (to !== from && fids.has(to)) throw new RequestError('badDescriptor');
    let inode = fids.inode(from);
    const met: Inode[] = [];
    for (const name of names) {
      const next = this.#step(inode, name);
      if (next === undefined) break;
      met.push(next);
      inode = next;
    }
    // Of several names the first that is not there ends the walk; where it is the very first, that is an error.
    if (names.length > 0 && met.length === 0)
      throw new RequestError(inode.kind === 'folder' ? 'noEntry' : 'notFolder');
    if (met.length === names.length) fids.set(to, inode.number, 'path');
    answer.half(met.length);
    for (const each of met) putQid(answer, each);
  }

  #step(inode: Inode, name: string): Inode | undefined {
    const { tree } = this.#context;
    if (inode.kind !== 'folder') return undefined;
    if (name === '.') return inode;
    return name === '..' ? tree.parent(inode) : tree.child(inode, name);
  }

  #create(request: MessageReader, answer: MessageWriter): void {
    const fid = request.word();
    const folder = this.#context.fids.inode(fid);
    const name = request.text();
    request.word();
    const mode = request.word();
    requireWhole(request);
    const file = this.#make(folder, name, { kind: 'file', mode: mode & 0o7777 });
    this.#context.fids.set(fid, file.number, 'open');
    putQid(answer, file);
    answer.word(0);
  }

  #mkdir(request: MessageReader, answer: MessageWriter): void {
    const folder = this.#context.fids.inode(request.word());
    const name = request.text();
    const mode = request.word();
    requireWhole(request);
    putQid(answer, this.#make(folder, name, { kind: 'folder', mode: mode & 0o7777 }));
  }

  #symlink(request: MessageReader, answer: MessageWriter): void {
    const folder = this.#context.fids.inode(request.word());
    const name = request.text();
    const target = request.text();
    requireWhole(request);
    if (target.length > longestTarget) throw new RequestError('nameTooLong');
    putQid(answer, this.#make(folder, name, { kind: 'link', mode: 0o777, target }));
  }

  #link(request: MessageReader): void {
    const { fids, tree } = this.#context;
    const folder = fids.inode(request.word());
    const file = fids.inode(request.word());
    const name = request.text();
    requireWhole(request);
    this.#requireFree(folder, name);
    if (file.kind === 'folder') throw new RequestError('notPermitted');
    tree.link(folder, name, file.number);
  }

  #rename(request: MessageReader): void {
    const { fids, tree } = this.#context;
    const moved = fids.inode(request.word());
    const folder = fids.inode(request.word());
    const name = request.text();
    requireWhole(request);
    const from = tree.parent(moved);
    const before = tree.children(from).find(([, number]) => number === moved.number)?.[0];
    if (before === undefined) throw new RequestError('notPermitted');
    this.#move(from, before, folder, name);
  }

  #renameat(request: MessageReader): void {
    const { fids } = this.#context;
    const from = fids.inode(request.word());
    const before = request.text();
    const to = fids.inode(request.word());
    const name = request.text();
    requireWhole(request);
    this.#move(from, before, to, name);
  }

  #unlinkat(request: MessageReader): void {
    const folder = this.#context.fids.inode(request.word());
    const name = request.text();
    const flags = request.word();
    requireWhole(request);
    requireWritable(this.#context);
    requireFolder(folder);
    const gone = this.#context.tree.child(folder, name);
    if (gone === undefined) throw new RequestError('noEntry');
    if ((flags & removeFolder) !== 0) requireFolder(gone);
    else if (gone.kind === 'folder') throw new RequestError('isFolder');
    this.#unlink(folder, name, gone);
  }

  /** Removes what a fid stands for; the fid is gone in any case. */
  #remove(request: MessageReader): void {
    const fid = request.word();
    requireWhole(request);
    const { fids, tree } = this.#context;
    const gone = fids.inode(fid);
    const folder = tree.parent(gone);
    const name = tree.children(folder).find(([, number]) => number === gone.number)?.[0];
    fids.remove(fid);
    requireWritable(this.#context);
    if (name === undefined) throw new RequestError('notPermitted');
    this.#unlink(folder, name, gone);
  }

  #make(
    folder: Inode,
    name: string,
    what: Pick<Inode, 'kind' | 'mode'> & { readonly target?: string },
  ): Inode {
    this.#requireFree(folder, name);
    if (this.#context.tree.count >= mostInodes) throw new RequestError('noSpace');
    return this.#context.tree.make(folder, name, what);
  }

  #requireFree(folder: Inode, name: string): void {
    requireWritable(this.#context);
    requirePlace(folder);
    requireName(name);
    if (this.#context.tree.child(folder, name)) throw new RequestError('exists');
  }

  #move(from: Inode, before: string, to: Inode, name: string): void {
    requireWritable(this.#context);
    requireFolder(from);
    requirePlace(to);
    requireName(name);
    const { tree } = this.#context;
    const moved = tree.child(from, before);
    if (moved === undefined) throw new RequestError('noEntry');
    // A folder cannot go into itself.
    for (let above = to; above.number !== rootNumber; above = tree.parent(above))
      if (above.number === moved.number) throw new RequestError('invalid');
    const replaced = tree.child(to, name);
    if (replaced?.number === moved.number) return;
    if (replaced) {
      if (replaced.kind === 'folder' && moved.kind !== 'folder') throw new RequestError('isFolder');
      if (replaced.kind !== 'folder' && moved.kind === 'folder') throw new RequestError('notFolder');
      this.#unlink(to, name, replaced);
    }
    tree.link(tree.inode(to.number) ?? to, name, moved.number);
    tree.unlink(tree.inode(from.number) ?? from, before);
  }

  #unlink(folder: Inode, name: string, gone: Inode): void {
    const { tree, fids } = this.#context;
    if (gone.kind === 'folder' && tree.children(gone).length > 0) throw new RequestError('notEmpty');
    tree.unlink(folder, name);
    fids.unlinked(gone.number);
  }
}

/** More that a guest makes is refused. */
const mostInodes = 0x10_0000;
