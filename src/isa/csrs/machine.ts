import { bit, bits, csr, readOnly } from '../csr-description.ts';
import { everyExtension } from '../configuration/isa.ts';
import {
  cacheBlockFields,
  causeFields,
  delegatedExceptions,
  interruptFields,
  trapVectorFields,
} from './shared-fields.ts';

const xlen64 = { ...readOnly, values: { 2: '64' } };
const extensionStates = { values: { 0: 'Off', 1: 'Initial', 2: 'Clean', 3: 'Dirty' } };

export const mstatus = csr({
  name: 'mstatus',
  address: 0x300,
  summary:
    'Status of the hart: interrupt enables, the stack of modes before traps, and what memory accesses may do.',
  source: 'Priv. machine level, mstatus',
  reset: 0xa_0000_0000n,
  fields: [
    bit('SIE', 1, 'Are interrupts enabled in S mode?'),
    bit('MIE', 3, 'Are interrupts enabled in M mode?'),
    bit('SPIE', 5, 'SIE before the trap into S mode.'),
    bit('UBE', 6, 'Are data accesses in U mode big-endian?', readOnly),
    bit('MPIE', 7, 'MIE before the trap into M mode.'),
    bit('SPP', 8, 'Mode before the trap into S mode.', { values: { 0: 'U', 1: 'S' } }),
    bits('VS', 10, 9, 'State of the vector unit.', { ...readOnly, ...extensionStates }),
    bits('MPP', 12, 11, 'Mode before the trap into M mode.', {
      legal: [0, 1, 3],
      values: { 0: 'U', 1: 'S', 3: 'M' },
    }),
    bits('FS', 14, 13, 'State of the floating-point unit.', { ...extensionStates, needs: ['F'] }),
    bits('XS', 16, 15, 'State of additional user extensions.', { ...readOnly, ...extensionStates }),
    bit('MPRV', 17, 'Do loads and stores in M mode act as in the mode of MPP and MPV?'),
    bit('SUM', 18, 'May S mode access pages of U mode?'),
    bit('MXR', 19, 'May loads read pages that are only executable?'),
    bit('TVM', 20, 'Trap satp, hgatp, SFENCE.VMA and HFENCE.GVMA in HS mode.'),
    bit('TW', 21, 'Trap WFI below M mode.'),
    bit('TSR', 22, 'Trap SRET in HS mode.'),
    bits('UXL', 33, 32, 'Register width in U mode.', xlen64),
    bits('SXL', 35, 34, 'Register width in S mode.', xlen64),
    bit('SBE', 36, 'Are data accesses in S mode big-endian?', readOnly),
    bit('MBE', 37, 'Are data accesses in M mode big-endian?', readOnly),
    bit('GVA', 38, 'Is mtval a guest virtual address?', { needs: ['H'] }),
    bit('MPV', 39, 'Virtualization mode before the trap into M mode.', { needs: ['H'] }),
    bit('SD', 63, 'Is FS, VS or XS Dirty?', readOnly),
  ],
});

export const misa = csr({
  name: 'misa',
  address: 0x301,
  summary: 'The base ISA and extensions of this hart; read-only here.',
  source: 'Priv. machine level, misa',
  reset: everyExtension.misa,
  fields: [
    bits('MXL', 63, 62, 'Register width in M mode.', xlen64),
    bits('Extensions', 25, 0, 'A bit for each extension: A is 0, Z is 25.', readOnly),
  ],
});

/** Every standard exception but the call from M mode, which nobody below M can raise (Priv. machine level, medeleg). */
export const medeleg = csr({
  name: 'medeleg',
  address: 0x302,
  summary: 'Exceptions that go to HS mode (or, by hedeleg, below) instead of M mode.',
  source: 'Priv. machine level, medeleg',
  fields: delegatedExceptions([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 15, 20, 21, 22, 23]),
});

/** Priv. hypervisor, mideleg: the bits of VS-level interrupts are read-only one. */
export const mideleg = csr({
  name: 'mideleg',
  address: 0x303,
  summary: 'Interrupts that go to HS mode (or, by hideleg, below) instead of M mode.',
  source: 'Priv. machine level, mideleg',
  reset: 0x444n,
  fields: interruptFields('D', [1, 2, 5, 6, 9, 10, 13], [1, 5, 9, 13]),
});

export const mie = csr({
  name: 'mie',
  address: 0x304,
  summary: 'Interrupts that are enabled.',
  source: 'Priv. machine level, mie',
  fields: interruptFields('E', [1, 2, 3, 5, 6, 7, 9, 10, 11, 13]),
});

export const mtvec = csr({
  name: 'mtvec',
  address: 0x305,
  summary: 'Where traps into M mode go.',
  source: 'Priv. machine level, mtvec',
  fields: trapVectorFields,
});

export const mscratch = csr({
  name: 'mscratch',
  address: 0x340,
  summary: 'A word for the M-mode trap handler.',
  source: 'Priv. machine level, mscratch',
});

export const mepc = csr({
  name: 'mepc',
  address: 0x341,
  summary: 'Address of the instruction that trapped or was interrupted, for M mode.',
  source: 'Priv. machine level, mepc',
  writable: 0xffff_ffff_ffff_fffen,
  holdsPc: true,
});

export const mcause = csr({
  name: 'mcause',
  address: 0x342,
  summary: 'Why M mode was entered.',
  source: 'Priv. machine level, mcause',
  fields: causeFields,
});

export const mtval = csr({
  name: 'mtval',
  address: 0x343,
  summary: 'Faulting address or instruction of the trap into M mode.',
  source: 'Priv. machine level, mtval',
});

/** STIP is read-only while menvcfg.STCE is 1 (Sstc); VSSIP is hvip's; the machine-level bits are lines from devices. */
export const mip = csr({
  name: 'mip',
  address: 0x344,
  summary: 'Interrupts that are pending.',
  source: 'Priv. machine level, mip',
  fields: interruptFields('P', [1, 2, 3, 5, 6, 7, 9, 10, 11, 13], [1, 2, 5, 9, 13]),
});

export const mtinst = csr({
  name: 'mtinst',
  address: 0x34a,
  needs: ['H'],
  summary: 'The instruction that trapped into M mode, transformed, or 0.',
  source: 'Priv. hypervisor, mtinst',
});

export const mtval2 = csr({
  name: 'mtval2',
  address: 0x34b,
  needs: ['H'],
  summary: 'Guest-physical address, shifted right by 2, of a guest-page fault into M mode.',
  source: 'Priv. hypervisor, mtval2',
});

/** ADUE is 1 at first, so that page tables of programs that know nothing of it need no A and D bits. */
export const menvcfg = csr({
  name: 'menvcfg',
  address: 0x30a,
  summary: 'What less privileged modes find in their environment.',
  source: 'Priv. machine level, menvcfg',
  reset: 1n << 61n,
  fields: [
    bit('FIOM', 0, 'Do fences of I/O below M mode order memory, too?'),
    ...cacheBlockFields('below M mode'),
    bit(
      'ADUE',
      61,
      'Are A and D bits of the S-stage and G-stage set by hardware? Where not, they fault while clear.',
      { needs: ['Svadu'] },
    ),
    bit('PBMTE', 62, 'May entries of the S-stage and G-stage name a memory type (Svpbmt)?', {
      needs: ['Svpbmt'],
    }),
    bit('STCE', 63, 'Do stimecmp and vstimecmp work?', { needs: ['Sstc'] }),
  ],
});

export const mvendorid = csr({
  name: 'mvendorid',
  address: 0xf11,
  summary: 'JEDEC number of the vendor; 0: not a commercial implementation.',
  source: 'Priv. machine level, mvendorid',
});

export const marchid = csr({
  name: 'marchid',
  address: 0xf12,
  summary: 'Number of the microarchitecture; 0: none assigned.',
  source: 'Priv. machine level, marchid',
});

export const mimpid = csr({
  name: 'mimpid',
  address: 0xf13,
  summary: 'Version of the implementation; 0: none.',
  source: 'Priv. machine level, mimpid',
});

export const mhartid = csr({
  name: 'mhartid',
  address: 0xf14,
  summary: 'Number of this hart.',
  source: 'Priv. machine level, mhartid',
});

export const mconfigptr = csr({
  name: 'mconfigptr',
  address: 0xf15,
  summary: 'Address of the configuration data structure; 0: none.',
  source: 'Priv. machine level, mconfigptr',
});
