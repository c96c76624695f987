import { encodeUtf8 } from '../common/utf8.ts';

/**
 * A folder of the host as a machine sees it: as it was when it was first looked at. It stays the same while the machine
 * exists, so that history depends on nothing that changes.
 */
export interface HostFolder {
  readonly kind: 'folder';
  readonly modifiedSeconds: number;
  /** In the order of their names. */
  entries(): readonly HostEntry[];
}

/** A file, as it is when it is looked at. */
export interface HostFile {
  readonly kind: 'file';
  readonly modifiedSeconds: number;
  readonly size: number;
  readonly isExecutable: boolean;
  /** Bytes from `offset` on; fewer where the file ends. */
  read(offset: number, length: number): Uint8Array;
}

/** A symbolic link; nobody here follows it. */
export interface HostLink {
  readonly kind: 'link';
  readonly modifiedSeconds: number;
  readonly target: string;
}

/** What a folder holds. */
export type HostNode = HostFolder | HostFile | HostLink;

/** A name in a folder, and what has it. */
export interface HostEntry {
  readonly name: string;
  readonly node: HostNode;
}

/** What a path within a folder leads to, without following links or leaving it; `` is the folder itself. */
export function findInFolder(folder: HostFolder, path: string): HostNode | undefined {
  let found: HostNode | undefined = folder;
  for (const name of path.split('/')) {
    if (name === '') continue;
    found = found?.kind === 'folder' ? found.entries().find((entry) => entry.name === name)?.node : undefined;
  }
  return found;
}

/** Files in memory as a folder: text or bytes by path. */
export function memoryFolder(files: Readonly<Record<string, string | Uint8Array>>): HostFolder {
  const names = new Set(Object.keys(files).map((path) => path.replace(/\/.*$/s, '')));
  const entries = [...names].toSorted().map((name): HostEntry => {
    const content = files[name];
    if (content !== undefined) return { name, node: memoryFile(content) };
    const inside = Object.entries(files).filter(([path]) => path.startsWith(`${name}/`));
    return {
      name,
      node: memoryFolder(
        Object.fromEntries(inside.map(([path, text]) => [path.slice(name.length + 1), text])),
      ),
    };
  });
  return { kind: 'folder', modifiedSeconds: 0, entries: () => entries };
}

function memoryFile(content: string | Uint8Array): HostFile {
  const bytes = typeof content === 'string' ? encodeUtf8(content) : content;
  return {
    kind: 'file',
    modifiedSeconds: 0,
    size: bytes.length,
    isExecutable: false,
    read: (offset, length) => bytes.subarray(offset, offset + length),
  };
}
