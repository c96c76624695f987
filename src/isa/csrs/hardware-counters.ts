import type { ExtensionName } from '../configuration/extensions.ts';
import type { Csr, CsrField } from '../csr.ts';
import { bit, bits, csr } from '../csr-description.ts';
import { counterGuards } from './counter-guards.ts';
import { hardwareCounters } from './shared-fields.ts';

/** Numbers of the counters that can count events; the others are read-only zero. */
export const countingCounters: readonly number[] = [3, 4, 5, 6];

const source = 'Priv. machine level, hardware performance monitor';

/** Counters of events, and which events they count. */
export const hardwareCounterCsrs: readonly Csr[] = hardwareCounters.flatMap((n) =>
  countingCounters.includes(n) ? counting(n) : constant(n),
);

export const scountovf = csr({
  name: 'scountovf',
  address: 0xda0,
  needs: ['Sscofpmf'],
  summary: 'Counters of events that have overflowed, of those that may be read.',
  source: 'Priv. Sscofpmf',
  fields: hardwareCounters.map((n) => bit(`OF${n}`, n, `Has mhpmcounter${n} overflowed?`, { rule: 'RO' })),
});

function counting(n: number): readonly Csr[] {
  return [
    csr({
      name: `hpmcounter${n}`,
      address: 0xc00 + n,
      needs: ['Zihpm'],
      summary: `Performance-monitoring counter ${n}.`,
      source: 'Unpriv. Zihpm',
      viewOf: { register: `mhpmcounter${n}`, mask: 0xffff_ffff_ffff_ffffn },
      guards: counterGuards(`HPM${n}`),
    }),
    csr({
      name: `mhpmcounter${n}`,
      address: 0xb00 + n,
      summary: `Performance-monitoring counter ${n}.`,
      source,
    }),
    csr({
      name: `mhpmevent${n}`,
      address: 0x320 + n,
      summary: `Event that mhpmcounter${n} counts, and where.`,
      source: 'Priv. Sscofpmf, mhpmevent',
      fields: [
        bit('OF', 63, 'Has it overflowed?', { needs: ['Sscofpmf'] }),
        inhibit('MINH', 62, 'M'),
        inhibit('SINH', 61, 'S'),
        inhibit('UINH', 60, 'U'),
        inhibit('VSINH', 59, 'VS', ['H']),
        inhibit('VUINH', 58, 'VU', ['H']),
        bits('event', 55, 0, 'What it counts.', {
          legal: [0, 1, 2],
          values: { 0: 'nothing', 1: 'cycles (steps)', 2: 'instructions retired' },
        }),
      ],
    }),
  ];
}

function inhibit(name: string, place: number, mode: string, needs: readonly ExtensionName[] = []): CsrField {
  return bit(name, place, `Does it stand still in ${mode} mode?`, { needs: ['Sscofpmf', ...needs] });
}

function constant(n: number): readonly Csr[] {
  return [
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
      source,
      writable: 0n,
    }),
    csr({
      name: `mhpmevent${n}`,
      address: 0x320 + n,
      summary: `Event that mhpmcounter${n} counts; none here.`,
      source,
      writable: 0n,
    }),
  ];
}
