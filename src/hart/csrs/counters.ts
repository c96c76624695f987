import { eventsChanged, settleEvents } from '../event-counters.ts';
import type { CsrContext, CsrHooks, CsrHookTable } from './hooks.ts';

type Counter = 'mcycle' | 'minstret';

/** The bit of mcountinhibit that stops each. */
const inhibitBit: Readonly<Record<Counter, bigint>> = { mcycle: 1n << 0n, minstret: 1n << 2n };

/** Counters are stored as what to add to a count that always runs; while inhibited, as their value. */
export const counterHooks: CsrHookTable = {
  mcycle: counterHooksOf('mcycle'),
  minstret: counterHooksOf('minstret'),
  mcountinhibit: {
    modify: (context, value, mask) => {
      const { state } = context;
      const old = state.getCsr('mcountinhibit');
      const next = (old & ~mask) | (value & mask);
      settleEvents(state);
      // The count goes on from where it is, in the other form.
      const counts = { mcycle: readCounter(context, 'mcycle'), minstret: readCounter(context, 'minstret') };
      state.setCsr('mcountinhibit', next);
      eventsChanged(state);
      context.timersChanged();
      for (const name of ['mcycle', 'minstret'] as const) {
        if (((old ^ next) & inhibitBit[name]) !== 0n) writeCounter(context, name, counts[name]);
      }
    },
  },
  time: {
    read: ({ clock }) => BigInt.asUintN(64, clock.ticks()),
    readVirtual: ({ clock, state }) => BigInt.asUintN(64, clock.ticks() + state.getCsr('htimedelta')),
  },
  misa: { read: ({ isa }) => isa.misa },
  mhartid: { read: ({ hartId }) => BigInt(hartId) },
};

function counterHooksOf(name: Counter): CsrHooks {
  return {
    read: (context) => readCounter(context, name),
    modify: (context, value, mask) => {
      writeCounter(context, name, (readCounter(context, name) & ~mask) | (value & mask));
    },
  };
}

function readCounter(context: CsrContext, name: Counter): bigint {
  const stored = context.state.getCsr(name);
  return isInhibited(context, name) ? stored : BigInt.asUintN(64, stored + running(context, name));
}

function writeCounter(context: CsrContext, name: Counter, value: bigint): void {
  context.state.setCsr(name, isInhibited(context, name) ? value : value - running(context, name));
}

function isInhibited({ state }: CsrContext, name: Counter): boolean {
  return (state.getCsr('mcountinhibit') & inhibitBit[name]) !== 0n;
}

function running({ state }: CsrContext, name: Counter): bigint {
  return BigInt(name === 'mcycle' ? state.steps : state.retired);
}
