import assert from 'node:assert/strict';
import { decode } from '../../src/isa/decode.ts';
import {
  disassemble,
  disassembleData,
  disassembleParts,
  type DisassemblyOptions,
} from '../../src/isa/disassemble.ts';

describe('isa/disassemble', () => {
  const rows: readonly (readonly [number, string, string])[] = [
    [0xff01_0113, 'addi sp,sp,-16', 'addi x2,x2,-16'],
    [0x8082, 'ret', 'c.jr x1'],
    [0x4505, 'li a0,1', 'c.li x10,1'],
    [0x852e, 'mv a0,a1', 'c.mv x10,x11'],
    [0x0011_2623, 'sw ra,12(sp)', 'sw x1,12(x2)'],
    [0x1605_a52f, 'lr.w.aqrl a0,(a1)', 'lr.w.aqrl x10,(x11)'],
    [0x3005_2573, 'csrrs a0,mstatus,a0', 'csrrs x10,mstatus,x10'],
    [0x7c00_2573, 'csrr a0,0x7c0', 'csrrs x10,0x7c0,x0'],
    [0x0210_000f, 'fence r,w', 'fence r,w'],
    [0x1205_0073, 'sfence.vma a0', 'sfence.vma x10,x0'],
    [0x6ea5_c073, 'hsv.d a0,(a1)', 'hsv.d x10,(x11)'],
  ];
  for (const [word, pseudo, base] of rows) {
    it(`writes ${pseudo}`, () => {
      assert.equal(text(word), pseudo);
      assert.equal(text(word, { names: 'base', registers: 'numeric' }), base);
    });
  }

  it('writes a target as an address where it knows pc, with its symbol', () => {
    assert.equal(text(0xfeb5_0ee3), 'beq a0,a1,. - 4');
    assert.equal(text(0xfeb5_0ee3, { pc: 0x8000_0010n }), 'beq a0,a1,0x8000000c');
    const named = text(0xfeb5_0ee3, { pc: 0x8000_0010n, symbolAt: (address) => `at_${address}` });
    assert.equal(named, 'beq a0,a1,0x8000000c <at_2147483660>');
  });

  it('hands out the target, which wraps at 64 bits', () => {
    const branch = decode(0xfeb5_0ee3);
    assert(branch);
    assert.equal(disassembleParts(branch, { pc: 0n }).target, 0xffff_ffff_ffff_fffcn);
    assert.equal(disassembleParts(branch).target, undefined);
  });

  it('keeps the own name of a HINT', () => {
    assert.equal(text(0x9006), 'c.add zero,ra');
    assert.equal(text(0x0001), 'nop');
  });

  it('writes data for what is no instruction', () => {
    assert.equal(disassembleData(0xffff_ffff, 4), '.4byte 0xffffffff');
    assert.equal(disassembleData(0x8002, 2), '.2byte 0x8002');
    assert.equal(disassembleData(0, 2), 'unimp');
  });
});

function text(word: number, options: DisassemblyOptions = {}): string {
  const decoded = decode(word);
  assert(decoded);
  return disassemble(decoded, options);
}
