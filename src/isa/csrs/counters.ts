import { bit, csr } from '../csr-description.ts';
import { countingCounters } from './hardware-counters.ts';
import { counterGuards } from './counter-guards.ts';
import { counterFields } from './shared-fields.ts';

export const cycle = csr({
  name: 'cycle',
  address: 0xc00,
  needs: ['Zicntr'],
  summary: 'Clock cycles: here, steps.',
  source: 'Unpriv. Zicntr',
  viewOf: { register: 'mcycle', mask: 0xffff_ffff_ffff_ffffn },
  guards: counterGuards('CY'),
});

export const time = csr({
  name: 'time',
  address: 0xc01,
  needs: ['Zicntr'],
  summary: "The machine's clock, mtime; in a guest, mtime + htimedelta.",
  source: 'Unpriv. Zicntr',
  guards: counterGuards('TM'),
});

export const instret = csr({
  name: 'instret',
  address: 0xc02,
  needs: ['Zicntr'],
  summary: 'Instructions retired.',
  source: 'Unpriv. Zicntr',
  viewOf: { register: 'minstret', mask: 0xffff_ffff_ffff_ffffn },
  guards: counterGuards('IR'),
});

export const mcycle = csr({
  name: 'mcycle',
  address: 0xb00,
  summary: 'Clock cycles: here, steps.',
  source: 'Priv. machine level, hardware performance monitor',
});

export const minstret = csr({
  name: 'minstret',
  address: 0xb02,
  summary: 'Instructions retired.',
  source: 'Priv. machine level, hardware performance monitor',
});

export const mcountinhibit = csr({
  name: 'mcountinhibit',
  address: 0x320,
  summary: 'Counters that stand still.',
  source: 'Priv. machine level, mcountinhibit',
  fields: [
    bit('CY', 0, 'mcycle stands still.'),
    bit('IR', 2, 'minstret stands still.'),
    ...countingCounters.map((n) => bit(`HPM${n}`, n, `mhpmcounter${n} stands still.`)),
  ],
});

export const mcounteren = csr({
  name: 'mcounteren',
  address: 0x306,
  summary: 'Counters that modes below M may read.',
  source: 'Priv. machine level, mcounteren',
  fields: counterFields('may be read below M mode.'),
});

export const scounteren = csr({
  name: 'scounteren',
  address: 0x106,
  summary: 'Counters that U mode (or VU mode) may read.',
  source: 'Priv. supervisor level, scounteren',
  fields: counterFields('may be read in U mode and VU mode.'),
});

export const hcounteren = csr({
  name: 'hcounteren',
  address: 0x606,
  needs: ['H'],
  summary: 'Counters that a guest may read.',
  source: 'Priv. hypervisor, hcounteren',
  fields: counterFields('may be read in a guest.'),
});
