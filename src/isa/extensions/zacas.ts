import { describing } from '../description.ts';
import { amoType } from '../formats.ts';
import { operation } from '../semantics.ts';

const instruction = describing('Zacas');

export const amocasW = instruction({
  mnemonic: 'amocas.w',
  encoding: amoType('00101 . . ..... ..... 010 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary: 'Loads a word into rd, and stores rs2 if the word was the low one of rd, as one access.',
  semantics: () => [operation('amocas.w')],
});

export const amocasD = instruction({
  mnemonic: 'amocas.d',
  encoding: amoType('00101 . . ..... ..... 011 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary: 'Loads a double-word into rd, and stores rs2 if it was equal to rd, as one access.',
  semantics: () => [operation('amocas.d')],
});

/** Registers come in pairs, each named by its even one: odd numbers are reserved, and illegal here. */
export const amocasQ = instruction({
  mnemonic: 'amocas.q',
  encoding: amoType('00101 . . ..... ..... 100 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary: 'Likewise with 16 bytes: the pairs of rd and rd + 1, rs2 and rs2 + 1.',
  semantics: () => [operation('amocas.q')],
});
