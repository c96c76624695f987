import { closeSync, openSync, readSync, statSync, type Stats } from 'node:fs';
import { StrataError } from '../common/errors.ts';
import type { BlockStorage } from '../machine/virtio/block/storage.ts';

/**
 * A file as a disk: it is read as the guest needs it, and never written. Changed by somebody else, it would change
 * a history that was seen already; that is refused. `attribute` of the configuration names it.
 */
export function diskFile(path: string, attribute: string): BlockStorage {
  const first = stat(path);
  if (first === undefined) throw refusal(path, attribute, 'there is no such file');
  if (!first.isFile()) throw refusal(path, attribute, 'this is no file');
  return {
    size: first.size,
    read(offset, length) {
      const now = stat(path);
      if (now?.mtimeMs !== first.mtimeMs || now.size !== first.size)
        throw new StrataError(
          'disk-changed',
          'user',
          `${attribute}: ${path} was changed while the guest ran; start again.`,
        );
      return read(path, offset, length);
    },
  };
}

function read(path: string, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const file = openSync(path, 'r');
  try {
    for (let done = 0; done < length;) {
      const count = readSync(file, bytes, done, length - done, offset + done);
      if (count === 0) break;
      done += count;
    }
  } finally {
    closeSync(file);
  }
  return bytes;
}

function stat(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

function refusal(path: string, attribute: string, reason: string): StrataError {
  return new StrataError('unreadable-file', 'user', `${attribute}: ${path}: ${reason}`);
}
