import { compressedType } from '../compressed-format.ts';
import { describingCompressed } from '../description.ts';
import { add, addi, and, andi, lui, or, slli, srai, srli, sub, xor } from './rv64i-computation.ts';
import { addiw, addw, subw } from './rv64i-word.ts';

const compressed = describingCompressed('Zca');

export const cLi = compressed({
  mnemonic: 'c.li',
  encoding: compressedType('010 imm[5] rd imm[4:0] 01'),
  syntax: '{rd}, {imm}',
  summary: 'Sets rd to a constant.',
  expandsTo: addi,
  implied: { rs1: 0 },
});

export const cLui = compressed({
  mnemonic: 'c.lui',
  encoding: compressedType('011 imm[17] rd imm[16:12] 01'),
  syntax: '{rd}, {upper}',
  summary: 'Sets rd to a constant whose low 12 bits are zero.',
  expandsTo: lui,
});

export const cAddi = compressed({
  mnemonic: 'c.addi',
  encoding: compressedType('000 imm[5] rd/rs1 imm[4:0] 01'),
  syntax: '{rd}, {imm}',
  summary: 'Adds a constant to rd.',
  expandsTo: addi,
});

export const cNop = compressed({
  mnemonic: 'c.nop',
  encoding: compressedType('000 0 00000 00000 01'),
  syntax: '',
  summary: 'Does nothing.',
  expandsTo: addi,
});

export const cAddiw = compressed({
  mnemonic: 'c.addiw',
  encoding: compressedType('001 imm[5] rd/rs1 imm[4:0] 01'),
  syntax: '{rd}, {imm}',
  summary: 'Adds a constant to the low word of rd.',
  expandsTo: addiw,
});

export const cAddi16sp = compressed({
  mnemonic: 'c.addi16sp',
  encoding: compressedType('011 imm[9] 00010 imm[4|6|8:7|5] 01'),
  syntax: '{rd}, {imm}',
  summary: 'Moves the stack pointer by a multiple of 16.',
  expandsTo: addi,
  implied: { rd: 2, rs1: 2 },
});

export const cAddi4spn = compressed({
  mnemonic: 'c.addi4spn',
  encoding: compressedType("000 uimm[5:4|9:6|2|3] rd' 00"),
  syntax: '{rd}, {rs1}, {imm}',
  summary: 'Computes the address of something on the stack.',
  expandsTo: addi,
  implied: { rs1: 2 },
});

export const cSlli = compressed({
  mnemonic: 'c.slli',
  encoding: compressedType('000 uimm[5] rd/rs1 uimm[4:0] 10'),
  syntax: '{rd}, {shamt}',
  summary: 'Shifts rd left by a constant.',
  expandsTo: slli,
});

export const cSrli = compressed({
  mnemonic: 'c.srli',
  encoding: compressedType("100 uimm[5] 00 rd/rs1' uimm[4:0] 01"),
  syntax: '{rd}, {shamt}',
  summary: 'Shifts rd right by a constant, filling with zeros.',
  expandsTo: srli,
});

export const cSrai = compressed({
  mnemonic: 'c.srai',
  encoding: compressedType("100 uimm[5] 01 rd/rs1' uimm[4:0] 01"),
  syntax: '{rd}, {shamt}',
  summary: 'Shifts rd right by a constant, filling with its sign.',
  expandsTo: srai,
});

export const cAndi = compressed({
  mnemonic: 'c.andi',
  encoding: compressedType("100 imm[5] 10 rd/rs1' imm[4:0] 01"),
  syntax: '{rd}, {imm}',
  summary: 'And of rd and a constant.',
  expandsTo: andi,
});

export const cMv = compressed({
  mnemonic: 'c.mv',
  encoding: compressedType('1000 rd rs2 10'),
  syntax: '{rd}, {rs2}',
  summary: 'Copies rs2 to rd.',
  expandsTo: add,
  implied: { rs1: 0 },
});

export const cAdd = compressed({
  mnemonic: 'c.add',
  encoding: compressedType('1001 rd/rs1 rs2 10'),
  syntax: '{rd}, {rs2}',
  summary: 'Adds rs2 to rd.',
  expandsTo: add,
});

export const cAnd = compressed({
  mnemonic: 'c.and',
  encoding: compressedType("100011 rd/rs1' 11 rs2' 01"),
  syntax: '{rd}, {rs2}',
  summary: 'And of rd and rs2.',
  expandsTo: and,
});

export const cOr = compressed({
  mnemonic: 'c.or',
  encoding: compressedType("100011 rd/rs1' 10 rs2' 01"),
  syntax: '{rd}, {rs2}',
  summary: 'Or of rd and rs2.',
  expandsTo: or,
});

export const cXor = compressed({
  mnemonic: 'c.xor',
  encoding: compressedType("100011 rd/rs1' 01 rs2' 01"),
  syntax: '{rd}, {rs2}',
  summary: 'Exclusive or of rd and rs2.',
  expandsTo: xor,
});

export const cSub = compressed({
  mnemonic: 'c.sub',
  encoding: compressedType("100011 rd/rs1' 00 rs2' 01"),
  syntax: '{rd}, {rs2}',
  summary: 'Subtracts rs2 from rd.',
  expandsTo: sub,
});

export const cAddw = compressed({
  mnemonic: 'c.addw',
  encoding: compressedType("100111 rd/rs1' 01 rs2' 01"),
  syntax: '{rd}, {rs2}',
  summary: 'Adds the low words of rd and rs2.',
  expandsTo: addw,
});

export const cSubw = compressed({
  mnemonic: 'c.subw',
  encoding: compressedType("100111 rd/rs1' 00 rs2' 01"),
  syntax: '{rd}, {rs2}',
  summary: 'Subtracts the low word of rs2 from that of rd.',
  expandsTo: subw,
});
