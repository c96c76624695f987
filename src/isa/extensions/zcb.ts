import { compressedType } from '../compressed-format.ts';
import { describingCompressed } from '../description.ts';
import { mul } from './m.ts';
import { andi, xori } from './rv64i-computation.ts';
import { lbu, lh, lhu, sb, sh } from './rv64i-memory.ts';
import { addUw } from './zba.ts';
import { sextB, sextH, zextH } from './zbb.ts';

const compressed = describingCompressed('Zcb');

export const cLbu = compressed({
  mnemonic: 'c.lbu',
  encoding: compressedType("100 000 rs1' uimm[0|1] rd' 00"),
  syntax: '{rd}, {imm}({rs1})',
  summary: 'Loads a byte, zero-extended.',
  expandsTo: lbu,
});

export const cLhu = compressed({
  mnemonic: 'c.lhu',
  encoding: compressedType("100 001 rs1' 0 uimm[1] rd' 00"),
  syntax: '{rd}, {imm}({rs1})',
  summary: 'Loads a half-word, zero-extended.',
  expandsTo: lhu,
});

export const cLh = compressed({
  mnemonic: 'c.lh',
  encoding: compressedType("100 001 rs1' 1 uimm[1] rd' 00"),
  syntax: '{rd}, {imm}({rs1})',
  summary: 'Loads a half-word, sign-extended.',
  expandsTo: lh,
});

export const cSb = compressed({
  mnemonic: 'c.sb',
  encoding: compressedType("100 010 rs1' uimm[0|1] rs2' 00"),
  syntax: '{rs2}, {imm}({rs1})',
  summary: 'Stores the low byte of rs2.',
  expandsTo: sb,
});

export const cSh = compressed({
  mnemonic: 'c.sh',
  encoding: compressedType("100 011 rs1' 0 uimm[1] rs2' 00"),
  syntax: '{rs2}, {imm}({rs1})',
  summary: 'Stores the low half-word of rs2.',
  expandsTo: sh,
});

export const cZextB = compressed({
  mnemonic: 'c.zext.b',
  encoding: compressedType("100 111 rd/rs1' 11 000 01"),
  syntax: '{rd}',
  summary: 'Zero-extends the low byte of rd.',
  expandsTo: andi,
  implied: { imm: 255 },
});

export const cSextB = compressed({
  mnemonic: 'c.sext.b',
  encoding: compressedType("100 111 rd/rs1' 11 001 01"),
  syntax: '{rd}',
  summary: 'Sign-extends the low byte of rd.',
  expandsTo: sextB,
});

export const cZextH = compressed({
  mnemonic: 'c.zext.h',
  encoding: compressedType("100 111 rd/rs1' 11 010 01"),
  syntax: '{rd}',
  summary: 'Zero-extends the low half-word of rd.',
  expandsTo: zextH,
});

export const cSextH = compressed({
  mnemonic: 'c.sext.h',
  encoding: compressedType("100 111 rd/rs1' 11 011 01"),
  syntax: '{rd}',
  summary: 'Sign-extends the low half-word of rd.',
  expandsTo: sextH,
});

export const cZextW = compressed({
  mnemonic: 'c.zext.w',
  encoding: compressedType("100 111 rd/rs1' 11 100 01"),
  syntax: '{rd}',
  summary: 'Zero-extends the low word of rd.',
  expandsTo: addUw,
  implied: { rs2: 0 },
});

export const cNot = compressed({
  mnemonic: 'c.not',
  encoding: compressedType("100 111 rd/rs1' 11 101 01"),
  syntax: '{rd}',
  summary: 'Inverts every bit of rd.',
  expandsTo: xori,
  implied: { imm: -1 },
});

export const cMul = compressed({
  mnemonic: 'c.mul',
  encoding: compressedType("100 111 rd/rs1' 10 rs2' 01"),
  syntax: '{rd}, {rs2}',
  summary: 'The low 64 bits of rd times rs2.',
  expandsTo: mul,
});
