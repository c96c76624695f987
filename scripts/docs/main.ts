/**
 * Writes the reference pages that come from the descriptions in src/ into docs/reference/. A test compares them.
 *
 *     npm run docs
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.ts';
import { referencePages } from './pages.ts';

const folder = join(root, 'docs/reference');
mkdirSync(folder, { recursive: true });
for (const [name, text] of referencePages()) {
  writeFileSync(join(folder, name), text);
  console.log(`written: docs/reference/${name}`);
}
