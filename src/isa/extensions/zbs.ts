import { describing } from '../description.ts';
import { rType, shiftType } from '../formats.ts';
import { binary, constant, setX, type Value } from '../semantics.ts';

const instruction = describing('Zbs');

export const bclr = instruction({
  mnemonic: 'bclr',
  encoding: rType('0100100 ..... ..... 001 ..... 0110011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'Clears the bit of rs1 that the low six bits of rs2 name.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, binary('and', rs1, binary('xor', bitOf(rs2), constant(-1n))))],
});

export const bclri = instruction({
  mnemonic: 'bclri',
  encoding: shiftType('010010 ...... ..... 001 ..... 0010011'),
  syntax: '{rd}, {rs1}, {shamt}',
  summary: 'Clears the bit of rs1 that a constant names.',
  semantics: ({ rd, rs1, imm }) => [setX(rd, binary('and', rs1, binary('xor', bitOf(imm), constant(-1n))))],
});

export const bext = instruction({
  mnemonic: 'bext',
  encoding: rType('0100100 ..... ..... 101 ..... 0110011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'Extracts the bit of rs1 that the low six bits of rs2 name.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, binary('and', binary('srl', rs1, rs2), constant(1)))],
});

export const bexti = instruction({
  mnemonic: 'bexti',
  encoding: shiftType('010010 ...... ..... 101 ..... 0010011'),
  syntax: '{rd}, {rs1}, {shamt}',
  summary: 'Extracts the bit of rs1 that a constant names.',
  semantics: ({ rd, rs1, imm }) => [setX(rd, binary('and', binary('srl', rs1, imm), constant(1)))],
});

export const binv = instruction({
  mnemonic: 'binv',
  encoding: rType('0110100 ..... ..... 001 ..... 0110011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'Inverts the bit of rs1 that the low six bits of rs2 name.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, binary('xor', rs1, bitOf(rs2)))],
});

export const binvi = instruction({
  mnemonic: 'binvi',
  encoding: shiftType('011010 ...... ..... 001 ..... 0010011'),
  syntax: '{rd}, {rs1}, {shamt}',
  summary: 'Inverts the bit of rs1 that a constant names.',
  semantics: ({ rd, rs1, imm }) => [setX(rd, binary('xor', rs1, bitOf(imm)))],
});

export const bset = instruction({
  mnemonic: 'bset',
  encoding: rType('0010100 ..... ..... 001 ..... 0110011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'Sets the bit of rs1 that the low six bits of rs2 name.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, binary('or', rs1, bitOf(rs2)))],
});

export const bseti = instruction({
  mnemonic: 'bseti',
  encoding: shiftType('001010 ...... ..... 001 ..... 0010011'),
  syntax: '{rd}, {rs1}, {shamt}',
  summary: 'Sets the bit of rs1 that a constant names.',
  semantics: ({ rd, rs1, imm }) => [setX(rd, binary('or', rs1, bitOf(imm)))],
});

function bitOf(position: Value): Value {
  return binary('sll', constant(1), position);
}
