import { describingFloatingPoint } from '../../description.ts';
import { f, setF } from '../../float-semantics.ts';
import { rType } from '../../formats.ts';
import { setX, signExtend, zeroExtend } from '../../semantics.ts';

const single = describingFloatingPoint('F');
const double = describingFloatingPoint('D');
const half = describingFloatingPoint('Zfhmin');

export const fmvXW = single({
  mnemonic: 'fmv.x.w',
  encoding: rType('1110000 00000 ..... 000 ..... 1010011'),
  syntax: '{rd}, {fs1}',
  summary: 'Copies the low word of fs1 to rd, sign-extended.',
  semantics: ({ rd }) => [setX(rd, signExtend(32, f('rs1', 'd')))],
});

export const fmvWX = single({
  mnemonic: 'fmv.w.x',
  encoding: rType('1111000 00000 ..... 000 ..... 1010011'),
  syntax: '{fd}, {rs1}',
  summary: 'Copies the low word of rs1 to fd, as a single-precision number.',
  semantics: ({ rd, rs1 }) => [setF(rd, 's', zeroExtend(32, rs1))],
});

export const fmvXD = double({
  mnemonic: 'fmv.x.d',
  encoding: rType('1110001 00000 ..... 000 ..... 1010011'),
  syntax: '{rd}, {fs1}',
  summary: 'Copies fs1 to rd, bit by bit.',
  semantics: ({ rd }) => [setX(rd, f('rs1', 'd'))],
});

export const fmvDX = double({
  mnemonic: 'fmv.d.x',
  encoding: rType('1111001 00000 ..... 000 ..... 1010011'),
  syntax: '{fd}, {rs1}',
  summary: 'Copies rs1 to fd, bit by bit.',
  semantics: ({ rd, rs1 }) => [setF(rd, 'd', rs1)],
});

export const fmvXH = half({
  mnemonic: 'fmv.x.h',
  encoding: rType('1110010 00000 ..... 000 ..... 1010011'),
  syntax: '{rd}, {fs1}',
  summary: 'Copies the low half-word of fs1 to rd, sign-extended.',
  semantics: ({ rd }) => [setX(rd, signExtend(16, f('rs1', 'd')))],
});

export const fmvHX = half({
  mnemonic: 'fmv.h.x',
  encoding: rType('1111010 00000 ..... 000 ..... 1010011'),
  syntax: '{fd}, {rs1}',
  summary: 'Copies the low half-word of rs1 to fd, as a half-precision number.',
  semantics: ({ rd, rs1 }) => [setF(rd, 'h', zeroExtend(16, rs1))],
});
