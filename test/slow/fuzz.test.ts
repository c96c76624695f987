import assert from 'node:assert/strict';
import { Fuzzer } from '../fuzz/fuzz.ts';
import { presentDifference } from '../fuzz/present.ts';
import { findRepertoire } from '../fuzz/repertoire.ts';
import { missingQemu } from '../guests/qemu.ts';

describe('slow: generated programs, compared with QEMU', () => {
  before(function () {
    const reason = missingQemu();
    if (reason === undefined) return;
    console.warn(`        skipped: ${reason}`);
    this.skip();
  });

  it('has no difference that is not explained, in any mode', async () => {
    const repertoire = await findRepertoire('qemu-system-riscv64', undefined);
    const fuzzer = new Fuzzer(repertoire, ['interpreter', 'reference'], (found) => {
      if (!('why' in found)) console.log(presentDifference(found, repertoire.stateCsrs));
    });
    await fuzzer.run(1, 1200).finally(() => fuzzer.close());
    const { statistics, unexplained } = fuzzer;
    assert.deepEqual(
      unexplained.map(({ original }) => `npm run fuzz -- --replay ${original.seed}`),
      [],
    );
    assert.ok(statistics.instructions > 40_000, `${statistics.instructions} instructions`);
    assert.deepEqual([...statistics.byMode.keys()].toSorted(), ['HS', 'M', 'U', 'VS', 'VU']);
    console.log(`      ${statistics.instructions} instructions, ${statistics.traps} traps`);
  });
});
