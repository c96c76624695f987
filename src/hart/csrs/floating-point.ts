import { markFloatingPointDirty, withStateSummary } from '../floating-point-state.ts';
import type { CsrHookTable } from './hooks.ts';

/** Priv. machine level, extension context status: SD sums up FS; a write of fcsr makes the unit Dirty. */
export const floatingPointHooks: CsrHookTable = {
  mstatus: { adjust: (_, value) => withStateSummary(value) },
  vsstatus: { adjust: (_, value) => withStateSummary(value) },
  fcsr: { changed: ({ state }) => void markFloatingPointDirty(state) },
};
