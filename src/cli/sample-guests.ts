import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StrataError } from '../common/errors.ts';

/** The folder of the sample guests; a `StrataError` where it is not beside the program. */
export function sampleGuests(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const folder = [join(here, '..', 'sample-guests'), join(here, '..', '..', 'sample-guests')].find((each) =>
    existsSync(each),
  );
  if (folder === undefined)
    throw new StrataError('no-samples', 'user', 'the sample guests are not beside this program');
  return folder;
}
