import { assert } from '../../../common/errors.ts';
import type { SavedState } from '../../device.ts';
import { findInFolder, type HostFolder, type HostNode } from '../../host-folder.ts';
import { readContent, resizeContent, writeContent, writtenBytes, type FileContent } from './content.ts';

/** A file, folder or link of a shared tree. It is never changed in place. */
export interface Inode {
  readonly [name: string]: SavedState;
  readonly number: number;
  readonly kind: HostNode['kind'];
  /** Permissions: the lower twelve bits. */
  readonly mode: number;
  readonly modifiedSeconds: number;
  /** Names that lead to it; 0 once it was removed and only a fid still has it. */
  readonly links: number;
  /** Its path in the host's folder; null for what the guest made. */
  readonly origin: string | null;
  /** Of a folder, by name; null until it was looked into. */
  readonly children: readonly (readonly [name: string, number: number])[] | null;
  /** Of a file. */
  readonly content: FileContent;
  /** Of a link. */
  readonly target: string;
}

/** Plain data: the inodes that the guest has met. */
export interface TreeState {
  readonly [name: string]: SavedState;
  readonly made: number;
  readonly inodes: readonly Inode[];
}

const nothing: FileContent = { size: 0, hostBytes: 0, clusters: [] };

/** The number of the shared folder's own inode. */
export const rootNumber = 1;

/**
 * The host's folder as a guest sees it: what the guest changes stays here, as with a disk, and the host's files stay as
 * they are. Inodes are numbered in the order in which the guest meets them.
 */
export class SharedTree {
  readonly #folder: HostFolder;
  readonly #nowSeconds: () => number;
  readonly #inodes = new Map<number, Inode>();
  #made = 0;
  #written = 0;

  constructor({ folder, nowSeconds }: { readonly folder: HostFolder; readonly nowSeconds: () => number }) {
    this.#folder = folder;
    this.#nowSeconds = nowSeconds;
    this.renew();
  }

  /** Bytes in memory for what was written. */
  get writtenBytes(): number {
    return this.#written;
  }

  /** How many files, folders and links are known. */
  get count(): number {
    return this.#inodes.size;
  }

  renew(): void {
    this.#inodes.clear();
    this.#made = 0;
    this.#written = 0;
    this.#meet(this.#folder, '');
  }

  inode(number: number): Inode | undefined {
    return this.#inodes.get(number);
  }

  /** What a folder holds: names in order, and inodes. */
  children(folder: Inode): readonly (readonly [name: string, number: number])[] {
    // The caller's may be from before it was looked into.
    const { children, origin, number } = this.inode(folder.number) ?? folder;
    if (children !== null) return children;
    const node = origin === null ? undefined : findInFolder(this.#folder, origin);
    const entries = node?.kind === 'folder' ? node.entries() : [];
    const met = entries.map(
      (entry) =>
        [entry.name, this.#meet(entry.node, origin === '' ? entry.name : `${origin}/${entry.name}`)] as const,
    );
    this.#change(number, { children: met });
    return met;
  }

  child(folder: Inode, name: string): Inode | undefined {
    const found = this.children(folder).find(([each]) => each === name);
    return found && this.inode(found[1]);
  }

  /** The folder in which a name leads to this one; the root is in itself. */
  parent(of: Inode): Inode {
    for (const each of this.#inodes.values())
      if (each.children?.some(([, number]) => number === of.number)) return each;
    return of;
  }

  read(file: Inode, offset: number, length: number): Uint8Array {
    return readContent(file.content, this.#host(file), offset, length);
  }

  write(file: Inode, offset: number, bytes: Uint8Array): void {
    this.#setContent(file, writeContent(file.content, this.#host(file), offset, bytes));
  }

  resize(file: Inode, size: number): void {
    this.#setContent(file, resizeContent(file.content, size));
  }

  setMode({ number }: Inode, mode: number): void {
    this.#change(number, { mode });
  }

  setModified({ number }: Inode, modifiedSeconds = this.#nowSeconds()): void {
    this.#change(number, { modifiedSeconds });
  }

  /** Makes something new in a folder, which has nothing of that name. */
  make(
    folder: Inode,
    name: string,
    what: Pick<Inode, 'kind' | 'mode'> & { readonly target?: string },
  ): Inode {
    const number = this.#add({
      kind: what.kind,
      mode: what.mode,
      modifiedSeconds: this.#nowSeconds(),
      links: 0,
      origin: null,
      children: what.kind === 'folder' ? [] : null,
      content: nothing,
      target: what.target ?? '',
    });
    this.link(folder, name, number);
    const made = this.#inodes.get(number);
    assert(made !== undefined, 'what was made is there');
    return made;
  }

  /** Gives an inode a name, another one if it has one. */
  link(folder: Inode, name: string, number: number): void {
    const entries = [...this.children(folder), [name, number] as const];
    this.#setChildren(
      folder,
      entries.toSorted(([left], [right]) => (left < right ? -1 : 1)),
    );
    this.#change(number, { links: (this.inode(number)?.links ?? 0) + 1 });
  }

  /** Takes a name away. */
  unlink(folder: Inode, name: string): void {
    const found = this.child(folder, name);
    if (found === undefined) return;
    this.#setChildren(
      folder,
      this.children(folder).filter(([each]) => each !== name),
    );
    this.#change(found.number, { links: found.links - 1 });
  }

  /** Nobody holds this inode: where no name leads to it either, it is gone. */
  release(number: number): void {
    const inode = this.inode(number);
    if (inode === undefined || inode.links > 0) return;
    this.#written -= writtenBytes(inode.content);
    this.#inodes.delete(number);
  }

  save(): TreeState {
    return { made: this.#made, inodes: [...this.#inodes.values()] };
  }

  restore({ made, inodes }: TreeState): void {
    this.#made = made;
    this.#inodes.clear();
    for (const inode of inodes) this.#inodes.set(inode.number, inode);
    this.#written = inodes.reduce((sum, { content }) => sum + writtenBytes(content), 0);
  }

  #host({ origin }: Inode): (offset: number, length: number) => Uint8Array {
    const node = origin === null ? undefined : findInFolder(this.#folder, origin);
    return (offset, length) => (node?.kind === 'file' ? node.read(offset, length) : new Uint8Array(length));
  }

  #meet(node: HostNode, origin: string): number {
    const size = node.kind === 'file' ? node.size : 0;
    return this.#add({
      kind: node.kind,
      mode: node.kind === 'link' ? 0o777 : node.kind === 'folder' || node.isExecutable ? 0o755 : 0o644,
      modifiedSeconds: node.modifiedSeconds,
      links: 1,
      origin,
      children: null,
      content: { size, hostBytes: size, clusters: [] },
      target: node.kind === 'link' ? node.target : '',
    });
  }

  #add(inode: Omit<Inode, 'number'>): number {
    const number = ++this.#made;
    this.#inodes.set(number, { ...inode, number } as Inode);
    return number;
  }

  #setContent({ number }: Inode, content: FileContent): void {
    const before = this.inode(number)?.content ?? nothing;
    this.#written += writtenBytes(content) - writtenBytes(before);
    this.#change(number, { content, modifiedSeconds: this.#nowSeconds() });
  }

  #setChildren({ number }: Inode, children: NonNullable<Inode['children']>): void {
    this.#change(number, { children, modifiedSeconds: this.#nowSeconds() });
  }

  #change(number: number, change: Partial<Inode>): void {
    const inode = this.#inodes.get(number);
    if (inode) this.#inodes.set(number, { ...inode, ...change } as Inode);
  }
}
