import { describing } from '../description.ts';
import { rType } from '../formats.ts';
import { binary, setX, signExtend, zeroExtend } from '../semantics.ts';

const multiplication = describing('Zmmul');
const division = describing('M');

export const mul = multiplication({
  mnemonic: 'mul',
  encoding: rType('0000001 ..... ..... 000 ..... 0110011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'The low 64 bits of rs1 times rs2.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, binary('mul', rs1, rs2))],
});

export const mulh = multiplication({
  mnemonic: 'mulh',
  encoding: rType('0000001 ..... ..... 001 ..... 0110011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'The high 64 bits of rs1 times rs2, both signed.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, binary('mulh', rs1, rs2))],
});

export const mulhsu = multiplication({
  mnemonic: 'mulhsu',
  encoding: rType('0000001 ..... ..... 010 ..... 0110011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'The high 64 bits of rs1 (signed) times rs2 (unsigned).',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, binary('mulhsu', rs1, rs2))],
});

export const mulhu = multiplication({
  mnemonic: 'mulhu',
  encoding: rType('0000001 ..... ..... 011 ..... 0110011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'The high 64 bits of rs1 times rs2, both unsigned.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, binary('mulhu', rs1, rs2))],
});

export const div = division({
  mnemonic: 'div',
  encoding: rType('0000001 ..... ..... 100 ..... 0110011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'The quotient of rs1 by rs2, signed, rounded towards zero; by zero: -1.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, binary('div', rs1, rs2))],
});

export const divu = division({
  mnemonic: 'divu',
  encoding: rType('0000001 ..... ..... 101 ..... 0110011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'The quotient of rs1 by rs2, unsigned; by zero: all ones.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, binary('divu', rs1, rs2))],
});

export const rem = division({
  mnemonic: 'rem',
  encoding: rType('0000001 ..... ..... 110 ..... 0110011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'The remainder of rs1 by rs2, signed; by zero: rs1.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, binary('rem', rs1, rs2))],
});

export const remu = division({
  mnemonic: 'remu',
  encoding: rType('0000001 ..... ..... 111 ..... 0110011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'The remainder of rs1 by rs2, unsigned; by zero: rs1.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, binary('remu', rs1, rs2))],
});

export const mulw = multiplication({
  mnemonic: 'mulw',
  encoding: rType('0000001 ..... ..... 000 ..... 0111011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'The low word of rs1 times rs2, sign-extended.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, signExtend(32, binary('mul', rs1, rs2)))],
});

export const divw = division({
  mnemonic: 'divw',
  encoding: rType('0000001 ..... ..... 100 ..... 0111011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'The quotient of the low words of rs1 and rs2, signed; by zero: -1.',
  semantics: ({ rd, rs1, rs2 }) => [
    setX(rd, signExtend(32, binary('div', signExtend(32, rs1), signExtend(32, rs2)))),
  ],
});

export const divuw = division({
  mnemonic: 'divuw',
  encoding: rType('0000001 ..... ..... 101 ..... 0111011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'The quotient of the low words of rs1 and rs2, unsigned; by zero: all ones.',
  semantics: ({ rd, rs1, rs2 }) => [
    setX(rd, signExtend(32, binary('divu', zeroExtend(32, rs1), zeroExtend(32, rs2)))),
  ],
});

export const remw = division({
  mnemonic: 'remw',
  encoding: rType('0000001 ..... ..... 110 ..... 0111011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'The remainder of the low words of rs1 and rs2, signed; by zero: that of rs1.',
  semantics: ({ rd, rs1, rs2 }) => [
    setX(rd, signExtend(32, binary('rem', signExtend(32, rs1), signExtend(32, rs2)))),
  ],
});

export const remuw = division({
  mnemonic: 'remuw',
  encoding: rType('0000001 ..... ..... 111 ..... 0111011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'The remainder of the low words of rs1 and rs2, unsigned; by zero: that of rs1.',
  semantics: ({ rd, rs1, rs2 }) => [
    setX(rd, signExtend(32, binary('remu', zeroExtend(32, rs1), zeroExtend(32, rs2)))),
  ],
});
