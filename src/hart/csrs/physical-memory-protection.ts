import { csrByName } from '../../isa/csrs/index.ts';
import { legalize } from '../../isa/csr.ts';
import { assert } from '../../common/errors.ts';
import {
  pmpAddressRegister,
  pmpConfiguration,
  pmpConfigurationOf,
  pmpEntries,
  pmpMode,
} from '../physical-protection.ts';
import type { CsrContext, CsrHooks, CsrHookTable } from './hooks.ts';

/** Bits of pmpaddr below the grain of one page: G = 10 (Priv. 3.7.1). */
const belowGrain = 0x3ffn;

/** Locks, and the grain: what the descriptions cannot say of the PMP registers. */
export const physicalProtectionHooks: CsrHookTable = {
  pmpcfg0: configurationHooks('pmpcfg0', 0),
  pmpcfg2: configurationHooks('pmpcfg2', 8),
  ...Object.fromEntries(
    Array.from({ length: pmpEntries }, (_, entry) => [pmpAddressRegister(entry), addressHooks(entry)]),
  ),
};

function configurationHooks(name: 'pmpcfg0' | 'pmpcfg2', firstEntry: number): CsrHooks {
  return {
    modify: (context, value, mask) => {
      const { state } = context;
      const description = csrByName.get(name);
      assert(description !== undefined, `${name} is described`);
      const old = state.getCsr(name);
      let next = legalize(description, old, (old & ~mask) | (value & mask));
      for (let index = 0; index < 8; index++) {
        const field = 0xffn << BigInt(8 * index);
        const mode = Number((next >> BigInt(8 * index)) & 0xffn) & pmpConfiguration.A;
        // A grain coarser than four bytes has no NA4; a locked entry stays until reset.
        if (mode === pmpMode.NA4 || isLocked(context, firstEntry + index))
          next = (next & ~field) | (old & field);
      }
      state.setCsr(name, next);
      context.protectionChanged();
    },
  };
}

function addressHooks(entry: number): CsrHooks {
  const name = pmpAddressRegister(entry);
  const read = ({ state }: CsrContext): bigint => {
    const stored = state.getCsr(name);
    const napot = (pmpConfigurationOf(state, entry) & pmpConfiguration.A) === pmpMode.NAPOT;
    // Priv. 3.7.1: bits below the grain read as ones up to G - 2 in NAPOT mode, as zeros up to G - 1 otherwise.
    return napot ? stored | (belowGrain >> 1n) : stored & ~belowGrain;
  };
  return {
    read,
    modify: (context, value, mask) => {
      if (isLocked(context, entry) || isBaseOfLocked(context, entry + 1)) return;
      // Unpriv. Zicsr: CSRRS and CSRRC write back what they read, bits that the mode hides among it.
      const written = (read(context) & ~mask) | (value & mask);
      context.state.setCsr(name, BigInt.asUintN(54, written));
      context.protectionChanged();
    },
  };
}

function isLocked({ state }: CsrContext, entry: number): boolean {
  return (pmpConfigurationOf(state, entry) & pmpConfiguration.L) !== 0;
}

/** A locked TOR entry locks the address below it, too. */
function isBaseOfLocked(context: CsrContext, next: number): boolean {
  if (next >= pmpEntries || !isLocked(context, next)) return false;
  return (pmpConfigurationOf(context.state, next) & pmpConfiguration.A) === pmpMode.TOR;
}
