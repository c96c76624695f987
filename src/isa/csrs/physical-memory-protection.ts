import type { Csr } from '../csr.ts';
import { bits, csr } from '../csr-description.ts';

const matchingModes = ['OFF', 'TOR', 'NA4', 'NAPOT'];

/** Priv. machine level, PMP: W without R is reserved; an entry that is written so stays as it was. */
const legalConfigurations = Array.from({ length: 256 }, (_, value) => value).filter(
  (value) => (value & 0x60) === 0 && (value & 3) !== 2,
);
const configurationNames = Object.fromEntries(legalConfigurations.map((value) => [value, describe(value)]));

/** At reset entry 0 opens all memory to every mode (ADR 4): all of the low bits set, NAPOT, R, W and X. */
const openAtReset = { configuration: 0x1fn, address: 0x003f_ffff_ffff_ffffn } as const;

/** Eight entries each. A locked entry ignores writes (Priv. machine level, PMP), which its bits alone cannot say. */
export const pmpConfigurations: readonly Csr[] = [0, 2].map((n) =>
  csr({
    name: `pmpcfg${n}`,
    address: 0x3a0 + n,
    summary: `Rights and matching of physical memory protection entries ${n * 4} to ${n * 4 + 7}.`,
    source: 'Priv. machine level, physical memory protection',
    reset: n === 0 ? openAtReset.configuration : 0n,
    // Bits 6:5 of each are zero.
    writable: 0x9f9f_9f9f_9f9f_9f9fn,
    fields: Array.from({ length: 8 }, (_, index) =>
      bits(
        `pmp${n * 4 + index}cfg`,
        index * 8 + 7,
        index * 8,
        'L (bit 7): locked, for M mode, too. A (bits 4:3): how the address matches; not NA4. X, W, R (bits 2:0): rights; not W without R.',
        { legal: legalConfigurations, values: configurationNames },
      ),
    ),
  }),
);

/** pmpaddr0 to pmpaddr15: where regions are, in units of four bytes. */
export const pmpAddresses: readonly Csr[] = Array.from({ length: 16 }, (_, n) =>
  csr({
    name: `pmpaddr${n}`,
    address: 0x3b0 + n,
    summary: `Address of physical memory protection entry ${n}, shifted right by 2.`,
    source: 'Priv. machine level, physical memory protection',
    reset: n === 0 ? openAtReset.address : 0n,
    writable: 0x003f_ffff_ffff_ffffn,
  }),
);

function describe(configuration: number): string {
  const rights = ['R', 'W', 'X'].filter((_, index) => (configuration >> index) & 1).join('');
  const locked = configuration & 0x80 ? 'L' : '';
  return [locked, matchingModes[(configuration >> 3) & 3], rights].filter(Boolean).join(' ');
}
