import assert from 'node:assert/strict';
import { reservedEncodings } from '../../src/isa/extensions/c-reserved.ts';
import { allCompressed, allInstructions } from '../../src/isa/extensions/index.ts';
import type { Encoding } from '../../src/isa/instruction.ts';

const everything = [...allInstructions, ...allCompressed];

describe('isa/extensions', () => {
  it('has each mnemonic once', () => {
    const mnemonics = everything.map(({ mnemonic }) => mnemonic);
    assert.equal(new Set(mnemonics).size, mnemonics.length);
  });

  it('has no two encodings that overlap, but for special cases', () => {
    const special = new Set<string>();
    const reserved = reservedEncodings.map((entry) => ({ mnemonic: entry.reason, encoding: entry.encoding }));
    const all = [...everything, ...reserved];
    for (const a of all) {
      for (const b of all) {
        if (a === b || !overlap(a.encoding, b.encoding)) continue;
        const common = intersection(a.encoding, b.encoding);
        const settled = all.some((entry) => equal(entry.encoding, common));
        assert(settled, `${a.mnemonic} and ${b.mnemonic}`);
        if (contains(a.encoding, b.encoding)) special.add(`${b.mnemonic} of ${a.mnemonic}`);
      }
    }
    const ours = [...special].filter((text) => !text.startsWith('c.mop.')).toSorted();
    assert.deepEqual(ours, [
      'c.addi16sp of c.lui',
      'c.addi16sp with imm = 0 of c.addi16sp',
      'c.addi16sp with imm = 0 of c.lui',
      'c.addi16sp with imm = 0 of c.lui with imm = 0',
      'c.addi4spn with imm = 0; all zeros is illegal for ever of c.addi4spn',
      'c.addiw with rd = x0 of c.addiw',
      'c.ebreak of c.add',
      'c.ebreak of c.jalr',
      'c.jalr of c.add',
      'c.jr of c.mv',
      'c.jr with rs1 = x0 of c.jr',
      'c.jr with rs1 = x0 of c.mv',
      'c.ldsp with rd = x0 of c.ldsp',
      'c.lui with imm = 0 of c.lui',
      'c.lwsp with rd = x0 of c.lwsp',
      'c.nop of c.addi',
      'fence.tso of fence',
      'pause of fence',
      'prefetch.i of ori',
      'prefetch.r of ori',
      'prefetch.w of ori',
    ]);
  });

  it('accounts for every bit of an encoding: fixed, or of an operand', () => {
    for (const { encoding, mnemonic } of everything) {
      let bits = encoding.mask;
      for (const { slices } of encoding.fields) {
        for (const { high, low } of slices) bits |= (0xffff_ffff >>> (31 - (high - low))) << low;
      }
      assert.equal(bits >>> 0, encoding.length === 4 ? 0xffff_ffff : 0xffff, mnemonic);
    }
  });

  it('names in the syntax only operands that exist', () => {
    for (const instruction of everything) {
      const { encoding, syntax, mnemonic } = instruction;
      const names: string[] = encoding.fields.map(({ name }) => name);
      if ('implied' in instruction) names.push(...Object.keys(instruction.implied));
      for (const [, name = ''] of syntax.matchAll(/\{(\w+)\}/g)) {
        const operand =
          name.startsWith('f') && name.length < 4 && name !== 'fm'
            ? name.replace('f', 'r')
            : ['upper', 'target', 'shamt'].includes(name)
              ? 'imm'
              : name === 'constant'
                ? 'zimm'
                : name;
        assert(names.includes(operand), `${mnemonic}: ${name}`);
      }
    }
  });

  it('gives each base operand of a compressed instruction exactly one source', () => {
    for (const { expandsTo, encoding, implied, mnemonic } of allCompressed) {
      const own = new Set<string>(encoding.fields.map(({ name }) => name));
      const base = new Set<string>(expandsTo.encoding.fields.map(({ name }) => name));
      for (const name of [...own, ...Object.keys(implied)]) assert(base.has(name), `${mnemonic}: ${name}`);
      for (const name of Object.keys(implied)) assert(!own.has(name), `${mnemonic}: ${name} twice`);
    }
  });

  it('cites a clause for every guard', () => {
    for (const { guards, mnemonic } of allInstructions) {
      for (const guard of guards) assert.match(guard.source, /^Priv\./, mnemonic);
    }
  });
});

function overlap(a: Encoding, b: Encoding): boolean {
  return a.length === b.length && ((a.match ^ b.match) & a.mask & b.mask) === 0;
}

function intersection(a: Encoding, b: Encoding): Encoding {
  return { ...a, match: (a.match | b.match) >>> 0, mask: (a.mask | b.mask) >>> 0 };
}

function equal(a: Encoding, b: Encoding): boolean {
  return a.length === b.length && a.match === b.match && a.mask === b.mask;
}

function contains(general: Encoding, particular: Encoding): boolean {
  return overlap(general, particular) && (general.mask & ~particular.mask) === 0;
}
