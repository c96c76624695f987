import { describing } from '../description.ts';
import { amoType } from '../formats.ts';
import { amo, loadReserved, setX, storeConditional } from '../semantics.ts';

const reserving = describing('Zalrsc');
const modifying = describing('Zaamo');

export const lrW = reserving({
  mnemonic: 'lr.w',
  encoding: amoType('00010 . . 00000 ..... 010 ..... 0101111'),
  syntax: '{rd}, ({rs1})',
  summary: 'Loads a word and reserves its place for sc.w.',
  semantics: ({ rd, rs1 }) => [setX(rd, loadReserved(4, rs1))],
});

export const scW = reserving({
  mnemonic: 'sc.w',
  encoding: amoType('00011 . . ..... ..... 010 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary:
    'Stores a word if the reservation still holds: rd becomes 0; else stores nothing and rd becomes 1.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, storeConditional(4, rs1, rs2))],
});

export const lrD = reserving({
  mnemonic: 'lr.d',
  encoding: amoType('00010 . . 00000 ..... 011 ..... 0101111'),
  syntax: '{rd}, ({rs1})',
  summary: 'Loads a double-word and reserves its place for sc.d.',
  semantics: ({ rd, rs1 }) => [setX(rd, loadReserved(8, rs1))],
});

export const scD = reserving({
  mnemonic: 'sc.d',
  encoding: amoType('00011 . . ..... ..... 011 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary:
    'Stores a double-word if the reservation still holds: rd becomes 0; else stores nothing and rd becomes 1.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, storeConditional(8, rs1, rs2))],
});

export const amoswapW = modifying({
  mnemonic: 'amoswap.w',
  encoding: amoType('00001 . . ..... ..... 010 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary: 'Loads a word into rd and swaps rs2 in, as one access.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, amo('swap', 4, rs1, rs2))],
});

export const amoaddW = modifying({
  mnemonic: 'amoadd.w',
  encoding: amoType('00000 . . ..... ..... 010 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary: 'Loads a word into rd and adds rs2 to it, as one access.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, amo('add', 4, rs1, rs2))],
});

export const amoxorW = modifying({
  mnemonic: 'amoxor.w',
  encoding: amoType('00100 . . ..... ..... 010 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary: 'Loads a word into rd and stores its exclusive or with rs2, as one access.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, amo('xor', 4, rs1, rs2))],
});

export const amoandW = modifying({
  mnemonic: 'amoand.w',
  encoding: amoType('01100 . . ..... ..... 010 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary: 'Loads a word into rd and stores its and with rs2, as one access.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, amo('and', 4, rs1, rs2))],
});

export const amoorW = modifying({
  mnemonic: 'amoor.w',
  encoding: amoType('01000 . . ..... ..... 010 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary: 'Loads a word into rd and stores its or with rs2, as one access.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, amo('or', 4, rs1, rs2))],
});

export const amominW = modifying({
  mnemonic: 'amomin.w',
  encoding: amoType('10000 . . ..... ..... 010 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary: 'Loads a word into rd and stores the lesser of it and rs2, signed, as one access.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, amo('min', 4, rs1, rs2))],
});

export const amomaxW = modifying({
  mnemonic: 'amomax.w',
  encoding: amoType('10100 . . ..... ..... 010 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary: 'Loads a word into rd and stores the greater of it and rs2, signed, as one access.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, amo('max', 4, rs1, rs2))],
});

export const amominuW = modifying({
  mnemonic: 'amominu.w',
  encoding: amoType('11000 . . ..... ..... 010 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary: 'Loads a word into rd and stores the lesser of it and rs2, unsigned, as one access.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, amo('minu', 4, rs1, rs2))],
});

export const amomaxuW = modifying({
  mnemonic: 'amomaxu.w',
  encoding: amoType('11100 . . ..... ..... 010 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary: 'Loads a word into rd and stores the greater of it and rs2, unsigned, as one access.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, amo('maxu', 4, rs1, rs2))],
});

export const amoswapD = modifying({
  mnemonic: 'amoswap.d',
  encoding: amoType('00001 . . ..... ..... 011 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary: 'Loads a double-word into rd and swaps rs2 in, as one access.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, amo('swap', 8, rs1, rs2))],
});

export const amoaddD = modifying({
  mnemonic: 'amoadd.d',
  encoding: amoType('00000 . . ..... ..... 011 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary: 'Loads a double-word into rd and adds rs2 to it, as one access.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, amo('add', 8, rs1, rs2))],
});

export const amoxorD = modifying({
  mnemonic: 'amoxor.d',
  encoding: amoType('00100 . . ..... ..... 011 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary: 'Loads a double-word into rd and stores its exclusive or with rs2, as one access.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, amo('xor', 8, rs1, rs2))],
});

export const amoandD = modifying({
  mnemonic: 'amoand.d',
  encoding: amoType('01100 . . ..... ..... 011 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary: 'Loads a double-word into rd and stores its and with rs2, as one access.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, amo('and', 8, rs1, rs2))],
});

export const amoorD = modifying({
  mnemonic: 'amoor.d',
  encoding: amoType('01000 . . ..... ..... 011 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary: 'Loads a double-word into rd and stores its or with rs2, as one access.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, amo('or', 8, rs1, rs2))],
});

export const amominD = modifying({
  mnemonic: 'amomin.d',
  encoding: amoType('10000 . . ..... ..... 011 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary: 'Loads a double-word into rd and stores the lesser of it and rs2, signed, as one access.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, amo('min', 8, rs1, rs2))],
});

export const amomaxD = modifying({
  mnemonic: 'amomax.d',
  encoding: amoType('10100 . . ..... ..... 011 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary: 'Loads a double-word into rd and stores the greater of it and rs2, signed, as one access.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, amo('max', 8, rs1, rs2))],
});

export const amominuD = modifying({
  mnemonic: 'amominu.d',
  encoding: amoType('11000 . . ..... ..... 011 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary: 'Loads a double-word into rd and stores the lesser of it and rs2, unsigned, as one access.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, amo('minu', 8, rs1, rs2))],
});

export const amomaxuD = modifying({
  mnemonic: 'amomaxu.d',
  encoding: amoType('11100 . . ..... ..... 011 ..... 0101111'),
  syntax: '{rd}, {rs2}, ({rs1})',
  summary: 'Loads a double-word into rd and stores the greater of it and rs2, unsigned, as one access.',
  semantics: ({ rd, rs1, rs2 }) => [setX(rd, amo('maxu', 8, rs1, rs2))],
});
