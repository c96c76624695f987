import type { CsrHooks, CsrHookTable } from './hooks.ts';

const timer: CsrHooks = { changed: (context) => context.timersChanged() };

/** Sstc: the comparators, and what they compare with. */
export const timerHooks: CsrHookTable = {
  stimecmp: timer,
  vstimecmp: timer,
  htimedelta: timer,
};
