import { accessSync, constants, lstatSync, readdirSync, readlinkSync, statSync } from 'node:fs';
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
  return namesIn(path)
    .toSorted()
    .flatMap((name) => {
      const node = nodeAt(join(path, name), attribute);
      return node ? [{ name, node }] : [];
    });
}

/** None where the folder may not be read, or is gone: that a guest looks there is no reason to end its run. */
function namesIn(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** Undefined for what a guest does not see: sockets, devices and the like, and files that may not be read. */
function nodeAt(path: string, attribute: string): HostNode | undefined {
  try {
    return readableNodeAt(path, attribute);
  } catch {
    return undefined;
  }
}

function readableNodeAt(path: string, attribute: string): HostNode | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  const modifiedSeconds = Math.floor(found.mtimeMs / 1000);
  if (found.isSymbolicLink()) return { kind: 'link', modifiedSeconds, target: readlinkSync(path) };
  if (found.isDirectory()) return folderAt(path, attribute, found.mtimeMs);
  if (!found.isFile()) return undefined;
  accessSync(path, constants.R_OK);
  const file = diskFile(path, attribute);
  return { kind: 'file', modifiedSeconds, isExecutable: (found.mode & 0o100) !== 0, ...file };
}
