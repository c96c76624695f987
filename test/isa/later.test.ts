import assert from 'node:assert/strict';
import { decode } from '../../src/isa/decode.ts';
import { disassemble } from '../../src/isa/disassemble.ts';
import { allCompressed, allInstructions } from '../../src/isa/extensions/index.ts';
import { laterExtensions } from './gnu-binutils.ts';

/** Words put together by hand from the fields that the manual prints, and what they say. */
const vectors: Readonly<Record<string, number>> = {
  // funct7 0000111, rs2 x12, rs1 x11, funct3 101 or 111, rd x10, OP
  'czero.eqz a0,a1,a2': 0x0ec5_d533,
  'czero.nez a0,a1,a2': 0x0ec5_f533,
};

describe('isa/extensions that binutils 2.40 do not know', () => {
  for (const [text, word] of Object.entries(vectors)) {
    it(`reads ${text}`, () => {
      const decoded = decode(word);
      assert.ok(decoded);
      assert.equal(disassemble(decoded, { names: 'base', registers: 'abi' }), text);
    });
  }

  it('has a vector for every instruction of theirs', () => {
    const known = new Set(Object.keys(vectors).map((text) => text.split(' ')[0]));
    const missing = [...allInstructions, ...allCompressed]
      .filter(({ extension, mnemonic }) => laterExtensions.has(extension) && !known.has(mnemonic))
      .map(({ mnemonic }) => mnemonic);
    assert.deepEqual(missing, []);
  });
});
