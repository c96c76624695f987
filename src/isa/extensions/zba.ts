import { describing } from '../description.ts';
import { rType, shiftType } from '../formats.ts';
import { add, binary, constant, setX, zeroExtend } from '../semantics.ts';

const instruction = describing('Zba');

export const addUw = instruction({
  mnemonic: 'add.uw',
  encoding: rType('0000100 ..... ..... 000 ..... 0111011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'Adds the low word of rs1, unsigned, to rs2.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, add(zeroExtend(32, rs1), rs2))],
});

export const sh1add = instruction({
  mnemonic: 'sh1add',
  encoding: rType('0010000 ..... ..... 010 ..... 0110011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'Adds rs1 times 2 to rs2: the address of an element.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, add(binary('sll', rs1, constant(1)), rs2))],
});

export const sh1addUw = instruction({
  mnemonic: 'sh1add.uw',
  encoding: rType('0010000 ..... ..... 010 ..... 0111011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'Adds the low word of rs1, unsigned, times 2 to rs2.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, add(binary('sll', zeroExtend(32, rs1), constant(1)), rs2))],
});

export const sh2add = instruction({
  mnemonic: 'sh2add',
  encoding: rType('0010000 ..... ..... 100 ..... 0110011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'Adds rs1 times 4 to rs2: the address of an element.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, add(binary('sll', rs1, constant(2)), rs2))],
});

export const sh2addUw = instruction({
  mnemonic: 'sh2add.uw',
  encoding: rType('0010000 ..... ..... 100 ..... 0111011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'Adds the low word of rs1, unsigned, times 4 to rs2.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, add(binary('sll', zeroExtend(32, rs1), constant(2)), rs2))],
});

export const sh3add = instruction({
  mnemonic: 'sh3add',
  encoding: rType('0010000 ..... ..... 110 ..... 0110011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'Adds rs1 times 8 to rs2: the address of an element.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, add(binary('sll', rs1, constant(3)), rs2))],
});

export const sh3addUw = instruction({
  mnemonic: 'sh3add.uw',
  encoding: rType('0010000 ..... ..... 110 ..... 0111011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'Adds the low word of rs1, unsigned, times 8 to rs2.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, add(binary('sll', zeroExtend(32, rs1), constant(3)), rs2))],
});

export const slliUw = instruction({
  mnemonic: 'slli.uw',
  encoding: shiftType('000010 ...... ..... 001 ..... 0011011'),
  syntax: '{rd}, {rs1}, {shamt}',
  summary: 'Shifts the low word of rs1, unsigned, left by a constant.',
  semantics: ({ rd, rs1, imm }) => [setX(rd, binary('sll', zeroExtend(32, rs1), imm))],
});
