import { triggerCount } from '../../isa/csrs/triggers.ts';
import { legalExtra } from '../triggers/trigger-context.ts';
import { disabledTrigger, legalCompare, legalTriggerData } from '../triggers/trigger-data.ts';
import { compareSlot, dataSlot, extraSlot } from '../triggers/triggers.ts';
import type { CsrContext, CsrHooks, CsrHookTable } from './hooks.ts';

/** tdata1 to tdata3 are those of the trigger that tselect names; a trigger that was never written is disabled. */
export const triggerHooks: CsrHookTable = {
  tdata1: registerOf(dataSlot, (context, written, index) =>
    legalTriggerData(written, {
      compare: context.state.slot(compareSlot(index)),
      guests: context.isa.has('H'),
      next: index + 1 < triggerCount,
    }),
  ),
  tdata2: registerOf(compareSlot, ({ state }, written, index) =>
    legalCompare(state.slot(dataSlot(index)), written),
  ),
  tdata3: registerOf(extraSlot, ({ isa }, written) => legalExtra(written, isa.has('H'))),
};

function registerOf(
  slotOf: (index: number) => number,
  legal: (context: CsrContext, written: bigint, index: number) => bigint,
): CsrHooks {
  const read = ({ state }: CsrContext): bigint => {
    const stored = state.slot(slotOf(selected(state)));
    return slotOf === dataSlot && stored === 0n ? disabledTrigger : stored;
  };
  return {
    read,
    modify: (context, value, mask) => {
      const index = selected(context.state);
      const written = (read(context) & ~mask) | (value & mask);
      context.state.slots[slotOf(index)] = legal(context, written, index);
      context.triggersChanged(index);
    },
  };
}

function selected(state: CsrContext['state']): number {
  return Number(state.getCsr('tselect'));
}
