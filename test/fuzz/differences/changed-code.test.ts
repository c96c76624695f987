import assert from 'node:assert/strict';
import type { FuzzCase, Slot } from '../case.ts';
import { emptyCase } from '../empty-case.ts';
import { windowBase, windowTable } from '../generate/tables.ts';
import { layout } from '../layout.ts';
import { pageBytes } from '../../../src/common/page.ts';
import { isOverwritten } from './changed-code.ts';

const slot = (word: number, mnemonic: string): Slot => ({ word, length: 4, mnemonic, extension: 'I' });
const nop = slot(0x13, 'addi');
/** sd a5,13(s0); what lies 8 bytes behind it is at 8. */
const store = slot(0x00f4_36a3, 'sd');
const last = slot(0x00dc_d393, 'srli');
const fuzzCase: FuzzCase = {
  ...emptyCase,
  pokes: [[windowTable('S') + 8 * 4, (BigInt(layout.code / pageBytes) << 10n) | 0xffn]],
  codeVirtual: BigInt(layout.code),
  codePhysical: layout.code,
  slots: [store, nop, last, nop],
  limit: 3,
};
const overwrites = (address: number | bigint, of = fuzzCase): boolean =>
  isOverwritten(of, last, (register) => (register === 8 ? [0n, BigInt(address) - 13n] : []));

describe('fuzz/differences/changed-code', () => {
  it('finds a store whose last or first byte is one of the instruction’s', () => {
    const at = layout.code + 8;
    assert.deepEqual(
      [at - 8, at - 7, at, at + 3, at + 4].map((address) => overwrites(address)),
      [false, true, true, true, false],
    );
  });

  it('goes by the pages that the case maps', () => {
    assert.ok(overwrites(windowBase + 4 * pageBytes + 9));
    assert.ok(!overwrites(windowBase + 5 * pageBytes + 9));
    assert.ok(!overwrites(windowBase + 4 * pageBytes + 9, { ...fuzzCase, pokes: [] }));
    // 64 KiB: the address of the page is that of all of them.
    const contiguous = (BigInt(layout.data / pageBytes) << 10n) | 0xffn | (1n << 63n);
    assert.ok(
      overwrites(windowBase + 4 * pageBytes + 9, {
        ...fuzzCase,
        pokes: [[windowTable('S') + 8 * 4, contiguous]],
      }),
    );
    // The large pages keep what is below.
    assert.ok(overwrites(0xc000_0000 + layout.code - 0x8000_0000 + 9));
  });

  it('looks at stores before the instruction only', () => {
    assert.ok(!overwrites(layout.code + 8, { ...fuzzCase, slots: [nop, nop, last, store] }));
  });
});
