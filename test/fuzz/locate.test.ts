import assert from 'node:assert/strict';
import type { Slot } from './case.ts';
import type { Mismatch } from './compare.ts';
import { emptyCase } from './empty-case.ts';
import { locate, locateFirst, type CaseComparison } from './locate.ts';

const slots = Array.from({ length: 8 }, (_, index): Slot => ({
  word: 0x13,
  length: 4,
  mnemonic: `addi ${index}`,
  extension: 'I',
}));
const fuzzCase = { ...emptyCase, slots };
const mismatch: Mismatch = { trap: 0, ours: undefined, theirs: undefined, values: [] };

/** Differs after so many instructions. */
const differingAt =
  (...lengths: readonly number[]): CaseComparison =>
  (cases) =>
    Promise.resolve(
      new Map(
        cases.flatMap(({ limit = slots.length }, index) =>
          lengths.includes(limit) ? [[index, mismatch] as const] : [],
        ),
      ),
    );

describe('fuzz/locate', () => {
  it('finds the instruction from which on all beginnings differ', async () => {
    const [found] = await locate([fuzzCase], differingAt(5, 6, 7, 8));
    assert.equal(found?.culprit, slots[4]);
  });

  it('finds the first that differs, where longer beginnings agree again', async () => {
    const compare = differingAt(2, 6, 7, 8);
    assert.equal((await locate([fuzzCase], compare))[0]?.culprit, slots[5]);
    assert.equal((await locateFirst(fuzzCase, compare))?.culprit, slots[1]);
  });

  it('finds nothing where nothing differs', async () => {
    assert.deepEqual(await locate([fuzzCase], differingAt()), [undefined]);
    assert.equal(await locateFirst(fuzzCase, differingAt()), undefined);
  });
});
