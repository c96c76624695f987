import { describing } from '../description.ts';
import { rType, shiftType } from '../formats.ts';
import {
  binary,
  compare,
  constant,
  select,
  setX,
  signExtend,
  unary,
  zeroExtend,
  type Value,
} from '../semantics.ts';

const instruction = describing('Zbb');

export const andn = instruction({
  mnemonic: 'andn',
  encoding: rType('0100000 ..... ..... 111 ..... 0110011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'And of rs1 and the inverse of rs2.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, binary('and', rs1, inverse(rs2)))],
});

export const orn = instruction({
  mnemonic: 'orn',
  encoding: rType('0100000 ..... ..... 110 ..... 0110011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'Or of rs1 and the inverse of rs2.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, binary('or', rs1, inverse(rs2)))],
});

export const xnor = instruction({
  mnemonic: 'xnor',
  encoding: rType('0100000 ..... ..... 100 ..... 0110011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'Inverse of the exclusive or of rs1 and rs2.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, inverse(binary('xor', rs1, rs2)))],
});

export const clz = instruction({
  mnemonic: 'clz',
  encoding: rType('0110000 00000 ..... 001 ..... 0010011'),
  syntax: '{rd}, {rs1}',
  summary: 'Counts the zeros above the highest 1; 64 where there is none.',
  semantics: ({ rd, rs1 }) => [setX(rd, unary('clz', rs1))],
});

export const ctz = instruction({
  mnemonic: 'ctz',
  encoding: rType('0110000 00001 ..... 001 ..... 0010011'),
  syntax: '{rd}, {rs1}',
  summary: 'Counts the zeros below the lowest 1; 64 where there is none.',
  semantics: ({ rd, rs1 }) => [setX(rd, unary('ctz', rs1))],
});

export const cpop = instruction({
  mnemonic: 'cpop',
  encoding: rType('0110000 00010 ..... 001 ..... 0010011'),
  syntax: '{rd}, {rs1}',
  summary: 'Counts the ones.',
  semantics: ({ rd, rs1 }) => [setX(rd, unary('cpop', rs1))],
});

export const clzw = instruction({
  mnemonic: 'clzw',
  encoding: rType('0110000 00000 ..... 001 ..... 0011011'),
  syntax: '{rd}, {rs1}',
  summary: 'Counts the zeros above the highest 1 of the low word; 32 where there is none.',
  semantics: ({ rd, rs1 }) => [setX(rd, binary('sub', unary('clz', zeroExtend(32, rs1)), constant(32)))],
});

export const ctzw = instruction({
  mnemonic: 'ctzw',
  encoding: rType('0110000 00001 ..... 001 ..... 0011011'),
  syntax: '{rd}, {rs1}',
  summary: 'Counts the zeros below the lowest 1 of the low word; 32 where there is none.',
  semantics: ({ rd, rs1 }) => [setX(rd, unary('ctz', binary('or', rs1, constant(1n << 32n))))],
});

export const cpopw = instruction({
  mnemonic: 'cpopw',
  encoding: rType('0110000 00010 ..... 001 ..... 0011011'),
  syntax: '{rd}, {rs1}',
  summary: 'Counts the ones of the low word.',
  semantics: ({ rd, rs1 }) => [setX(rd, unary('cpop', zeroExtend(32, rs1)))],
});

export const min = instruction({
  mnemonic: 'min',
  encoding: rType('0000101 ..... ..... 100 ..... 0110011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'The smaller of rs1 and rs2, signed.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, select(compare('lt', rs1, rs2), rs1, rs2))],
});

export const minu = instruction({
  mnemonic: 'minu',
  encoding: rType('0000101 ..... ..... 101 ..... 0110011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'The smaller of rs1 and rs2, unsigned.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, select(compare('ltu', rs1, rs2), rs1, rs2))],
});

export const max = instruction({
  mnemonic: 'max',
  encoding: rType('0000101 ..... ..... 110 ..... 0110011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'The greater of rs1 and rs2, signed.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, select(compare('ge', rs1, rs2), rs1, rs2))],
});

export const maxu = instruction({
  mnemonic: 'maxu',
  encoding: rType('0000101 ..... ..... 111 ..... 0110011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'The greater of rs1 and rs2, unsigned.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, select(compare('geu', rs1, rs2), rs1, rs2))],
});

export const sextB = instruction({
  mnemonic: 'sext.b',
  encoding: rType('0110000 00100 ..... 001 ..... 0010011'),
  syntax: '{rd}, {rs1}',
  summary: 'Sign-extends the low byte of rs1.',
  semantics: ({ rd, rs1 }) => [setX(rd, signExtend(8, rs1))],
});

export const sextH = instruction({
  mnemonic: 'sext.h',
  encoding: rType('0110000 00101 ..... 001 ..... 0010011'),
  syntax: '{rd}, {rs1}',
  summary: 'Sign-extends the low half-word of rs1.',
  semantics: ({ rd, rs1 }) => [setX(rd, signExtend(16, rs1))],
});

export const zextH = instruction({
  mnemonic: 'zext.h',
  encoding: rType('0000100 00000 ..... 100 ..... 0111011'),
  syntax: '{rd}, {rs1}',
  summary: 'Zero-extends the low half-word of rs1.',
  semantics: ({ rd, rs1 }) => [setX(rd, zeroExtend(16, rs1))],
});

export const rol = instruction({
  mnemonic: 'rol',
  encoding: rType('0110000 ..... ..... 001 ..... 0110011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'Rotates rs1 left by the low six bits of rs2.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, binary('rotl', rs1, rs2))],
});

export const ror = instruction({
  mnemonic: 'ror',
  encoding: rType('0110000 ..... ..... 101 ..... 0110011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'Rotates rs1 right by the low six bits of rs2.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, binary('rotr', rs1, rs2))],
});

export const rori = instruction({
  mnemonic: 'rori',
  encoding: shiftType('011000 ...... ..... 101 ..... 0010011'),
  syntax: '{rd}, {rs1}, {shamt}',
  summary: 'Rotates rs1 right by a constant.',
  semantics: ({ rd, rs1, imm }) => [setX(rd, binary('rotr', rs1, imm))],
});

export const rolw = instruction({
  mnemonic: 'rolw',
  encoding: rType('0110000 ..... ..... 001 ..... 0111011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'Rotates the low word of rs1 left by the low five bits of rs2.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, signExtend(32, binary('rotl', twice(rs1), rs2)))],
});

export const rorw = instruction({
  mnemonic: 'rorw',
  encoding: rType('0110000 ..... ..... 101 ..... 0111011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'Rotates the low word of rs1 right by the low five bits of rs2.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, signExtend(32, binary('rotr', twice(rs1), rs2)))],
});

export const roriw = instruction({
  mnemonic: 'roriw',
  encoding: shiftType('0110000 ..... ..... 101 ..... 0011011'),
  syntax: '{rd}, {rs1}, {shamt}',
  summary: 'Rotates the low word of rs1 right by a constant.',
  semantics: ({ rd, rs1, imm }) => [setX(rd, signExtend(32, binary('rotr', twice(rs1), imm)))],
});

export const orcB = instruction({
  mnemonic: 'orc.b',
  encoding: rType('0010100 00111 ..... 101 ..... 0010011'),
  syntax: '{rd}, {rs1}',
  summary: 'Sets each byte to all ones where it is not zero.',
  semantics: ({ rd, rs1 }) => [setX(rd, unary('orBytes', rs1))],
});

export const rev8 = instruction({
  mnemonic: 'rev8',
  encoding: rType('0110101 11000 ..... 101 ..... 0010011'),
  syntax: '{rd}, {rs1}',
  summary: 'Reverses the order of the bytes.',
  semantics: ({ rd, rs1 }) => [setX(rd, unary('reverseBytes', rs1))],
});

function inverse(value: Value): Value {
  return binary('xor', value, constant(-1n));
}

/** The low word in both halves: a rotation of that rotates the word, by an amount modulo 32. */
function twice(value: Value): Value {
  return binary('or', zeroExtend(32, value), binary('sll', value, constant(32)));
}
