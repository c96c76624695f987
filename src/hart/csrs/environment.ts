import type { CsrContext, CsrHookTable } from './hooks.ts';

/** ADUE and PBMTE. */
const translationBits = (1n << 61n) | (1n << 62n);
/** With STCE: these bits of henvcfg are read-only zero while they are 0 in menvcfg (Priv. hypervisor, henvcfg). */
const gated = translationBits | (1n << 63n);

/** The environment configuration registers: what they say of page tables, and of the comparators of Sstc. */
export const environmentHooks: CsrHookTable = {
  menvcfg: {
    adjust: (context, value) => {
      const { state } = context;
      noteTranslation(context, state.getCsr('menvcfg') ^ value);
      state.setCsr('henvcfg', state.getCsr('henvcfg') & (~gated | value));
      return value;
    },
    changed: (context) => context.timersChanged(),
  },
  henvcfg: {
    adjust: (context, value) => {
      const { state } = context;
      const legal = value & (~gated | state.getCsr('menvcfg'));
      noteTranslation(context, state.getCsr('henvcfg') ^ legal);
      return legal;
    },
    changed: (context) => context.timersChanged(),
  },
};

function noteTranslation(context: CsrContext, changed: bigint): void {
  if ((changed & translationBits) !== 0n) context.translationChanged();
}
