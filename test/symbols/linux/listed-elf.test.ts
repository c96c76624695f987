import assert from 'node:assert/strict';
import { elfOfList } from '../../../src/symbols/linux/listed-elf.ts';
import { SymbolImage } from '../../../src/symbols/symbol-index.ts';
import { someSymbols } from './kallsyms-tables.ts';

const base = 0xffff_ffff_8000_0000n;

describe('symbols/linux/listed-elf', () => {
  it('answers as the ELF file of the kernel would', () => {
    const symbols = someSymbols(base);
    const image = new Uint8Array(0x8000).fill(0x13);
    const elf = elfOfList({ symbols, image, physicalAddress: 0x8020_0000n });
    assert.ok(elf);
    const kernel = new SymbolImage('kernel', elf);
    const third = base + 0x1000n + 32n;
    assert.deepEqual(
      kernel.functionsNamed('do_thing_2').map(({ name, low, high }) => ({ name, low, high })),
      [{ name: 'do_thing_2', low: third, high: third + 16n }],
    );
    assert.equal(kernel.functionAt(third + 10n)?.name, 'do_thing_2');
    assert.equal(kernel.isCode(third), true);
    const [jiffies] = kernel.symbolsNamed('jiffies');
    assert.equal(jiffies?.kind, 'object');
    assert.equal(kernel.isCode(jiffies?.address ?? 0n), false);
    assert.equal(kernel.codeAt(third, 4).length, 4);
    assert.equal(elf.loadableSegments()[0]?.physicalAddress, 0x8020_0000n);
  });

  it('names a function at a section’s mark by its own name', () => {
    const symbols = someSymbols(base).flatMap((symbol) =>
      symbol.name === 'do_thing_2'
        ? [{ ...symbol, type: 'T', name: '__noinstr_text_start' }, symbol]
        : [symbol],
    );
    const elf = elfOfList({ symbols, image: new Uint8Array(0x8000), physicalAddress: 0n });
    assert.ok(elf);
    const kernel = new SymbolImage('kernel', elf);
    assert.equal(kernel.functionAt(base + 0x1000n + 32n)?.name, 'do_thing_2');
    assert.equal(kernel.functionAt(base + 0x1000n)?.name, 'do_thing_0', 'where _stext is, too');
  });

  it('is nothing where the list does not say where the kernel is', () => {
    const symbols = someSymbols(base).filter(({ name }) => name !== '_end');
    assert.equal(elfOfList({ symbols, image: new Uint8Array(), physicalAddress: 0n }), undefined);
  });
});
