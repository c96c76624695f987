import { compressedType } from '../compressed-format.ts';
import { describingCompressed } from '../description.ts';
import { ld, lw, sd, sw } from './rv64i-memory.ts';

const compressed = describingCompressed('Zca');

export const cLwsp = compressed({
  mnemonic: 'c.lwsp',
  encoding: compressedType('010 uimm[5] rd uimm[4:2|7:6] 10'),
  syntax: '{rd}, {imm}({rs1})',
  summary: 'Loads a word from the stack, sign-extended.',
  expandsTo: lw,
  implied: { rs1: 2 },
});

export const cLdsp = compressed({
  mnemonic: 'c.ldsp',
  encoding: compressedType('011 uimm[5] rd uimm[4:3|8:6] 10'),
  syntax: '{rd}, {imm}({rs1})',
  summary: 'Loads a double-word from the stack.',
  expandsTo: ld,
  implied: { rs1: 2 },
});

export const cSwsp = compressed({
  mnemonic: 'c.swsp',
  encoding: compressedType('110 uimm[5:2|7:6] rs2 10'),
  syntax: '{rs2}, {imm}({rs1})',
  summary: 'Stores a word to the stack.',
  expandsTo: sw,
  implied: { rs1: 2 },
});

export const cSdsp = compressed({
  mnemonic: 'c.sdsp',
  encoding: compressedType('111 uimm[5:3|8:6] rs2 10'),
  syntax: '{rs2}, {imm}({rs1})',
  summary: 'Stores a double-word to the stack.',
  expandsTo: sd,
  implied: { rs1: 2 },
});

export const cLw = compressed({
  mnemonic: 'c.lw',
  encoding: compressedType("010 uimm[5:3] rs1' uimm[2|6] rd' 00"),
  syntax: '{rd}, {imm}({rs1})',
  summary: 'Loads a word, sign-extended.',
  expandsTo: lw,
});

export const cLd = compressed({
  mnemonic: 'c.ld',
  encoding: compressedType("011 uimm[5:3] rs1' uimm[7:6] rd' 00"),
  syntax: '{rd}, {imm}({rs1})',
  summary: 'Loads a double-word.',
  expandsTo: ld,
});

export const cSw = compressed({
  mnemonic: 'c.sw',
  encoding: compressedType("110 uimm[5:3] rs1' uimm[2|6] rs2' 00"),
  syntax: '{rs2}, {imm}({rs1})',
  summary: 'Stores the low word of rs2.',
  expandsTo: sw,
});

export const cSd = compressed({
  mnemonic: 'c.sd',
  encoding: compressedType("111 uimm[5:3] rs1' uimm[7:6] rs2' 00"),
  syntax: '{rs2}, {imm}({rs1})',
  summary: 'Stores rs2, a double-word.',
  expandsTo: sd,
});
