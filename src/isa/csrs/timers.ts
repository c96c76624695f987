import { csr } from '../csr-description.ts';
import type { Guard } from '../instruction.ts';

/** Sstc: both registers need menvcfg.STCE and mcounteren.TM outside M mode. */
const machineGuards: readonly Guard[] = ['mcounteren.TM', 'menvcfg.STCE'].map((field) => ({
  modes: ['HS', 'U', 'VS', 'VU'],
  field,
  equals: 0,
  raises: 'illegal-instruction',
  source: 'Priv. Sstc',
}));

/** A guest's stimecmp is vstimecmp, which its hypervisor can withhold. */
const guestGuards: readonly Guard[] = ['hcounteren.TM', 'henvcfg.STCE'].map((field) => ({
  modes: ['VS'],
  field,
  equals: 0,
  raises: 'virtual-instruction',
  source: 'Priv. Sstc',
}));

/** Reset to the end of time, so that no interrupt is pending at first. */
const never = 0xffff_ffff_ffff_ffffn;

export const stimecmp = csr({
  name: 'stimecmp',
  address: 0x14d,
  needs: ['Sstc'],
  summary: 'The supervisor timer interrupt is pending while time is at least this.',
  source: 'Priv. Sstc, stimecmp',
  reset: never,
  virtualAlias: 'vstimecmp',
  guards: [...machineGuards, ...guestGuards],
});

export const vstimecmp = csr({
  name: 'vstimecmp',
  address: 0x24d,
  needs: ['Sstc', 'H'],
  summary: "The guest kernel's stimecmp; compared with time + htimedelta.",
  source: 'Priv. Sstc, vstimecmp',
  reset: never,
  guards: machineGuards,
});

export const htimedelta = csr({
  name: 'htimedelta',
  address: 0x605,
  needs: ['H'],
  summary: 'What a guest sees added to time.',
  source: 'Priv. hypervisor, htimedelta',
});
