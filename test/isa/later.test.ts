import assert from 'node:assert/strict';
import { decode } from '../../src/isa/decode.ts';
import { disassemble } from '../../src/isa/disassemble.ts';
import { allCompressed, allInstructions } from '../../src/isa/extensions/index.ts';
import { laterExtensions } from './gnu-binutils.ts';

/** Words put together by hand from the fields that the manual prints, and what they say. */
const vectors: Record<string, number> = {
  // funct7 0000111, rs2 x12, rs1 x11, funct3 101 or 111, rd x10, OP
  'czero.eqz a0,a1,a2': 0x0ec5_d533,
  'czero.nez a0,a1,a2': 0x0ec5_f533,
  // funct5 00101, rs2 x12, rs1 x10, width, rd x14, AMO
  'amocas.w a4,a2,(a0)': 0x28c5_272f,
  'amocas.d.aq a4,a2,(a0)': 0x2cc5_372f,
  'amocas.q.aqrl a4,a2,(a0)': 0x2ec5_472f,
  // Unpriv. Zc: rd x8, rs1 x9, uimm as printed
  'c.lbu s0,2(s1)': 0x80a0,
  'c.lbu s0,1(s1)': 0x80c0,
  'c.lhu s0,2(s1)': 0x84a0,
  'c.lh s0,2(s1)': 0x84e0,
  'c.sb s0,3(s1)': 0x88e0,
  'c.sh s0,2(s1)': 0x8ca0,
  'c.zext.b s0': 0x9c61,
  'c.sext.b s0': 0x9c65,
  'c.zext.h s0': 0x9c69,
  'c.sext.h s0': 0x9c6d,
  'c.zext.w s0': 0x9c71,
  'c.not s0': 0x9c75,
  'c.mul s0,s1': 0x9c45,
};

/** Unpriv. Zfa: rd x10 or f10, rs1 f11, rs2 f12, and fmt 00, 01 or 10 at bits 26:25. */
for (const [fmt, format] of ['s', 'd', 'h'].entries()) {
  const place = fmt << 25;
  const words: Record<string, number> = {
    [`fli.${format} fa0,-1.0`]: 0xf010_0553,
    [`fli.${format} fa0,min`]: 0xf010_8553,
    [`fli.${format} fa0,0.4375`]: 0xf015_8553,
    [`fli.${format} fa0,inf`]: 0xf01f_0553,
    [`fli.${format} fa0,nan`]: 0xf01f_8553,
    [`fminm.${format} fa0,fa1,fa2`]: 0x28c5_a553,
    [`fmaxm.${format} fa0,fa1,fa2`]: 0x28c5_b553,
    [`fround.${format} fa0,fa1`]: 0x4045_f553,
    [`froundnx.${format} fa0,fa1,rup`]: 0x4055_b553,
    [`fltq.${format} a0,fa1,fa2`]: 0xa0c5_d553,
    [`fleq.${format} a0,fa1,fa2`]: 0xa0c5_c553,
  };
  for (const [text, word] of Object.entries(words)) vectors[text] = (word | place) >>> 0;
}
vectors['fcvtmod.w.d a0,fa1,rtz'] = 0xc285_9553;

/** Unpriv. Zimop: n[4], n[3:2] and n[1:0], or n[2] and n[1:0], at bits 30, 27:26 and 21:20. */
for (let n = 0; n < 32; n++) {
  const place = ((n >> 4) << 30) | (((n >> 2) & 3) << 26) | ((n & 3) << 20);
  vectors[`mop.r.${n} a0,a1`] = (0x81c5_c573 | place) >>> 0;
}
for (let n = 0; n < 8; n++) {
  vectors[`mop.rr.${n} a0,a1,a2`] = (0x82c5_c573 | ((n >> 2) << 30) | ((n & 3) << 26)) >>> 0;
}
for (let n = 1; n < 16; n += 2) vectors[`c.mop.${n}`] = 0x6001 | (n << 7);

describe('isa/extensions that binutils 2.40 do not know', () => {
  for (const [text, word] of Object.entries(vectors)) {
    it(`reads ${text}`, () => {
      const decoded = decode(word);
      assert.ok(decoded);
      assert.equal(disassemble(decoded, { names: 'base', registers: 'abi' }), text);
    });
  }

  it('has a vector for every instruction of theirs', () => {
    const known = new Set(
      Object.keys(vectors).map((text) => text.split(' ')[0]?.replace(/\.(aq|rl|aqrl)$/, '')),
    );
    const missing = [...allInstructions, ...allCompressed]
      .filter(({ extension, mnemonic }) => laterExtensions.has(extension) && !known.has(mnemonic))
      .map(({ mnemonic }) => mnemonic);
    assert.deepEqual(missing, []);
  });
});
