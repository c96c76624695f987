import { describing } from '../description.ts';
import { rType } from '../formats.ts';
import { binary, setX } from '../semantics.ts';

const instruction = describing('Zbc');

export const clmul = instruction({
  mnemonic: 'clmul',
  encoding: rType('0000101 ..... ..... 001 ..... 0110011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'The low 64 bits of the carry-less product of rs1 and rs2.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, binary('clmul', rs1, rs2))],
});

export const clmulr = instruction({
  mnemonic: 'clmulr',
  encoding: rType('0000101 ..... ..... 010 ..... 0110011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'Bits 126 to 63 of the carry-less product of rs1 and rs2.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, binary('clmulr', rs1, rs2))],
});

export const clmulh = instruction({
  mnemonic: 'clmulh',
  encoding: rType('0000101 ..... ..... 011 ..... 0110011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'The high 64 bits of the carry-less product of rs1 and rs2.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, binary('clmulh', rs1, rs2))],
});
