import { describing } from '../description.ts';
import { iType, rType, shiftType, uType } from '../formats.ts';
import { binary, boolean, compare, pc, setX } from '../semantics.ts';

const instruction = describing('I');

export const lui = instruction({
  mnemonic: 'lui',
  encoding: uType('.................... ..... 0110111'),
  syntax: '{rd}, {upper}',
  summary: 'Sets rd to a constant whose low 12 bits are zero.',
  semantics: ({ rd, imm }) => [setX(rd, imm)],
});

export const auipc = instruction({
  mnemonic: 'auipc',
  encoding: uType('.................... ..... 0010111'),
  syntax: '{rd}, {upper}',
  summary: 'Adds a constant whose low 12 bits are zero to the pc.',
  semantics: ({ rd, imm }) => [setX(rd, binary('add', pc, imm))],
});

export const addi = instruction({
  mnemonic: 'addi',
  encoding: iType('............ ..... 000 ..... 0010011'),
  syntax: '{rd}, {rs1}, {imm}',
  summary: 'Adds a constant to rs1.',
  semantics: ({ rd, rs1, imm }) => [setX(rd, binary('add', rs1, imm))],
});

export const slti = instruction({
  mnemonic: 'slti',
  encoding: iType('............ ..... 010 ..... 0010011'),
  syntax: '{rd}, {rs1}, {imm}',
  summary: 'Sets rd to 1 where rs1 is less than a constant, both signed; else to 0.',
  semantics: ({ rd, rs1, imm }) => [setX(rd, boolean(compare('lt', rs1, imm)))],
});

export const sltiu = instruction({
  mnemonic: 'sltiu',
  encoding: iType('............ ..... 011 ..... 0010011'),
  syntax: '{rd}, {rs1}, {imm}',
  summary: 'Sets rd to 1 where rs1 is less than a constant, both unsigned; else to 0.',
  semantics: ({ rd, rs1, imm }) => [setX(rd, boolean(compare('ltu', rs1, imm)))],
});

export const xori = instruction({
  mnemonic: 'xori',
  encoding: iType('............ ..... 100 ..... 0010011'),
  syntax: '{rd}, {rs1}, {imm}',
  summary: 'Exclusive or of rs1 and a constant.',
  semantics: ({ rd, rs1, imm }) => [setX(rd, binary('xor', rs1, imm))],
});

export const ori = instruction({
  mnemonic: 'ori',
  encoding: iType('............ ..... 110 ..... 0010011'),
  syntax: '{rd}, {rs1}, {imm}',
  summary: 'Or of rs1 and a constant.',
  semantics: ({ rd, rs1, imm }) => [setX(rd, binary('or', rs1, imm))],
});

export const andi = instruction({
  mnemonic: 'andi',
  encoding: iType('............ ..... 111 ..... 0010011'),
  syntax: '{rd}, {rs1}, {imm}',
  summary: 'And of rs1 and a constant.',
  semantics: ({ rd, rs1, imm }) => [setX(rd, binary('and', rs1, imm))],
});

export const slli = instruction({
  mnemonic: 'slli',
  encoding: shiftType('000000 ...... ..... 001 ..... 0010011'),
  syntax: '{rd}, {rs1}, {shamt}',
  summary: 'Shifts rs1 left by a constant.',
  semantics: ({ rd, rs1, imm }) => [setX(rd, binary('sll', rs1, imm))],
});

export const srli = instruction({
  mnemonic: 'srli',
  encoding: shiftType('000000 ...... ..... 101 ..... 0010011'),
  syntax: '{rd}, {rs1}, {shamt}',
  summary: 'Shifts rs1 right by a constant, filling with zeros.',
  semantics: ({ rd, rs1, imm }) => [setX(rd, binary('srl', rs1, imm))],
});

export const srai = instruction({
  mnemonic: 'srai',
  encoding: shiftType('010000 ...... ..... 101 ..... 0010011'),
  syntax: '{rd}, {rs1}, {shamt}',
  summary: 'Shifts rs1 right by a constant, filling with its sign.',
  semantics: ({ rd, rs1, imm }) => [setX(rd, binary('sra', rs1, imm))],
});

export const add = instruction({
  mnemonic: 'add',
  encoding: rType('0000000 ..... ..... 000 ..... 0110011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'Adds rs1 and rs2.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, binary('add', rs1, rs2))],
});

export const sub = instruction({
  mnemonic: 'sub',
  encoding: rType('0100000 ..... ..... 000 ..... 0110011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'Subtracts rs2 from rs1.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, binary('sub', rs1, rs2))],
});

export const sll = instruction({
  mnemonic: 'sll',
  encoding: rType('0000000 ..... ..... 001 ..... 0110011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'Shifts rs1 left by the low six bits of rs2.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, binary('sll', rs1, rs2))],
});

export const slt = instruction({
  mnemonic: 'slt',
  encoding: rType('0000000 ..... ..... 010 ..... 0110011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'Sets rd to 1 where rs1 is less than rs2, both signed; else to 0.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, boolean(compare('lt', rs1, rs2)))],
});

export const sltu = instruction({
  mnemonic: 'sltu',
  encoding: rType('0000000 ..... ..... 011 ..... 0110011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'Sets rd to 1 where rs1 is less than rs2, both unsigned; else to 0.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, boolean(compare('ltu', rs1, rs2)))],
});

export const xor = instruction({
  mnemonic: 'xor',
  encoding: rType('0000000 ..... ..... 100 ..... 0110011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'Exclusive or of rs1 and rs2.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, binary('xor', rs1, rs2))],
});

export const srl = instruction({
  mnemonic: 'srl',
  encoding: rType('0000000 ..... ..... 101 ..... 0110011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'Shifts rs1 right by the low six bits of rs2, filling with zeros.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, binary('srl', rs1, rs2))],
});

export const sra = instruction({
  mnemonic: 'sra',
  encoding: rType('0100000 ..... ..... 101 ..... 0110011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'Shifts rs1 right by the low six bits of rs2, filling with its sign.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, binary('sra', rs1, rs2))],
});

export const or = instruction({
  mnemonic: 'or',
  encoding: rType('0000000 ..... ..... 110 ..... 0110011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'Or of rs1 and rs2.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, binary('or', rs1, rs2))],
});

export const and = instruction({
  mnemonic: 'and',
  encoding: rType('0000000 ..... ..... 111 ..... 0110011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'And of rs1 and rs2.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, binary('and', rs1, rs2))],
});
