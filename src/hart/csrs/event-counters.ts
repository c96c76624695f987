import { countingCounters } from '../../isa/csrs/hardware-counters.ts';
import { eventCount, eventsChanged, settleEvents } from '../event-counters.ts';
import type { StoredCsr } from '../state-layout.ts';
import type { CsrContext, CsrHooks, CsrHookTable } from './hooks.ts';

/** Counters of events, and scountovf, which shows the OF bits of those that may be read (Priv. Sscofpmf). */
export const eventCounterHooks: CsrHookTable = {
  ...Object.fromEntries(
    countingCounters.flatMap((n): [string, CsrHooks][] => [
      [
        `mhpmcounter${n}`,
        {
          read: ({ state }) => eventCount(state, n),
          modify: (context, value, mask) => {
            settleEvents(context.state);
            const name = `mhpmcounter${n}` as StoredCsr;
            context.state.setCsr(name, (context.state.getCsr(name) & ~mask) | (value & mask));
            context.timersChanged();
          },
        },
      ],
      [
        `mhpmevent${n}`,
        {
          adjust: ({ state }, value) => {
            settleEvents(state);
            return value;
          },
          changed: (context) => {
            eventsChanged(context.state);
            context.timersChanged();
          },
        },
      ],
    ]),
  ),
  scountovf: {
    read: (context) => overflows(context) & (context.state.privilege === 3 ? everyCounter : enabled(context)),
    readVirtual: (context) => overflows(context) & enabled(context) & context.state.getCsr('hcounteren'),
  },
};

const everyCounter = 0xffff_ffffn;

function enabled({ state }: CsrContext): bigint {
  return state.getCsr('mcounteren');
}

function overflows({ state }: CsrContext): bigint {
  return countingCounters.reduce(
    (set, n) => set | ((state.getCsr(`mhpmevent${n}` as StoredCsr) >> 63n) << BigInt(n)),
    0n,
  );
}
