/**
 * Writes the reference pages that come from the descriptions in src/ into docs/reference/, which git ignores.
 *
 *     npm run docs
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { referencePage } from '../../src/isa/reference-page.ts';
import { root } from '../root.ts';

const folder = join(root, 'docs/reference');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'instructions-and-registers.md'), referencePage());
console.log('written: docs/reference/instructions-and-registers.md');
