import assert from 'node:assert/strict';
import { userRanges } from '../../../src/debugger/scopes/mapped-ranges.ts';
import type { Space } from '../../../src/debugger/expressions/value.ts';

const v = 1n;
const rw = 7n | 16n;
const rx = 11n | 16n;
const kernel = 7n;

/** Physical memory that holds tables: by address, entries by index. */
function memoryOf(tables: Readonly<Record<number, Readonly<Record<number, bigint>>>>): Space {
  return {
    read: (address, length) => {
      const view = new DataView(new ArrayBuffer(length));
      const table = tables[Number(address)];
      if (table === undefined) return new Uint8Array();
      for (const [index, entry] of Object.entries(table)) view.setBigUint64(8 * Number(index), entry, true);
      return new Uint8Array(view.buffer);
    },
    write: () => 0,
    reference: () => '',
  };
}
const pointer = (address: bigint): bigint => ((address >> 12n) << 10n) | v;
const satp = (8n << 60n) | 1n;

describe('debugger/scopes/mapped-ranges', () => {
  it('joins neighbouring pages of the same permissions, and leaves the kernel’s out', () => {
    const memory = memoryOf({
      0x1000: { 0: pointer(0x2000n), 511: pointer(0x2000n) },
      0x2000: { 0: pointer(0x3000n), 1: rw },
      0x3000: { 1: rx, 2: rx, 3: rw, 5: kernel, 511: rw },
    });
    assert.deepEqual(userRanges(satp, memory), {
      ranges: [
        { start: 0x1000n, size: 0x2000n, permissions: 'r-x' },
        { start: 0x3000n, size: 0x1000n, permissions: 'rw-' },
        { start: 0x1f_f000n, size: 0x20_1000n, permissions: 'rw-' },
        { start: 0xffff_ffff_c000_1000n, size: 0x2000n, permissions: 'r-x' },
        { start: 0xffff_ffff_c000_3000n, size: 0x1000n, permissions: 'rw-' },
        { start: 0xffff_ffff_c01f_f000n, size: 0x20_1000n, permissions: 'rw-' },
      ],
      isCut: false,
    });
  });

  it('has nothing to show without translation', () => {
    assert.deepEqual(userRanges(0n, memoryOf({})), { ranges: [], isCut: false });
  });

  it('ends, however tables point at each other', () => {
    const everywhere = Object.fromEntries(
      Array.from({ length: 512 }, (_, index) => [index, pointer(0x1000n)]),
    );
    const { isCut } = userRanges(satp, memoryOf({ 0x1000: everywhere }));
    assert.equal(isCut, true);
  });
});
