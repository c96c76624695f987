import type { Csr } from '../csr.ts';
import { csr } from '../csr-description.ts';
import { counterGuards } from './counter-guards.ts';
import { hardwareCounters } from './shared-fields.ts';

/** Counters of events, of which this machine counts none: all read-only zero. */
export const hardwareCounterCsrs: readonly Csr[] = hardwareCounters.flatMap((n) => [
  csr({
    name: `hpmcounter${n}`,
    address: 0xc00 + n,
    needs: ['Zihpm'],
    summary: `Performance-monitoring counter ${n}; zero here.`,
    source: 'Unpriv. Zihpm',
    guards: counterGuards(`HPM${n}`),
  }),
  csr({
    name: `mhpmcounter${n}`,
    address: 0xb00 + n,
    summary: `Performance-monitoring counter ${n}; zero here.`,
    source: 'Priv. machine level, hardware performance monitor',
    writable: 0n,
  }),
  csr({
    name: `mhpmevent${n}`,
    address: 0x320 + n,
    summary: `Event that mhpmcounter${n} counts; none here.`,
    source: 'Priv. machine level, hardware performance monitor',
    writable: 0n,
  }),
]);
