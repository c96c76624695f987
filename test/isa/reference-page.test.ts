import assert from 'node:assert/strict';
import { allCsrs } from '../../src/isa/csrs/index.ts';
import { allCompressed, allInstructions } from '../../src/isa/extensions/index.ts';
import { referencePage } from '../../src/isa/reference-page.ts';

describe('isa/reference-page', () => {
  const page = referencePage();

  it('has a row for every instruction', () => {
    for (const { mnemonic, encoding } of [...allInstructions, ...allCompressed]) {
      const start = page.indexOf(`\n| \`${mnemonic}`);
      assert(start >= 0, mnemonic);
      assert(page.includes(encoding.pattern.replaceAll('|', '\\|')), mnemonic);
    }
  });

  it('has a row for every CSR, but for the counters that count nothing', () => {
    for (const { name } of allCsrs) {
      assert.equal(page.includes(`| \`${name}\` |`), !/^m?hpm/.test(name), name);
    }
  });

  it('has tables whose rows are as long as their titles', () => {
    let columns = 0;
    for (const line of page.split('\n')) {
      const cells = line.startsWith('|') ? line.replaceAll('\\|', '').split('|').length : 0;
      if (columns > 0 && cells > 0) assert.equal(cells, columns, line);
      columns = cells;
    }
  });
});
