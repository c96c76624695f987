import { readdirSync, readlinkSync, statSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import { StrataError } from '../common/errors.ts';
import type { HostEntry, HostFolder, HostNode } from '../machine/host-folder.ts';
import { diskFile } from './disk-file.ts';

/**
 * A folder of this machine, for guests; `attribute` of the configuration names it. Each folder in it is listed when it
 * is first looked at, and then stays as it was; a file that somebody changes meanwhile is refused, like a disk.
 */
export function hostFolder(path: string, attribute: string): HostFolder {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() !== true) {
    const reason = found === undefined ? 'there is no such folder' : 'this is no folder';
    throw new StrataError('unreadable-file', 'user', `${attribute}: ${path}: ${reason}`);
  }
  return folderAt(path, attribute, found.mtimeMs);
}

function folderAt(path: string, attribute: string, modified: number): HostFolder {
  let listed: readonly HostEntry[] | undefined;
  return {
    kind: 'folder',
    modifiedSeconds: Math.floor(modified / 1000),
    entries: () => (listed ??= list(path, attribute)),
  };
}

function list(path: string, attribute: string): readonly HostEntry[] {
  return readdirSync(path)
    .toSorted()
    .flatMap((name) => {
      const node = nodeAt(join(path, name), attribute);
      return node ? [{ name, node }] : [];
    });
}

/** Undefined for sockets, devices and the like, which a guest does not see. */
function nodeAt(path: string, attribute: string): HostNode | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  const modifiedSeconds = Math.floor(found.mtimeMs / 1000);
  if (found.isSymbolicLink()) return { kind: 'link', modifiedSeconds, target: readlinkSync(path) };
  if (found.isDirectory()) return folderAt(path, attribute, found.mtimeMs);
  if (!found.isFile()) return undefined;
  const file = diskFile(path, attribute);
  return { kind: 'file', modifiedSeconds, isExecutable: (found.mode & 0o100) !== 0, ...file };
}
