import { csr } from '../csr-description.ts';
import { interruptFields } from './shared-fields.ts';
import { satp, scause, stvec } from './supervisor.ts';
import { supervisorStatusFields } from './supervisor-status.ts';

/** Takes the place of sstatus while V = 1; unlike it, a register of its own. */
export const vsstatus = csr({
  name: 'vsstatus',
  address: 0x200,
  needs: ['H'],
  summary: "The guest kernel's sstatus.",
  source: 'Priv. hypervisor, vsstatus',
  reset: 0x2_0000_0000n,
  fields: supervisorStatusFields,
});

export const vsie = csr({
  name: 'vsie',
  address: 0x204,
  needs: ['H'],
  summary:
    "The guest kernel's sie: the virtual supervisor interrupts that hideleg hands down, one bit lower.",
  source: 'Priv. hypervisor, vsie',
  fields: interruptFields('E', [1, 5, 9]),
  viewOf: { register: 'mie', mask: 0x444n, shift: 1, gate: 'hideleg' },
});

export const vstvec = csr({
  name: 'vstvec',
  address: 0x205,
  needs: ['H'],
  summary: "The guest kernel's stvec.",
  source: 'Priv. hypervisor, vstvec',
  fields: stvec.fields,
});

export const vsscratch = csr({
  name: 'vsscratch',
  address: 0x240,
  needs: ['H'],
  summary: "The guest kernel's sscratch.",
  source: 'Priv. hypervisor, vsscratch',
});

export const vsepc = csr({
  name: 'vsepc',
  address: 0x241,
  needs: ['H'],
  summary: "The guest kernel's sepc.",
  source: 'Priv. hypervisor, vsepc',
  writable: 0xffff_ffff_ffff_fffen,
  holdsPc: true,
});

export const vscause = csr({
  name: 'vscause',
  address: 0x242,
  needs: ['H'],
  summary: "The guest kernel's scause.",
  source: 'Priv. hypervisor, vscause',
  fields: scause.fields,
});

export const vstval = csr({
  name: 'vstval',
  address: 0x243,
  needs: ['H'],
  summary: "The guest kernel's stval.",
  source: 'Priv. hypervisor, vstval',
});

export const vsip = csr({
  name: 'vsip',
  address: 0x244,
  needs: ['H'],
  summary:
    "The guest kernel's sip: the virtual supervisor interrupts that hideleg hands down, one bit lower.",
  source: 'Priv. hypervisor, vsip',
  fields: interruptFields('P', [1, 5, 9], [1]),
  viewOf: { register: 'mip', mask: 0x444n, shift: 1, gate: 'hideleg' },
});

/** Priv. hypervisor, vsatp lets an implementation void an unsupported write with V = 0, too, as with satp. */
export const vsatp = csr({
  name: 'vsatp',
  address: 0x280,
  needs: ['H'],
  summary: "The guest kernel's satp: the first stage of translation, guest-virtual to guest-physical.",
  source: 'Priv. hypervisor, vsatp',
  fields: satp.fields,
  voidsIllegalWrites: true,
});
