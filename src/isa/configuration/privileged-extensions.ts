import type { ExtensionTable } from './extension.ts';

/** Extensions of the privileged architecture, and names for what every machine here does of it. */
export const privilegedExtensions = {
  H: { summary: 'Hypervisor: virtual supervisor and user modes, two-stage translation.', needs: ['Sv39'] },
  Sdtrig: { summary: 'Triggers, by which software on the machine debugs other software.' },
  // Off, because M-mode software that does not know it leaves all state disabled.
  Smstateen: {
    summary: 'Registers that say which state less privileged modes may use: mstateen, hstateen, sstateen.',
    isOffByDefault: true,
  },
  Ssstateen: {
    summary: 'The part of Smstateen below M mode.',
    needs: ['Smstateen'],
    isOffByDefault: true,
  },
  Sscofpmf: {
    summary: 'Counters of events that interrupt when they overflow, and count in some modes only.',
    needs: ['Zihpm'],
  },
  Sstc: { summary: 'Timer comparators of supervisor level: stimecmp and vstimecmp.' },
  Sv39: { summary: 'Virtual addresses of 39 bits: three levels of page tables.', isBase: true },
  Sv48: { summary: 'Virtual addresses of 48 bits: four levels of page tables.' },
  Sv57: { summary: 'Virtual addresses of 57 bits: five levels of page tables.', needs: ['Sv48'] },
  Svadu: { summary: 'A and D bits are set by hardware, while menvcfg.ADUE is 1.' },
  Svinval: { summary: 'Fences of address translation in finer steps.' },
  Svnapot: { summary: 'Page-table entries for naturally aligned ranges of 64 KiB.' },
  Svpbmt: { summary: 'Memory types in page-table entries.' },
} as const satisfies ExtensionTable;
