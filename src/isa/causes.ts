/** Exceptions by code, in the words of Priv. hypervisor, trap cause codes, for fields of cause and delegation registers and for views. */
export const exceptionNames: Readonly<Record<number, string>> = {
  0: 'instruction address misaligned',
  1: 'instruction access fault',
  2: 'illegal instruction',
  3: 'breakpoint',
  4: 'load address misaligned',
  5: 'load access fault',
  6: 'store/AMO address misaligned',
  7: 'store/AMO access fault',
  8: 'environment call from U mode or VU mode',
  9: 'environment call from HS mode',
  10: 'environment call from VS mode',
  11: 'environment call from M mode',
  12: 'instruction page fault',
  13: 'load page fault',
  15: 'store/AMO page fault',
  20: 'instruction guest-page fault',
  21: 'load guest-page fault',
  22: 'virtual instruction',
  23: 'store/AMO guest-page fault',
};

/** An interrupt by its code, and the stem of its bits: `SS` for `mip.SSIP` and `mie.SSIE`. */
export interface InterruptDescription {
  readonly code: number;
  readonly stem: string;
  readonly name: string;
}

/** The interrupts of this machine. Guest external interrupts are not among them: GEILEN is 0. */
export const interrupts: readonly InterruptDescription[] = [
  { code: 1, stem: 'SS', name: 'supervisor software interrupt' },
  { code: 2, stem: 'VSS', name: 'virtual supervisor software interrupt' },
  { code: 3, stem: 'MS', name: 'machine software interrupt' },
  { code: 5, stem: 'ST', name: 'supervisor timer interrupt' },
  { code: 6, stem: 'VST', name: 'virtual supervisor timer interrupt' },
  { code: 7, stem: 'MT', name: 'machine timer interrupt' },
  { code: 9, stem: 'SE', name: 'supervisor external interrupt' },
  { code: 10, stem: 'VSE', name: 'virtual supervisor external interrupt' },
  { code: 11, stem: 'ME', name: 'machine external interrupt' },
  { code: 13, stem: 'LCOF', name: 'counter-overflow interrupt' },
];
