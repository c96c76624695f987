import { compressedType } from '../compressed-format.ts';
import { describingCompressed } from '../description.ts';
import { beq, bne, ebreak, jal, jalr } from './rv64i-control.ts';

const compressed = describingCompressed('Zca');

export const cJ = compressed({
  mnemonic: 'c.j',
  encoding: compressedType('101 imm[11|4|9:8|10|6|7|3:1|5] 01'),
  syntax: '{target}',
  summary: 'Jumps to pc + imm.',
  expandsTo: jal,
  implied: { rd: 0 },
});

export const cJr = compressed({
  mnemonic: 'c.jr',
  encoding: compressedType('1000 rs1 00000 10'),
  syntax: '{rs1}',
  summary: 'Jumps to the address in rs1.',
  expandsTo: jalr,
  implied: { rd: 0 },
});

export const cJalr = compressed({
  mnemonic: 'c.jalr',
  encoding: compressedType('1001 rs1 00000 10'),
  syntax: '{rs1}',
  summary: 'Jumps to the address in rs1; ra gets the address of the next instruction.',
  expandsTo: jalr,
  implied: { rd: 1 },
});

export const cBeqz = compressed({
  mnemonic: 'c.beqz',
  encoding: compressedType("110 imm[8|4:3] rs1' imm[7:6|2:1|5] 01"),
  syntax: '{rs1}, {target}',
  summary: 'Branches to pc + imm where rs1 is zero.',
  expandsTo: beq,
  implied: { rs2: 0 },
});

export const cBnez = compressed({
  mnemonic: 'c.bnez',
  encoding: compressedType("111 imm[8|4:3] rs1' imm[7:6|2:1|5] 01"),
  syntax: '{rs1}, {target}',
  summary: 'Branches to pc + imm where rs1 is not zero.',
  expandsTo: bne,
  implied: { rs2: 0 },
});

export const cEbreak = compressed({
  mnemonic: 'c.ebreak',
  encoding: compressedType('1001 00000 00000 10'),
  syntax: '',
  summary: 'Returns control to a debugging environment: a breakpoint exception.',
  expandsTo: ebreak,
});
