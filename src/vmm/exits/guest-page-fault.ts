import { csrSlot } from '../../hart/state-layout.ts';
import type { HartState } from '../../hart/state.ts';
import { exceptionCode } from '../../hart/trap.ts';
import type { ExitReason } from './reasons.ts';

/** The three ways to fault, by what the guest was doing. */
export type FaultingAccess = 'fetch' | 'load' | 'store';

/**
 * Guest-physical address that did not translate: htval shifted back, and the two bits that it lacks. Those are
 * in stval, which has the same offset within the page (Priv. 18.2.8); a page-table entry has none.
 */
export function faultingAddress(state: HartState): number {
  const { halves } = state;
  const lowBits = isPageTableAccess(halves[htinstRegister] as number)
    ? 0
    : (halves[stvalRegister] as number) & 3;
  return (
    (halves[htvalRegister + 1] as number) * 0x4_0000_0000 + (halves[htvalRegister] as number) * 4 + lowBits
  );
}

const stvalRegister = 2 * csrSlot.stval;
const htvalRegister = 2 * csrSlot.htval;
const htinstRegister = 2 * csrSlot.htinst;

/** What the guest was doing, from the code of a guest-page fault. */
export function faultingAccess(code: number): FaultingAccess {
  switch (code) {
    case exceptionCode.instructionGuestPageFault:
      return 'fetch';
    case exceptionCode.loadGuestPageFault:
      return 'load';
    default:
      return 'store';
  }
}

/**
 * Priv. 18.6.3: htinst is a pseudoinstruction where the hart itself read (or wrote A and D bits of) one of the
 * guest's page tables; the faulting address is then that of a table, not of the guest's access.
 */
export function isPageTableAccess(htinst: number): boolean {
  return htinst !== 0 && (htinst & 3) === 0;
}

/** What the bare machine raises where nothing answers at a physical address. */
export const accessFault: Readonly<Record<FaultingAccess, number>> = {
  fetch: exceptionCode.instructionAccessFault,
  load: exceptionCode.loadAccessFault,
  store: exceptionCode.storeAccessFault,
};

/** The reason of an exit where the second stage maps nothing, by what the guest did. */
export const missingMapping: Readonly<Record<FaultingAccess, ExitReason>> = {
  fetch: 'fetch-missing-mapping',
  load: 'load-missing-mapping',
  store: 'store-missing-mapping',
};

/** Likewise where it maps the page for other accesses only. */
export const lackingPermission: Readonly<Record<FaultingAccess, ExitReason>> = {
  fetch: 'fetch-permission',
  load: 'load-permission',
  store: 'store-permission',
};
