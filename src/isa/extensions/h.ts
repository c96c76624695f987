import { describing } from '../description.ts';
import { rType } from '../formats.ts';
import type { Guard } from '../instruction.ts';
import { load, operation, setX, store } from '../semantics.ts';

const instruction = describing('H');

const virtualOnes: Guard = {
  modes: ['VS', 'VU'],
  raises: 'virtual-instruction',
  source: 'Priv. hypervisor, trap cause codes',
};
const hypervisorOnly: readonly Guard[] = [
  virtualOnes,
  { modes: ['U'], raises: 'illegal-instruction', source: 'Priv. hypervisor, memory-management fences' },
];
const guestAccess: readonly Guard[] = [
  virtualOnes,
  {
    modes: ['U'],
    field: 'hstatus.HU',
    equals: 0,
    raises: 'illegal-instruction',
    source: 'Priv. hypervisor, virtual-machine loads and stores',
  },
];

export const hlvB = instruction({
  mnemonic: 'hlv.b',
  encoding: rType('0110000 00000 ..... 100 ..... 1110011'),
  syntax: '{rd}, ({rs1})',
  summary: 'Loads a byte, sign-extended, as the guest would.',
  guards: guestAccess,
  semantics: ({ rd, rs1 }) => [setX(rd, load(1, 'signed', rs1, 'hypervisor'))],
});

export const hlvBu = instruction({
  mnemonic: 'hlv.bu',
  encoding: rType('0110000 00001 ..... 100 ..... 1110011'),
  syntax: '{rd}, ({rs1})',
  summary: 'Loads a byte, zero-extended, as the guest would.',
  guards: guestAccess,
  semantics: ({ rd, rs1 }) => [setX(rd, load(1, 'unsigned', rs1, 'hypervisor'))],
});

export const hlvH = instruction({
  mnemonic: 'hlv.h',
  encoding: rType('0110010 00000 ..... 100 ..... 1110011'),
  syntax: '{rd}, ({rs1})',
  summary: 'Loads a half-word, sign-extended, as the guest would.',
  guards: guestAccess,
  semantics: ({ rd, rs1 }) => [setX(rd, load(2, 'signed', rs1, 'hypervisor'))],
});

export const hlvHu = instruction({
  mnemonic: 'hlv.hu',
  encoding: rType('0110010 00001 ..... 100 ..... 1110011'),
  syntax: '{rd}, ({rs1})',
  summary: 'Loads a half-word, zero-extended, as the guest would.',
  guards: guestAccess,
  semantics: ({ rd, rs1 }) => [setX(rd, load(2, 'unsigned', rs1, 'hypervisor'))],
});

export const hlvW = instruction({
  mnemonic: 'hlv.w',
  encoding: rType('0110100 00000 ..... 100 ..... 1110011'),
  syntax: '{rd}, ({rs1})',
  summary: 'Loads a word, sign-extended, as the guest would.',
  guards: guestAccess,
  semantics: ({ rd, rs1 }) => [setX(rd, load(4, 'signed', rs1, 'hypervisor'))],
});

export const hlvWu = instruction({
  mnemonic: 'hlv.wu',
  encoding: rType('0110100 00001 ..... 100 ..... 1110011'),
  syntax: '{rd}, ({rs1})',
  summary: 'Loads a word, zero-extended, as the guest would.',
  guards: guestAccess,
  semantics: ({ rd, rs1 }) => [setX(rd, load(4, 'unsigned', rs1, 'hypervisor'))],
});

export const hlvD = instruction({
  mnemonic: 'hlv.d',
  encoding: rType('0110110 00000 ..... 100 ..... 1110011'),
  syntax: '{rd}, ({rs1})',
  summary: 'Loads a double-word, as the guest would.',
  guards: guestAccess,
  semantics: ({ rd, rs1 }) => [setX(rd, load(8, 'signed', rs1, 'hypervisor'))],
});

export const hlvxHu = instruction({
  mnemonic: 'hlvx.hu',
  encoding: rType('0110010 00011 ..... 100 ..... 1110011'),
  syntax: '{rd}, ({rs1})',
  summary: 'Loads a half-word, zero-extended, where the guest could execute it.',
  guards: guestAccess,
  semantics: ({ rd, rs1 }) => [setX(rd, load(2, 'unsigned', rs1, 'hypervisor-execute'))],
});

export const hlvxWu = instruction({
  mnemonic: 'hlvx.wu',
  encoding: rType('0110100 00011 ..... 100 ..... 1110011'),
  syntax: '{rd}, ({rs1})',
  summary: 'Loads a word, zero-extended, where the guest could execute it.',
  guards: guestAccess,
  semantics: ({ rd, rs1 }) => [setX(rd, load(4, 'unsigned', rs1, 'hypervisor-execute'))],
});

export const hsvB = instruction({
  mnemonic: 'hsv.b',
  encoding: rType('0110001 ..... ..... 100 00000 1110011'),
  syntax: '{rs2}, ({rs1})',
  summary: 'Stores the low byte of rs2, as the guest would.',
  guards: guestAccess,
  semantics: ({ rs1, rs2 }) => [store(1, rs1, rs2, 'hypervisor')],
});

export const hsvH = instruction({
  mnemonic: 'hsv.h',
  encoding: rType('0110011 ..... ..... 100 00000 1110011'),
  syntax: '{rs2}, ({rs1})',
  summary: 'Stores the low half-word of rs2, as the guest would.',
  guards: guestAccess,
  semantics: ({ rs1, rs2 }) => [store(2, rs1, rs2, 'hypervisor')],
});

export const hsvW = instruction({
  mnemonic: 'hsv.w',
  encoding: rType('0110101 ..... ..... 100 00000 1110011'),
  syntax: '{rs2}, ({rs1})',
  summary: 'Stores the low word of rs2, as the guest would.',
  guards: guestAccess,
  semantics: ({ rs1, rs2 }) => [store(4, rs1, rs2, 'hypervisor')],
});

export const hsvD = instruction({
  mnemonic: 'hsv.d',
  encoding: rType('0110111 ..... ..... 100 00000 1110011'),
  syntax: '{rs2}, ({rs1})',
  summary: 'Stores rs2, a double-word, as the guest would.',
  guards: guestAccess,
  semantics: ({ rs1, rs2 }) => [store(8, rs1, rs2, 'hypervisor')],
});

export const hfenceVvma = instruction({
  mnemonic: 'hfence.vvma',
  encoding: rType('0010001 ..... ..... 000 00000 1110011'),
  syntax: '{rs1}, {rs2}',
  summary:
    "Orders stores to the guest kernel's page tables before later translations: of address rs1 (x0: all) in space rs2 (x0: all).",
  guards: hypervisorOnly,
  semantics: () => [operation('hfence.vvma')],
});

export const hfenceGvma = instruction({
  mnemonic: 'hfence.gvma',
  encoding: rType('0110001 ..... ..... 000 00000 1110011'),
  syntax: '{rs1}, {rs2}',
  summary:
    'Orders stores to second-stage page tables before later translations: of guest-physical address rs1 << 2 (x0: all) in machine rs2 (x0: all).',
  guards: [
    ...hypervisorOnly,
    {
      modes: ['HS'],
      field: 'mstatus.TVM',
      equals: 1,
      raises: 'illegal-instruction',
      source: 'Priv. hypervisor, memory-management fences',
    },
  ],
  semantics: () => [operation('hfence.gvma')],
});
