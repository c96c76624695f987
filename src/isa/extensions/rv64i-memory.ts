import { describing } from '../description.ts';
import { fenceType, iType, sType } from '../formats.ts';
import { add, load, operation, setX, store } from '../semantics.ts';

const instruction = describing('I');

export const lb = instruction({
  mnemonic: 'lb',
  encoding: iType('............ ..... 000 ..... 0000011'),
  syntax: '{rd}, {imm}({rs1})',
  summary: 'Loads a byte, sign-extended.',
  semantics: ({ rd, rs1, imm }) => [setX(rd, load(1, 'signed', add(rs1, imm)))],
});

export const lh = instruction({
  mnemonic: 'lh',
  encoding: iType('............ ..... 001 ..... 0000011'),
  syntax: '{rd}, {imm}({rs1})',
  summary: 'Loads a half-word, sign-extended.',
  semantics: ({ rd, rs1, imm }) => [setX(rd, load(2, 'signed', add(rs1, imm)))],
});

export const lw = instruction({
  mnemonic: 'lw',
  encoding: iType('............ ..... 010 ..... 0000011'),
  syntax: '{rd}, {imm}({rs1})',
  summary: 'Loads a word, sign-extended.',
  semantics: ({ rd, rs1, imm }) => [setX(rd, load(4, 'signed', add(rs1, imm)))],
});

export const ld = instruction({
  mnemonic: 'ld',
  encoding: iType('............ ..... 011 ..... 0000011'),
  syntax: '{rd}, {imm}({rs1})',
  summary: 'Loads a double-word.',
  semantics: ({ rd, rs1, imm }) => [setX(rd, load(8, 'signed', add(rs1, imm)))],
});

export const lbu = instruction({
  mnemonic: 'lbu',
  encoding: iType('............ ..... 100 ..... 0000011'),
  syntax: '{rd}, {imm}({rs1})',
  summary: 'Loads a byte, zero-extended.',
  semantics: ({ rd, rs1, imm }) => [setX(rd, load(1, 'unsigned', add(rs1, imm)))],
});

export const lhu = instruction({
  mnemonic: 'lhu',
  encoding: iType('............ ..... 101 ..... 0000011'),
  syntax: '{rd}, {imm}({rs1})',
  summary: 'Loads a half-word, zero-extended.',
  semantics: ({ rd, rs1, imm }) => [setX(rd, load(2, 'unsigned', add(rs1, imm)))],
});

export const lwu = instruction({
  mnemonic: 'lwu',
  encoding: iType('............ ..... 110 ..... 0000011'),
  syntax: '{rd}, {imm}({rs1})',
  summary: 'Loads a word, zero-extended.',
  semantics: ({ rd, rs1, imm }) => [setX(rd, load(4, 'unsigned', add(rs1, imm)))],
});

export const sb = instruction({
  mnemonic: 'sb',
  encoding: sType('....... ..... ..... 000 ..... 0100011'),
  syntax: '{rs2}, {imm}({rs1})',
  summary: 'Stores the low byte of rs2.',
  semantics: ({ rs1, rs2, imm }) => [store(1, add(rs1, imm), rs2)],
});

export const sh = instruction({
  mnemonic: 'sh',
  encoding: sType('....... ..... ..... 001 ..... 0100011'),
  syntax: '{rs2}, {imm}({rs1})',
  summary: 'Stores the low half-word of rs2.',
  semantics: ({ rs1, rs2, imm }) => [store(2, add(rs1, imm), rs2)],
});

export const sw = instruction({
  mnemonic: 'sw',
  encoding: sType('....... ..... ..... 010 ..... 0100011'),
  syntax: '{rs2}, {imm}({rs1})',
  summary: 'Stores the low word of rs2.',
  semantics: ({ rs1, rs2, imm }) => [store(4, add(rs1, imm), rs2)],
});

export const sd = instruction({
  mnemonic: 'sd',
  encoding: sType('....... ..... ..... 011 ..... 0100011'),
  syntax: '{rs2}, {imm}({rs1})',
  summary: 'Stores rs2, a double-word.',
  semantics: ({ rs1, rs2, imm }) => [store(8, add(rs1, imm), rs2)],
});

export const fence = instruction({
  mnemonic: 'fence',
  encoding: fenceType('.... .... .... ..... 000 ..... 0001111'),
  syntax: '{pred}, {succ}',
  summary: 'Orders the memory accesses before it (of kinds pred) and after it (of kinds succ).',
  semantics: () => [operation('fence')],
});

export const fenceTso = instruction({
  mnemonic: 'fence.tso',
  encoding: fenceType('1000 0011 0011 00000 000 00000 0001111'),
  syntax: '',
  summary: 'Orders like fence rw, rw, but lets loads after it overtake stores before it.',
  semantics: () => [operation('fence')],
});

export const pause = instruction({
  mnemonic: 'pause',
  encoding: fenceType('0000 0001 0000 00000 000 00000 0001111'),
  syntax: '',
  summary: 'A hint that the hart waits in a loop and may slow down (Zihintpause).',
  semantics: () => [],
});
