import type { StoredCsr } from '../state-layout.ts';
import type { CsrHookTable } from './hooks.ts';

/** Bits of hstateen are read-only zero while they are 0 in the mstateen of the same number (Priv. Smstateen). */
export const stateEnableHooks: CsrHookTable = Object.fromEntries(
  [0, 1, 2, 3].flatMap((n) => {
    const [machine, hypervisor] = [`mstateen${n}`, `hstateen${n}`] as [StoredCsr, StoredCsr];
    return [
      [
        machine,
        {
          adjust: ({ state }, value) => {
            state.setCsr(hypervisor, state.getCsr(hypervisor) & value);
            return value;
          },
        },
      ],
      [hypervisor, { adjust: ({ state }, value) => value & state.getCsr(machine) }],
    ] satisfies [string, CsrHookTable[string]][];
  }),
);
