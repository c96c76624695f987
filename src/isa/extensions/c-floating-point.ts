import { compressedType } from '../compressed-format.ts';
import { describingCompressed } from '../description.ts';
import { fld, fsd } from './floating-point/memory.ts';

/** What C has where there is D (Unpriv. Zc). */
const compressed = describingCompressed('Zcd');

export const cFldsp = compressed({
  mnemonic: 'c.fldsp',
  encoding: compressedType('001 uimm[5] rd uimm[4:3|8:6] 10'),
  syntax: '{fd}, {imm}({rs1})',
  summary: 'Loads a double-precision number from the stack.',
  expandsTo: fld,
  implied: { rs1: 2 },
});

export const cFsdsp = compressed({
  mnemonic: 'c.fsdsp',
  encoding: compressedType('101 uimm[5:3|8:6] rs2 10'),
  syntax: '{fs2}, {imm}({rs1})',
  summary: 'Stores a double-precision number to the stack.',
  expandsTo: fsd,
  implied: { rs1: 2 },
});

export const cFld = compressed({
  mnemonic: 'c.fld',
  encoding: compressedType("001 uimm[5:3] rs1' uimm[7:6] rd' 00"),
  syntax: '{fd}, {imm}({rs1})',
  summary: 'Loads a double-precision number.',
  expandsTo: fld,
});

export const cFsd = compressed({
  mnemonic: 'c.fsd',
  encoding: compressedType("101 uimm[5:3] rs1' uimm[7:6] rs2' 00"),
  syntax: '{fs2}, {imm}({rs1})',
  summary: 'Stores fs2, a double-precision number.',
  expandsTo: fsd,
});
