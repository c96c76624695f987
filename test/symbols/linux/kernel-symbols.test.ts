import assert from 'node:assert/strict';
import { Btf } from '../../../src/symbols/btf/btf.ts';
import { btfKind } from '../../../src/symbols/btf/records.ts';
import { KernelSymbols } from '../../../src/symbols/linux/kernel-symbols.ts';
import { elfOfList } from '../../../src/symbols/linux/listed-elf.ts';
import { readLocation } from '../../../src/symbols/location-bytes.ts';
import { typeName } from '../../../src/symbols/type-names.ts';
import { BtfWriter } from '../btf/writer.ts';
import { someSymbols } from './kallsyms-tables.ts';

const base = 0xffff_ffff_8000_0000n;

/** `void do_thing_2(struct pair both, int last)`, where a pair takes two registers. */
function kernel(): KernelSymbols {
  const writer = new BtfWriter();
  const long = writer.add(btfKind.INT, 'unsigned long', 8, { words: [64] });
  const int = writer.add(btfKind.INT, 'int', 4, { words: [(1 << 24) | 32] });
  const members = [writer.name('low'), long, 0, writer.name('high'), long, 64];
  const pair = writer.add(btfKind.STRUCT, 'pair', 16, { count: 2, words: members });
  const parameters = [writer.name('both'), pair, writer.name('last'), int];
  const proto = writer.add(btfKind.FUNC_PROTO, '', 0, { count: 2, words: parameters });
  writer.add(btfKind.FUNC, 'do_thing_2', proto);
  const elf = elfOfList({ symbols: someSymbols(base), image: new Uint8Array(0x8000), physicalAddress: 0n });
  const btf = Btf.read(writer.bytes());
  return new KernelSymbols('kernel', elf ?? assert.fail(), btf ?? assert.fail());
}

describe('symbols/linux/kernel-symbols', () => {
  const symbols = kernel();
  const entry = base + 0x1000n + 32n;
  const x = Array.from({ length: 32 }, (_, index) => BigInt(index) - 16n);
  const show = (pc: bigint, pcKind: 'exact' | 'return-address' = 'exact'): readonly string[] =>
    symbols.localsAt(pc).map(({ name, type, locate }) => {
      const frame = { pc, x, pcKind };
      const found = readLocation(
        locate(frame, () => undefined),
        4,
        frame,
        () => undefined,
      );
      return `${typeName(type)} ${name}: ${found.ok ? Buffer.from(found.bytes).readInt32LE() : found.reason}`;
    });

  it('finds parameters in their registers where a function begins, and nowhere else', () => {
    assert.deepEqual(show(entry), ['struct pair both: passed in more than a register', 'int last: -4']);
    assert.match(show(entry + 2n)[1] ?? '', /only known at the first instruction/);
    assert.match(show(entry, 'return-address')[1] ?? '', /only known at the first instruction/);
    assert.deepEqual(show(entry + 16n), [], 'another function');
  });

  it('knows the types of a few variables', () => {
    const [jiffies] = symbols.globalsNamed('jiffies');
    assert.equal(jiffies && typeName(jiffies.type), 'unsigned long');
    const [address] = symbols.symbolsNamed('jiffies').map((each) => each.address);
    assert.deepEqual(
      jiffies?.locate(undefined, () => undefined, 0x1000n),
      {
        kind: 'address',
        address: (address ?? 0n) + 0x1000n,
      },
    );
    assert.deepEqual(symbols.globalsNamed('do_thing_2'), []);
    assert.deepEqual(
      [...symbols.globals()].map(({ name }) => name),
      ['jiffies'],
    );
  });
});
