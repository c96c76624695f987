import assert from 'node:assert/strict';
import { decode } from '../../src/isa/decode.ts';
import type { DecodedInstruction } from '../../src/isa/instruction.ts';

describe('isa/decode', () => {
  // Words as GNU as 2.40 assembles the text beside them.
  const rows: readonly (readonly [number, string, Partial<DecodedInstruction>])[] = [
    [0xfff5_0593, 'addi', { rd: 11, rs1: 10, imm: -1 }],
    [0x02a5_9513, 'slli', { rd: 10, rs1: 11, imm: 42 }],
    [0x4075_d51b, 'sraiw', { rd: 10, rs1: 11, imm: 7 }],
    [0xffff_f537, 'lui', { rd: 10, imm: -4096 }],
    [0xfeb5_0ee3, 'beq', { rs1: 10, rs2: 11, imm: -4 }],
    [0xff9f_f0ef, 'jal', { rd: 1, imm: -8 }],
    [0xfea5_bc23, 'sd', { rs1: 11, rs2: 10, imm: -8 }],
    [0x02b5_5533, 'divu', { rd: 10, rs1: 10, rs2: 11 }],
    [0x3052_9073, 'csrrw', { rd: 0, rs1: 5, csr: 0x305 }],
    [0x1001_7073, 'csrrci', { rd: 0, zimm: 2, csr: 0x100 }],
    [0x1020_0073, 'sret', {}],
    [0x12b5_0073, 'sfence.vma', { rs1: 10, rs2: 11 }],
    [0x0ff0_000f, 'fence', {}],
    [0x8330_000f, 'fence.tso', {}],
    [0x0100_000f, 'pause', {}],
  ];
  for (const [word, mnemonic, operands] of rows) {
    it(`takes ${mnemonic} apart`, () => {
      const decoded = decode(word);
      assert.equal(decoded?.instruction.mnemonic, mnemonic);
      assert.deepEqual({ ...decoded, ...operands }, decoded);
      assert.equal(decoded?.length, 4);
    });
  }

  it('knows what is no instruction', () => {
    for (const word of [0xffff_ffff, 0x0000_0073 | (1 << 7), 0x0000_707f, 0x0020_0073, 0x0000_0007]) {
      assert.equal(decode(word), undefined);
    }
  });

  it('takes signed and unsigned words alike', () => {
    assert.deepEqual(decode(0xfff5_0593 | 0), decode(0xfff5_0593));
  });
});
