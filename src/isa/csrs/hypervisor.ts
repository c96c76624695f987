import { bit, bits, csr, readOnly } from '../csr-description.ts';
import { secondStageSchemes } from '../translation-schemes.ts';
import { machineGuard } from './state-enable.ts';
import {
  cacheBlockFields,
  delegatedExceptions,
  interruptFields,
  translationModeField,
} from './shared-fields.ts';

const virtualInterrupts = [2, 6, 10];

export const hstatus = csr({
  name: 'hstatus',
  address: 0x600,
  needs: ['H'],
  summary: 'What a hypervisor traps of its guest, and from where the last trap came.',
  source: 'Priv. hypervisor, hstatus',
  reset: 0x2_0000_0000n,
  fields: [
    bit('VSBE', 5, 'Are accesses in VS mode big-endian?', readOnly),
    bit('GVA', 6, 'Is stval a guest virtual address?'),
    bit('SPV', 7, 'Virtualization mode before the trap into HS mode; SRET restores it.'),
    bit('SPVP', 8, 'Mode before the trap from a guest, and the mode whose rights HLV and HSV have.', {
      values: { 0: 'VU', 1: 'VS' },
    }),
    bit('HU', 9, 'May U mode use HLV, HLVX and HSV?'),
    bits('VGEIN', 17, 12, 'Guest external interrupt of this guest; GEILEN is 0 here.', readOnly),
    bit('VTVM', 20, 'Trap satp and SFENCE.VMA in VS mode.'),
    bit('VTW', 21, 'Trap WFI in VS mode.'),
    bit('VTSR', 22, 'Trap SRET in VS mode.'),
    bits('VSXL', 33, 32, 'Register width in VS mode.', { ...readOnly, values: { 2: '64' } }),
  ],
});

/** Priv. hypervisor, hedeleg: calls from HS, VS and M mode, guest-page faults and virtual instructions stay with HS mode. */
export const hedeleg = csr({
  name: 'hedeleg',
  address: 0x602,
  needs: ['H'],
  summary: 'Exceptions of a guest that go to VS mode instead of HS mode.',
  source: 'Priv. hypervisor, hedeleg',
  fields: delegatedExceptions([0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 13, 15, 18, 19]),
});

export const hideleg = csr({
  name: 'hideleg',
  address: 0x603,
  needs: ['H'],
  summary: 'Virtual supervisor interrupts that go to VS mode instead of HS mode.',
  source: 'Priv. hypervisor, hideleg',
  fields: interruptFields('D', virtualInterrupts),
});

export const hie = csr({
  name: 'hie',
  address: 0x604,
  needs: ['H'],
  summary: 'Virtual supervisor interrupts that are enabled.',
  source: 'Priv. hypervisor, hie',
  fields: interruptFields('E', virtualInterrupts),
  viewOf: { register: 'mie', mask: 0x444n },
});

export const hgeie = csr({
  name: 'hgeie',
  address: 0x607,
  needs: ['H'],
  summary: 'Guest external interrupts that are enabled; read-only zero, because GEILEN is 0.',
  source: 'Priv. hypervisor, hgeie',
  writable: 0n,
});

/** ADUE is 1 at first, as in menvcfg. */
export const henvcfg = csr({
  name: 'henvcfg',
  address: 0x60a,
  needs: ['H'],
  summary:
    'What a guest finds in its environment. ADUE, PBMTE and STCE are read-only zero while they are 0 in menvcfg.',
  source: 'Priv. hypervisor, henvcfg',
  reset: 1n << 61n,
  guards: [machineGuard(0, 'ENVCFG')],
  fields: [
    bit('FIOM', 0, 'Do fences of I/O in a guest order memory, too?'),
    ...cacheBlockFields('in a guest'),
    bit('ADUE', 61, 'Are A and D bits of the VS-stage set by hardware? Where not, they fault while clear.', {
      needs: ['Svadu'],
    }),
    bit('PBMTE', 62, 'May entries of the VS-stage name a memory type (Svpbmt)?', { needs: ['Svpbmt'] }),
    bit('STCE', 63, 'Does vstimecmp work, as the stimecmp of the guest?', { needs: ['Sstc'] }),
  ],
});

export const htval = csr({
  name: 'htval',
  address: 0x643,
  needs: ['H'],
  summary: 'Guest-physical address, shifted right by 2, of a guest-page fault into HS mode.',
  source: 'Priv. hypervisor, htval',
});

export const hip = csr({
  name: 'hip',
  address: 0x644,
  needs: ['H'],
  summary: 'Virtual supervisor interrupts that are pending.',
  source: 'Priv. hypervisor, hip',
  fields: interruptFields('P', virtualInterrupts, [2]),
  viewOf: { register: 'mip', mask: 0x444n },
});

export const hvip = csr({
  name: 'hvip',
  address: 0x645,
  needs: ['H'],
  summary: 'Interrupts that the hypervisor injects into its guest.',
  source: 'Priv. hypervisor, hvip',
  fields: interruptFields('P', virtualInterrupts),
});

export const htinst = csr({
  name: 'htinst',
  address: 0x64a,
  needs: ['H'],
  summary: 'The instruction that trapped into HS mode, transformed, or 0.',
  source: 'Priv. hypervisor, htinst',
});

/**
 * Other than with satp, a write with an unsupported MODE is not void (Priv. hypervisor, hgatp). Root tables are 16 KiB, so
 * the low two bits of PPN are zero.
 */
export const hgatp = csr({
  name: 'hgatp',
  address: 0x680,
  needs: ['H'],
  summary: 'Root page table and mode of the second stage of translation: guest-physical to physical.',
  source: 'Priv. hypervisor, hgatp',
  fields: [
    translationModeField(secondStageSchemes),
    bits('VMID', 57, 44, 'Number of the virtual machine.'),
    bits('PPN', 43, 0, 'Physical page number of the root page table.'),
  ],
  writable: 0xf3ff_ffff_ffff_fffcn,
  guards: [
    {
      modes: ['HS'],
      field: 'mstatus.TVM',
      equals: 1,
      raises: 'illegal-instruction',
      source: 'Priv. machine level, mstatus.TVM',
    },
  ],
});

export const hgeip = csr({
  name: 'hgeip',
  address: 0xe12,
  needs: ['H'],
  summary: 'Guest external interrupts that are pending; zero, because GEILEN is 0.',
  source: 'Priv. hypervisor, hgeip',
});
