import { describing } from '../description.ts';
import { csrImmediateType, csrType } from '../formats.ts';
import { operation } from '../semantics.ts';

const instruction = describing('Zicsr');

export const csrrw = instruction({
  mnemonic: 'csrrw',
  encoding: csrType('............ ..... 001 ..... 1110011'),
  syntax: '{rd}, {csr}, {rs1}',
  summary: 'Swaps a CSR and a register: rd gets the old value, the CSR gets rs1.',
  semantics: () => [operation('csrrw')],
});

export const csrrs = instruction({
  mnemonic: 'csrrs',
  encoding: csrType('............ ..... 010 ..... 1110011'),
  syntax: '{rd}, {csr}, {rs1}',
  summary: 'Reads a CSR into rd and sets the bits that are 1 in rs1.',
  semantics: () => [operation('csrrs')],
});

export const csrrc = instruction({
  mnemonic: 'csrrc',
  encoding: csrType('............ ..... 011 ..... 1110011'),
  syntax: '{rd}, {csr}, {rs1}',
  summary: 'Reads a CSR into rd and clears the bits that are 1 in rs1.',
  semantics: () => [operation('csrrc')],
});

export const csrrwi = instruction({
  mnemonic: 'csrrwi',
  encoding: csrImmediateType('............ ..... 101 ..... 1110011'),
  syntax: '{rd}, {csr}, {zimm}',
  summary: 'Reads a CSR into rd and writes a five-bit constant to it.',
  semantics: () => [operation('csrrwi')],
});

export const csrrsi = instruction({
  mnemonic: 'csrrsi',
  encoding: csrImmediateType('............ ..... 110 ..... 1110011'),
  syntax: '{rd}, {csr}, {zimm}',
  summary: 'Reads a CSR into rd and sets the bits of a five-bit constant.',
  semantics: () => [operation('csrrsi')],
});

export const csrrci = instruction({
  mnemonic: 'csrrci',
  encoding: csrImmediateType('............ ..... 111 ..... 1110011'),
  syntax: '{rd}, {csr}, {zimm}',
  summary: 'Reads a CSR into rd and clears the bits of a five-bit constant.',
  semantics: () => [operation('csrrci')],
});
