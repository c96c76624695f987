import { compareSlot, dataSlot } from '../triggers/triggers.ts';
import { disabledTrigger, legalTriggerData } from '../triggers/trigger-data.ts';
import type { CsrContext, CsrHookTable } from './hooks.ts';

/** tdata1 and tdata2 are those of the trigger that tselect names; a trigger that was never written is disabled. */
export const triggerHooks: CsrHookTable = {
  tdata1: {
    read: (context) => readData(context),
    modify: (context, value, mask) => {
      const written = (readData(context) & ~mask) | (value & mask);
      context.state.slots[dataSlot(selected(context))] = legalTriggerData(written);
      context.triggersChanged();
    },
  },
  tdata2: {
    read: (context) => context.state.slot(compareSlot(selected(context))),
    modify: (context, value, mask) => {
      const slot = compareSlot(selected(context));
      context.state.slots[slot] = (context.state.slot(slot) & ~mask) | (value & mask);
      context.triggersChanged();
    },
  },
};

function readData(context: CsrContext): bigint {
  const stored = context.state.slot(dataSlot(selected(context)));
  return stored === 0n ? disabledTrigger : stored;
}

function selected({ state }: CsrContext): number {
  return Number(state.getCsr('tselect'));
}
