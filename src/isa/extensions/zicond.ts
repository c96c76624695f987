import { describing } from '../description.ts';
import { rType } from '../formats.ts';
import { compare, constant, select, setX } from '../semantics.ts';

const instruction = describing('Zicond');

export const czeroEqz = instruction({
  mnemonic: 'czero.eqz',
  encoding: rType('0000111 ..... ..... 101 ..... 0110011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'Copies rs1 to rd, or zero where rs2 is zero.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, select(compare('eq', rs2, constant(0)), constant(0), rs1))],
});

export const czeroNez = instruction({
  mnemonic: 'czero.nez',
  encoding: rType('0000111 ..... ..... 111 ..... 0110011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'Copies rs1 to rd, or zero where rs2 is not zero.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, select(compare('ne', rs2, constant(0)), constant(0), rs1))],
});
