import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { knownDifferences } from './known-differences.ts';
import { differencesPage } from './page.ts';

const golden = fileURLToPath(new URL('../../../docs/qemu-differences.md', import.meta.url));

describe('fuzz/differences', () => {
  it('is what docs/qemu-differences.md says (UPDATE_GOLDENS=1 writes it anew)', () => {
    const page = differencesPage(knownDifferences);
    if (process.env['UPDATE_GOLDENS'] === '1') writeFileSync(golden, page);
    assert.equal(page, readFileSync(golden, 'utf8'));
  });

  it('names each difference once, with a clause', () => {
    assert.equal(new Set(knownDifferences.map(({ id }) => id)).size, knownDifferences.length);
    for (const { id, clause } of knownDifferences) assert.match(clause, /^(Priv\.|Unpriv\.|As )/, id);
  });
});
