import { RequestError } from './error-number.ts';
import type { Fids } from './fids.ts';
import type { MessageReader, MessageWriter } from './message.ts';
import type { Inode, SharedTree } from './tree.ts';

/** What requests work on. */
export interface RequestContext {
  readonly tree: SharedTree;
  readonly fids: Fids;
  readonly access: 'read-write' | 'read-only';
  /** Bytes of a message at most. */
  readonly mostBytes: () => number;
}

/** QTDIR and QTSYMLINK; a file has none. */
const kindBits = { folder: 0x80, link: 0x02, file: 0 } as const;

/** Writes the 13 bytes by which a driver knows a file: kind, version, number. */
export function putQid(answer: MessageWriter, { kind, number }: Inode): void {
  answer.byte(kindBits[kind]).word(0).long(number);
}

/** The arguments were there, all of them. */
export function requireWhole(request: MessageReader): void {
  if (request.isShort) throw new RequestError('protocol');
}

/** The share is not for reading only. */
export function requireWritable({ access }: RequestContext): void {
  if (access === 'read-only') throw new RequestError('readOnly');
}

/** The inode is a folder. */
export function requireFolder({ kind }: Inode): void {
  if (kind !== 'folder') throw new RequestError('notFolder');
}

/** A folder where names can be made: none that was removed, and that only a fid still has. */
export function requirePlace(inode: Inode): void {
  requireFolder(inode);
  if (inode.links === 0) throw new RequestError('noEntry');
}

/** A name that something can have in a folder. */
export function requireName(name: string): void {
  if (name === '' || name === '.' || name === '..' || name.includes('/') || name.length > 255)
    throw new RequestError('invalid');
}
