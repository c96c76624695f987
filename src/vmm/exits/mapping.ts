import { csrSlot } from '../../hart/state-layout.ts';
import { actionNumber } from './actions.ts';
import { setAction, setReason, type ExitHandler, type ExitSight } from './exit.ts';
import {
  accessFault,
  faultingAccess,
  isPageTableAccess,
  lackingPermission,
  missingMapping,
  type FaultingAccess,
} from './guest-page-fault.ts';
import { injectException } from './inject.ts';
import { explainMapping } from './mapping-explained.ts';
import { accessKindNumber } from './memory-instruction.ts';
import type { ExitReason } from './reasons.ts';
import { column } from './row.ts';

/** A guest-page fault where no device is: memory that is not backed yet, not there at all, or not to be used so. */
export const mapping: ExitHandler = {
  decode(exit) {
    const { address, guest } = exit;
    const isMapped = guest.memory.hostAddress(address) !== undefined;
    decodeMapping(exit, isMapped ? lackingPermission : missingMapping);
  },

  find(exit) {
    const { address, guest } = exit;
    const empty = guest.memory.contains(address) && guest.memory.hostAddress(address) === undefined;
    setAction(exit, empty ? 'map' : 'inject');
  },

  act(exit) {
    const { row, address, guest } = exit;
    if (row.get(column.action) !== actionNumber.map) {
      const fault = accessFault[faultingAccess(row.get(column.cause))];
      return injectException(exit, fault, row.getWide(column.stval));
    }
    row.set(column.mappedSize, guest.memory.populate(address));
    guest.fence();
    row.setCount(column.mappedTo, guest.memory.hostAddress(address) ?? 0);
  },

  explain: explainMapping,
};

/** What the guest did where its second-stage tables do not let it; the reasons say why they do not. */
export function decodeMapping(exit: ExitSight, reasons: Readonly<Record<FaultingAccess, ExitReason>>): void {
  const { row, state } = exit;
  const access = faultingAccess(row.get(column.cause));
  setReason(exit, reasons[access]);
  if (!isPageTableAccess(state.low(csrSlot.htinst))) row.set(column.accessKind, accessKindNumber[access]);
  row.set(column.instruction, exit.trappedWord);
}
