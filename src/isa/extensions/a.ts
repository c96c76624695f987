import { describing } from '../description.ts';
import { amoType } from '../formats.ts';
import { amo, loadReserved, setX, storeConditional } from '../semantics.ts';

const instruction = describing('A');

export const lrW = instruction({
  mnemonic: 'lr.w',
  encoding: amoType('00010 . . 00000 ..... 010 ..... 0101111'),
  syntax: '{rd}, ({rs1})',
  summary: 'Loads a word and reserves its place for sc.w.',
  semantics: ({ rd, rs1 }) => [setX(rd, loadReserved(4, rs1))],
});

export const scW = instruction({
  mnemonic: 'sc.w',
  encoding: amoType('00011 . . ..... ..... 010 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary:
    'Stores a word if the reservation still holds: rd becomes 0; else stores nothing and rd becomes 1.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, storeConditional(4, rs1, rs2))],
});

export const lrD = instruction({
  mnemonic: 'lr.d',
  encoding: amoType('00010 . . 00000 ..... 011 ..... 0101111'),
  syntax: '{rd}, ({rs1})',
  summary: 'Loads a double-word and reserves its place for sc.d.',
  semantics: ({ rd, rs1 }) => [setX(rd, loadReserved(8, rs1))],
});

export const scD = instruction({
  mnemonic: 'sc.d',
  encoding: amoType('00011 . . ..... ..... 011 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary:
    'Stores a double-word if the reservation still holds: rd becomes 0; else stores nothing and rd becomes 1.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, storeConditional(8, rs1, rs2))],
});

export const amoswapW = instruction({
  mnemonic: 'amoswap.w',
  encoding: amoType('00001 . . ..... ..... 010 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary: 'Loads a word into rd and swaps rs2 in, as one access.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, amo('swap', 4, rs1, rs2))],
});

export const amoaddW = instruction({
  mnemonic: 'amoadd.w',
  encoding: amoType('00000 . . ..... ..... 010 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary: 'Loads a word into rd and adds rs2 to it, as one access.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, amo('add', 4, rs1, rs2))],
});

export const amoxorW = instruction({
  mnemonic: 'amoxor.w',
  encoding: amoType('00100 . . ..... ..... 010 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary: 'Loads a word into rd and stores its exclusive or with rs2, as one access.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, amo('xor', 4, rs1, rs2))],
});

export const amoandW = instruction({
  mnemonic: 'amoand.w',
  encoding: amoType('01100 . . ..... ..... 010 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary: 'Loads a word into rd and stores its and with rs2, as one access.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, amo('and', 4, rs1, rs2))],
});

export const amoorW = instruction({
  mnemonic: 'amoor.w',
  encoding: amoType('01000 . . ..... ..... 010 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary: 'Loads a word into rd and stores its or with rs2, as one access.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, amo('or', 4, rs1, rs2))],
});

export const amominW = instruction({
  mnemonic: 'amomin.w',
  encoding: amoType('10000 . . ..... ..... 010 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary: 'Loads a word into rd and stores the lesser of it and rs2, signed, as one access.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, amo('min', 4, rs1, rs2))],
});

export const amomaxW = instruction({
  mnemonic: 'amomax.w',
  encoding: amoType('10100 . . ..... ..... 010 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary: 'Loads a word into rd and stores the greater of it and rs2, signed, as one access.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, amo('max', 4, rs1, rs2))],
});

export const amominuW = instruction({
  mnemonic: 'amominu.w',
  encoding: amoType('11000 . . ..... ..... 010 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary: 'Loads a word into rd and stores the lesser of it and rs2, unsigned, as one access.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, amo('minu', 4, rs1, rs2))],
});

export const amomaxuW = instruction({
  mnemonic: 'amomaxu.w',
  encoding: amoType('11100 . . ..... ..... 010 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary: 'Loads a word into rd and stores the greater of it and rs2, unsigned, as one access.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, amo('maxu', 4, rs1, rs2))],
});

export const amoswapD = instruction({
  mnemonic: 'amoswap.d',
  encoding: amoType('00001 . . ..... ..... 011 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary: 'Loads a double-word into rd and swaps rs2 in, as one access.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, amo('swap', 8, rs1, rs2))],
});

export const amoaddD = instruction({
  mnemonic: 'amoadd.d',
  encoding: amoType('00000 . . ..... ..... 011 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary: 'Loads a double-word into rd and adds rs2 to it, as one access.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, amo('add', 8, rs1, rs2))],
});

export const amoxorD = instruction({
  mnemonic: 'amoxor.d',
  encoding: amoType('00100 . . ..... ..... 011 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary: 'Loads a double-word into rd and stores its exclusive or with rs2, as one access.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, amo('xor', 8, rs1, rs2))],
});

export const amoandD = instruction({
  mnemonic: 'amoand.d',
  encoding: amoType('01100 . . ..... ..... 011 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary: 'Loads a double-word into rd and stores its and with rs2, as one access.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, amo('and', 8, rs1, rs2))],
});

export const amoorD = instruction({
  mnemonic: 'amoor.d',
  encoding: amoType('01000 . . ..... ..... 011 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary: 'Loads a double-word into rd and stores its or with rs2, as one access.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, amo('or', 8, rs1, rs2))],
});

export const amominD = instruction({
  mnemonic: 'amomin.d',
  encoding: amoType('10000 . . ..... ..... 011 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary: 'Loads a double-word into rd and stores the lesser of it and rs2, signed, as one access.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, amo('min', 8, rs1, rs2))],
});

export const amomaxD = instruction({
  mnemonic: 'amomax.d',
  encoding: amoType('10100 . . ..... ..... 011 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary: 'Loads a double-word into rd and stores the greater of it and rs2, signed, as one access.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, amo('max', 8, rs1, rs2))],
});

export const amominuD = instruction({
  mnemonic: 'amominu.d',
  encoding: amoType('11000 . . ..... ..... 011 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary: 'Loads a double-word into rd and stores the lesser of it and rs2, unsigned, as one access.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, amo('minu', 8, rs1, rs2))],
});

export const amomaxuD = instruction({
  mnemonic: 'amomaxu.d',
  encoding: amoType('11100 . . ..... ..... 011 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary: 'Loads a double-word into rd and stores the greater of it and rs2, unsigned, as one access.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, amo('maxu', 8, rs1, rs2))],
});
