import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { referencePages } from '../../scripts/docs/pages.ts';

const folder = new URL('../../docs/reference/', import.meta.url);

describe('docs/reference', () => {
  it('says what the descriptions say (npm run docs writes it)', () => {
    const pages = referencePages();
    assert.deepEqual(readdirSync(folder).toSorted(), [...pages.keys()].toSorted());
    for (const [name, text] of pages) assert.equal(readFileSync(new URL(name, folder), 'utf8'), text, name);
  });
});
