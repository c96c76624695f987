import { describing } from '../description.ts';
import { bType, iType, jType } from '../formats.ts';
import { add, binary, branch, compare, constant, jump, nextPc, operation, pc, setX } from '../semantics.ts';

const instruction = describing('I');

export const jal = instruction({
  mnemonic: 'jal',
  encoding: jType('.................... ..... 1101111'),
  syntax: '{rd}, {target}',
  summary: 'Jumps to pc + imm; rd gets the address of the next instruction.',
  semantics: ({ rd, imm }) => [jump(add(pc, imm)), setX(rd, nextPc)],
});

export const jalr = instruction({
  mnemonic: 'jalr',
  encoding: iType('............ ..... 000 ..... 1100111'),
  syntax: '{rd}, {imm}({rs1})',
  summary: 'Jumps to rs1 + imm with bit 0 cleared; rd gets the address of the next instruction.',
  semantics: ({ rd, rs1, imm }) => [jump(binary('and', add(rs1, imm), constant(-2))), setX(rd, nextPc)],
});

export const beq = instruction({
  mnemonic: 'beq',
  encoding: bType('....... ..... ..... 000 ..... 1100011'),
  syntax: '{rs1}, {rs2}, {target}',
  summary: 'Branches to pc + imm where rs1 equals rs2.',
  semantics: ({ rs1, rs2, imm }) => [branch(compare('eq', rs1, rs2), add(pc, imm))],
});

export const bne = instruction({
  mnemonic: 'bne',
  encoding: bType('....... ..... ..... 001 ..... 1100011'),
  syntax: '{rs1}, {rs2}, {target}',
  summary: 'Branches to pc + imm where rs1 differs from rs2.',
  semantics: ({ rs1, rs2, imm }) => [branch(compare('ne', rs1, rs2), add(pc, imm))],
});

export const blt = instruction({
  mnemonic: 'blt',
  encoding: bType('....... ..... ..... 100 ..... 1100011'),
  syntax: '{rs1}, {rs2}, {target}',
  summary: 'Branches to pc + imm where rs1 is less than rs2, both signed.',
  semantics: ({ rs1, rs2, imm }) => [branch(compare('lt', rs1, rs2), add(pc, imm))],
});

export const bge = instruction({
  mnemonic: 'bge',
  encoding: bType('....... ..... ..... 101 ..... 1100011'),
  syntax: '{rs1}, {rs2}, {target}',
  summary: 'Branches to pc + imm where rs1 is not less than rs2, both signed.',
  semantics: ({ rs1, rs2, imm }) => [branch(compare('ge', rs1, rs2), add(pc, imm))],
});

export const bltu = instruction({
  mnemonic: 'bltu',
  encoding: bType('....... ..... ..... 110 ..... 1100011'),
  syntax: '{rs1}, {rs2}, {target}',
  summary: 'Branches to pc + imm where rs1 is less than rs2, both unsigned.',
  semantics: ({ rs1, rs2, imm }) => [branch(compare('ltu', rs1, rs2), add(pc, imm))],
});

export const bgeu = instruction({
  mnemonic: 'bgeu',
  encoding: bType('....... ..... ..... 111 ..... 1100011'),
  syntax: '{rs1}, {rs2}, {target}',
  summary: 'Branches to pc + imm where rs1 is not less than rs2, both unsigned.',
  semantics: ({ rs1, rs2, imm }) => [branch(compare('geu', rs1, rs2), add(pc, imm))],
});

export const ecall = instruction({
  mnemonic: 'ecall',
  encoding: iType('000000000000 00000 000 00000 1110011'),
  syntax: '',
  summary: 'Calls the execution environment: an environment-call exception.',
  semantics: () => [operation('ecall')],
});

export const ebreak = instruction({
  mnemonic: 'ebreak',
  encoding: iType('000000000001 00000 000 00000 1110011'),
  syntax: '',
  summary: 'Returns control to a debugging environment: a breakpoint exception.',
  semantics: () => [operation('ebreak')],
});
