import { describing } from '../description.ts';
import { iType, rType, shiftType } from '../formats.ts';
import { binary, constant, setX, signExtend, zeroExtend, type Value } from '../semantics.ts';

const instruction = describing('I');

/** Unpriv. RV64I: word shifts by a register take the low five bits of rs2. */
const modulo32 = (amount: Value): Value => binary('and', amount, constant(31));

export const addiw = instruction({
  mnemonic: 'addiw',
  encoding: iType('............ ..... 000 ..... 0011011'),
  syntax: '{rd}, {rs1}, {imm}',
  summary: 'Adds a constant to the low word of rs1.',
  semantics: ({ rd, rs1, imm }) => [setX(rd, signExtend(32, binary('add', rs1, imm)))],
});

export const slliw = instruction({
  mnemonic: 'slliw',
  encoding: shiftType('0000000 ..... ..... 001 ..... 0011011'),
  syntax: '{rd}, {rs1}, {shamt}',
  summary: 'Shifts the low word of rs1 left by a constant.',
  semantics: ({ rd, rs1, imm }) => [setX(rd, signExtend(32, binary('sll', rs1, imm)))],
});

export const srliw = instruction({
  mnemonic: 'srliw',
  encoding: shiftType('0000000 ..... ..... 101 ..... 0011011'),
  syntax: '{rd}, {rs1}, {shamt}',
  summary: 'Shifts the low word of rs1 right by a constant, filling with zeros.',
  semantics: ({ rd, rs1, imm }) => [setX(rd, signExtend(32, binary('srl', zeroExtend(32, rs1), imm)))],
});

export const sraiw = instruction({
  mnemonic: 'sraiw',
  encoding: shiftType('0100000 ..... ..... 101 ..... 0011011'),
  syntax: '{rd}, {rs1}, {shamt}',
  summary: 'Shifts the low word of rs1 right by a constant, filling with its sign.',
  semantics: ({ rd, rs1, imm }) => [setX(rd, signExtend(32, binary('sra', signExtend(32, rs1), imm)))],
});

export const addw = instruction({
  mnemonic: 'addw',
  encoding: rType('0000000 ..... ..... 000 ..... 0111011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'Adds the low words of rs1 and rs2.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, signExtend(32, binary('add', rs1, rs2)))],
});

export const subw = instruction({
  mnemonic: 'subw',
  encoding: rType('0100000 ..... ..... 000 ..... 0111011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'Subtracts the low word of rs2 from that of rs1.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, signExtend(32, binary('sub', rs1, rs2)))],
});

export const sllw = instruction({
  mnemonic: 'sllw',
  encoding: rType('0000000 ..... ..... 001 ..... 0111011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'Shifts the low word of rs1 left by the low five bits of rs2.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, signExtend(32, binary('sll', rs1, modulo32(rs2))))],
});

export const srlw = instruction({
  mnemonic: 'srlw',
  encoding: rType('0000000 ..... ..... 101 ..... 0111011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'Shifts the low word of rs1 right by the low five bits of rs2, filling with zeros.',
  semantics: ({ rd, rs1, rs2 }) => [
    setX(rd, signExtend(32, binary('srl', zeroExtend(32, rs1), modulo32(rs2)))),
  ],
});

export const sraw = instruction({
  mnemonic: 'sraw',
  encoding: rType('0100000 ..... ..... 101 ..... 0111011'),
  syntax: '{rd}, {rs1}, {rs2}',
  summary: 'Shifts the low word of rs1 right by the low five bits of rs2, filling with its sign.',
  semantics: ({ rd, rs1, rs2 }) => [
    setX(rd, signExtend(32, binary('sra', signExtend(32, rs1), modulo32(rs2)))),
  ],
});
