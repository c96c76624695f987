import { interruptSet, pendingInterrupts, timerComparatorsOn } from '../interrupts.ts';
import type { CsrHookTable } from './hooks.ts';

const { SSI, STI, SEI, VSSI, LCOFI } = interruptSet;

/**
 * mip is made of software's bits, of lines and of timers; a write changes software's bits alone, so that the
 * level of a line is never taken for one (Priv. 3.1.9). VSSIP is hvip's (Priv. 18.4.3).
 */
export const interruptHooks: CsrHookTable = {
  mip: {
    read: ({ state }) => BigInt(pendingInterrupts(state)),
    modify: ({ state }, value, mask) => {
      // Sstc: STIP belongs to stimecmp while the comparator is on.
      const software = BigInt(SSI | SEI | LCOFI | (timerComparatorsOn(state).s ? 0 : STI)) & mask;
      const injected = BigInt(VSSI) & mask;
      state.setCsr('mip', (state.getCsr('mip') & ~software) | (value & software));
      state.setCsr('hvip', (state.getCsr('hvip') & ~injected) | (value & injected));
    },
  },
};
