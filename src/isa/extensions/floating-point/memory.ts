import { describingFloatingPoint } from '../../description.ts';
import { setF, f } from '../../float-semantics.ts';
import { iType, sType } from '../../formats.ts';
import { add, load, store } from '../../semantics.ts';

const single = describingFloatingPoint('F');
const double = describingFloatingPoint('D');
const half = describingFloatingPoint('Zfhmin');

export const flw = single({
  mnemonic: 'flw',
  encoding: iType('............ ..... 010 ..... 0000111'),
  syntax: '{fd}, {imm}({rs1})',
  summary: 'Loads a single-precision number.',
  semantics: ({ rd, rs1, imm }) => [setF(rd, 's', load(4, 'unsigned', add(rs1, imm)))],
});

export const fsw = single({
  mnemonic: 'fsw',
  encoding: sType('....... ..... ..... 010 ..... 0100111'),
  syntax: '{fs2}, {imm}({rs1})',
  summary: 'Stores the low word of fs2.',
  semantics: ({ rs1, imm }) => [store(4, add(rs1, imm), f('rs2', 'd'))],
});

export const fld = double({
  mnemonic: 'fld',
  encoding: iType('............ ..... 011 ..... 0000111'),
  syntax: '{fd}, {imm}({rs1})',
  summary: 'Loads a double-precision number.',
  semantics: ({ rd, rs1, imm }) => [setF(rd, 'd', load(8, 'unsigned', add(rs1, imm)))],
});

export const fsd = double({
  mnemonic: 'fsd',
  encoding: sType('....... ..... ..... 011 ..... 0100111'),
  syntax: '{fs2}, {imm}({rs1})',
  summary: 'Stores fs2, a double-word.',
  semantics: ({ rs1, imm }) => [store(8, add(rs1, imm), f('rs2', 'd'))],
});

export const flh = half({
  mnemonic: 'flh',
  encoding: iType('............ ..... 001 ..... 0000111'),
  syntax: '{fd}, {imm}({rs1})',
  summary: 'Loads a half-precision number.',
  semantics: ({ rd, rs1, imm }) => [setF(rd, 'h', load(2, 'unsigned', add(rs1, imm)))],
});

export const fsh = half({
  mnemonic: 'fsh',
  encoding: sType('....... ..... ..... 001 ..... 0100111'),
  syntax: '{fs2}, {imm}({rs1})',
  summary: 'Stores the low half-word of fs2.',
  semantics: ({ rs1, imm }) => [store(2, add(rs1, imm), f('rs2', 'd'))],
});
