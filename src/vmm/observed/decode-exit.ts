import type { Hart } from '../../hart/hart.ts';
import { exceptionCode } from '../../hart/trap.ts';
import { permissiveOptions } from '../../hart/translation/regime.ts';
import { setReason, type ExitSight } from '../exits/exit.ts';
import {
  faultingAddress,
  isPageTableAccess,
  lackingPermission,
  missingMapping,
} from '../exits/guest-page-fault.ts';
import { decodeHypercall } from '../exits/hypercall.ts';
import { decodeInterrupt } from '../exits/interrupts.ts';
import { decodeMapping } from '../exits/mapping.ts';
import { decodeDeviceAccess } from '../exits/mmio.ts';
import { column } from '../exits/row.ts';
import { decodeVirtualInstruction } from '../exits/virtual-instruction.ts';

/**
 * Works out what an exit is about that software of the machine is going to handle, from what the hart shows: the
 * trap, the guest's registers and instruction, and the second-stage tables. `ramBase` is where the board has RAM:
 * guests of such boards have theirs at the same address, and devices below it.
 */
export function decodeExit(exit: ExitSight & { readonly hart: Hart; readonly ramBase: number }): void {
  const { row } = exit;
  if (row.get(column.interrupt) === 1) return decodeInterrupt(exit);
  switch (row.get(column.cause)) {
    case exceptionCode.ecallFromVs:
      return decodeHypercall(exit);
    case exceptionCode.virtualInstruction:
      return decodeVirtualInstruction(exit);
    case exceptionCode.instructionGuestPageFault:
    case exceptionCode.loadGuestPageFault:
    case exceptionCode.storeGuestPageFault:
      return decodeGuestPageFault(exit);
    case exceptionCode.illegalInstruction:
      return decodeException(exit, 'illegal-instruction');
    case exceptionCode.breakpoint:
      return decodeException(exit, 'breakpoint');
    default:
      return decodeException(exit, 'exception');
  }
}

function decodeException(exit: ExitSight, reason: Parameters<typeof setReason>[1]): void {
  setReason(exit, reason);
  exit.row.set(column.instruction, exit.trappedWord);
}

/** Whether the VMM has a device there, nobody but itself knows; what lies below RAM is none but devices. */
function decodeGuestPageFault(exit: Parameters<typeof decodeExit>[0]): void {
  const { row, state, hart, ramBase } = exit;
  const address = faultingAddress(state);
  if (isMapped(hart, address)) return decodeMapping(exit, lackingPermission);
  const isFetch = row.get(column.cause) === exceptionCode.instructionGuestPageFault;
  const isData = !isFetch && !isPageTableAccess(row.get(column.htinst));
  if (isData && address < ramBase) return decodeDeviceAccess(exit);
  decodeMapping(exit, missingMapping);
}

/** By the second stage alone; no permission counts, and nothing is marked. */
function isMapped({ state, walker }: Hart, address: number): boolean {
  const regime = {
    virtual: true,
    privilege: 1,
    satp: 0n,
    hgatp: state.getCsr('hgatp'),
    sum: false,
    mxr: false,
    guestMxr: false,
    options: permissiveOptions,
    guestOptions: permissiveOptions,
  } as const;
  return (
    typeof walker.walk({ address: BigInt(address), access: 'any', regime, effects: 'none' }) === 'number'
  );
}
