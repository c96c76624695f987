import { bit, bits, csr } from '../csr-description.ts';
import { firstStageSchemes } from '../translation-schemes.ts';
import {
  cacheBlockFields,
  causeFields,
  interruptFields,
  translationModeField,
  trapVectorFields,
} from './shared-fields.ts';
import { supervisorStatusFields } from './supervisor-status.ts';
import { stateEnableGuards } from './state-enable.ts';

export const sstatus = csr({
  name: 'sstatus',
  address: 0x100,
  summary: 'The part of mstatus that S mode may see.',
  source: 'Priv. supervisor level, sstatus',
  reset: 0x2_0000_0000n,
  fields: supervisorStatusFields,
  virtualAlias: 'vsstatus',
  viewOf: { register: 'mstatus', mask: 0x8000_0003_000d_e762n },
});

export const sie = csr({
  name: 'sie',
  address: 0x104,
  summary: 'Supervisor interrupts that are enabled: those of mie that mideleg hands down.',
  source: 'Priv. supervisor level, sie',
  fields: interruptFields('E', [1, 5, 9, 13]),
  virtualAlias: 'vsie',
  viewOf: { register: 'mie', mask: 0x2222n, gate: 'mideleg' },
});

export const stvec = csr({
  name: 'stvec',
  address: 0x105,
  summary: 'Where traps into S mode go.',
  source: 'Priv. supervisor level, stvec',
  fields: trapVectorFields,
  virtualAlias: 'vstvec',
});

export const senvcfg = csr({
  name: 'senvcfg',
  address: 0x10a,
  summary: 'What U mode finds in its environment.',
  source: 'Priv. supervisor level, senvcfg',
  guards: stateEnableGuards(0, 'ENVCFG'),
  fields: [
    bit('FIOM', 0, 'Do fences of I/O in U mode order memory, too?'),
    ...cacheBlockFields('in U mode and VU mode'),
  ],
});

export const sscratch = csr({
  name: 'sscratch',
  address: 0x140,
  summary: 'A word for the S-mode trap handler.',
  source: 'Priv. supervisor level, sscratch',
  virtualAlias: 'vsscratch',
});

export const sepc = csr({
  name: 'sepc',
  address: 0x141,
  summary: 'Address of the instruction that trapped or was interrupted, for S mode.',
  source: 'Priv. supervisor level, sepc',
  writable: 0xffff_ffff_ffff_fffen,
  holdsPc: true,
  virtualAlias: 'vsepc',
});

export const scause = csr({
  name: 'scause',
  address: 0x142,
  summary: 'Why S mode was entered.',
  source: 'Priv. supervisor level, scause',
  fields: causeFields,
  virtualAlias: 'vscause',
});

export const stval = csr({
  name: 'stval',
  address: 0x143,
  summary: 'Faulting address or instruction of the trap into S mode.',
  source: 'Priv. supervisor level, stval',
  virtualAlias: 'vstval',
});

export const sip = csr({
  name: 'sip',
  address: 0x144,
  summary: 'Supervisor interrupts that are pending: those of mip that mideleg hands down.',
  source: 'Priv. supervisor level, sip',
  fields: interruptFields('P', [1, 5, 9, 13], [1, 13]),
  virtualAlias: 'vsip',
  viewOf: { register: 'mip', mask: 0x2222n, gate: 'mideleg' },
});

/** A write with an unsupported MODE has no effect at all (Priv. supervisor level, satp). */
export const satp = csr({
  name: 'satp',
  address: 0x180,
  summary: 'Root page table and mode of address translation.',
  source: 'Priv. supervisor level, satp',
  fields: [
    translationModeField(firstStageSchemes),
    bits('ASID', 59, 44, 'Number of the address space.'),
    bits('PPN', 43, 0, 'Physical page number of the root page table.'),
  ],
  voidsIllegalWrites: true,
  virtualAlias: 'vsatp',
  guards: [
    {
      modes: ['HS'],
      field: 'mstatus.TVM',
      equals: 1,
      raises: 'illegal-instruction',
      source: 'Priv. machine level, mstatus.TVM',
    },
    {
      modes: ['VS'],
      field: 'hstatus.VTVM',
      equals: 1,
      raises: 'virtual-instruction',
      source: 'Priv. hypervisor, hstatus',
    },
  ],
});
