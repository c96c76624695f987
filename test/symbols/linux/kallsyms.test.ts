import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readKallsyms } from '../../../src/symbols/linux/kallsyms.ts';
import { someSymbols, writeKallsyms } from './kallsyms-tables.ts';

const base = 0xffff_ffff_8000_0000n;

describe('symbols/linux/kallsyms', () => {
  for (const layout of ['addresses-first', 'names-first', 'place-relative'] as const)
    it(`finds every symbol of a kernel, ${layout}`, () => {
      const symbols = someSymbols(base);
      assert.deepEqual(readKallsyms(writeKallsyms(symbols, { layout, base })), symbols);
    });

  it('takes the address of linking where relocations have not written the base yet', () => {
    const symbols = someSymbols(base);
    const bytes = writeKallsyms(symbols, { layout: 'names-first', base });
    const at = Buffer.from(bytes).lastIndexOf(Buffer.from('00000080ffffffff', 'hex'));
    bytes.fill(0, at, at + 8);
    assert.deepEqual(readKallsyms(bytes)?.[1], symbols[1]);
  });

  it('finds nothing where a table is not what it must be', () => {
    const bytes = writeKallsyms(someSymbols(base), { layout: 'names-first', base });
    const damaged = bytes.slice();
    damaged[64] = (damaged[64] ?? 0) ^ 0xff;
    assert.equal(readKallsyms(damaged), undefined, 'another count than there are names');
    assert.equal(readKallsyms(bytes.subarray(0, bytes.length / 2)), undefined);
  });

  it('reads any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4096 }), (bytes) => {
        assert.equal(readKallsyms(bytes), undefined);
      }),
    );
  });
});
