import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The path of a folder's one entry, of those whose name fits. Throws where there is none, or several. */
export function onlyEntry(folder: string, name = /./): string {
  const found = readdirSync(folder).filter((entry) => name.test(entry));
  if (found.length !== 1 || found[0] === undefined)
    throw new Error(`${folder} has ${found.length} entries that could be meant`);
  return join(folder, found[0]);
}
