import assert from 'node:assert/strict';
import { allInstructions } from '../../src/isa/extensions/index.ts';
import type { Encoding } from '../../src/isa/instruction.ts';

describe('isa/extensions', () => {
  it('has each mnemonic once', () => {
    const mnemonics = allInstructions.map(({ mnemonic }) => mnemonic);
    assert.equal(new Set(mnemonics).size, mnemonics.length);
  });

  it('has no two encodings that overlap, but for special cases', () => {
    const special = new Set<string>();
    for (const a of allInstructions) {
      for (const b of allInstructions) {
        if (a === b || !overlap(a.encoding, b.encoding)) continue;
        assert(
          contains(a.encoding, b.encoding) || contains(b.encoding, a.encoding),
          `${a.mnemonic} and ${b.mnemonic}`,
        );
        if (contains(a.encoding, b.encoding)) special.add(`${b.mnemonic} of ${a.mnemonic}`);
      }
    }
    assert.deepEqual([...special].toSorted(), ['fence.tso of fence', 'pause of fence']);
  });

  it('accounts for every bit of an encoding: fixed, or of an operand', () => {
    for (const { encoding, mnemonic } of allInstructions) {
      let bits = encoding.mask;
      for (const { slices } of encoding.fields) {
        for (const { high, low } of slices) bits |= (0xffff_ffff >>> (31 - (high - low))) << low;
      }
      assert.equal(bits >>> 0, 0xffff_ffff, mnemonic);
    }
  });

  it('names in the syntax only operands of the encoding, and every operand of consequence', () => {
    for (const { encoding, syntax, mnemonic } of allInstructions) {
      const named = [...syntax.matchAll(/\{(\w+)\}/g)].map(([, name]) =>
        name === 'upper' || name === 'target' ? 'imm' : name,
      );
      const names: string[] = encoding.fields.map(({ name }) => name);
      for (const name of named) assert(name !== undefined && names.includes(name), `${mnemonic}: ${name}`);
    }
  });
});

function overlap(a: Encoding, b: Encoding): boolean {
  return a.length === b.length && ((a.match ^ b.match) & a.mask & b.mask) === 0;
}

function contains(general: Encoding, particular: Encoding): boolean {
  return overlap(general, particular) && (general.mask & ~particular.mask) === 0;
}
