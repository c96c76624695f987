import type { SavedState } from '../../device.ts';
import { RequestError } from './error-number.ts';
import type { Inode, SharedTree } from './tree.ts';

/** What a fid stands for: a file of the tree, and whether it is open. */
export interface Fid {
  readonly [name: string]: SavedState;
  readonly number: number;
  readonly inode: number;
  readonly isOpen: boolean;
}

/** Plain data: the fids in use. */
export type FidsState = readonly Fid[];

/** More at a time are refused. */
const mostFids = 0x1_0000;

/** The numbers by which a driver names files: it chooses them. */
export class Fids {
  readonly #tree: SharedTree;
  readonly #fids = new Map<number, Fid>();

  constructor(tree: SharedTree) {
    this.#tree = tree;
  }

  get count(): number {
    return this.#fids.size;
  }

  /** The file that a fid stands for. */
  inode(number: number): Inode {
    const fid = this.#fids.get(number);
    const inode = fid && this.#tree.inode(fid.inode);
    if (inode === undefined) throw new RequestError('badDescriptor');
    return inode;
  }

  isOpen(number: number): boolean {
    return this.#fids.get(number)?.isOpen === true;
  }

  has(number: number): boolean {
    return this.#fids.has(number);
  }

  set(number: number, inode: number, use: 'open' | 'path'): void {
    const before = this.#fids.get(number);
    if (before === undefined && this.#fids.size >= mostFids) throw new RequestError('noSpace');
    this.#fids.set(number, { number, inode, isOpen: use === 'open' });
    if (before && before.inode !== inode) this.#release(before.inode);
  }

  remove(number: number): void {
    const fid = this.#fids.get(number);
    if (fid === undefined) throw new RequestError('badDescriptor');
    this.#fids.delete(number);
    this.#release(fid.inode);
  }

  /** A name of this inode was taken away: it is gone unless someone holds it. */
  unlinked(inode: number): void {
    this.#release(inode);
  }

  clear(): void {
    const held = new Set(Array.from(this.#fids.values(), ({ inode }) => inode));
    this.#fids.clear();
    for (const inode of held) this.#tree.release(inode);
  }

  save(): FidsState {
    return [...this.#fids.values()];
  }

  restore(state: FidsState): void {
    this.#fids.clear();
    for (const fid of state) this.#fids.set(fid.number, fid);
  }

  #release(inode: number): void {
    for (const fid of this.#fids.values()) if (fid.inode === inode) return;
    this.#tree.release(inode);
  }
}
