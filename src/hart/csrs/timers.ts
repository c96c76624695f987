import type { CsrHooks, CsrHookTable } from './hooks.ts';

const timerComparatorEnable = 1n << 63n;
const timer: CsrHooks = { changed: (context) => context.timersChanged() };

/** Sstc: the comparators, what they compare with, and the bits that switch them on. */
export const timerHooks: CsrHookTable = {
  stimecmp: timer,
  vstimecmp: timer,
  htimedelta: timer,
  menvcfg: {
    changed: (context) => {
      const { state } = context;
      // henvcfg.STCE is read-only zero while menvcfg.STCE is 0.
      if ((state.getCsr('menvcfg') & timerComparatorEnable) === 0n) {
        state.setCsr('henvcfg', state.getCsr('henvcfg') & ~timerComparatorEnable);
      }
      context.timersChanged();
    },
  },
  henvcfg: {
    adjust: ({ state }, value) =>
      (state.getCsr('menvcfg') & timerComparatorEnable) === 0n ? value & ~timerComparatorEnable : value,
    changed: (context) => context.timersChanged(),
  },
};
