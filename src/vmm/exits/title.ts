import { formatAddress } from '../../common/address.ts';
import { exceptionCode } from '../../hart/trap.ts';
import { describeCall } from './hypercall-explained.ts';
import type { ExitRecord } from './record.ts';
import { exitReasons } from './reasons.ts';

/** An exit in one line, for stops and lists: `guest-page fault (store, uart0.THR)`. */
export function titleOf(record: ExitRecord): string {
  if (record.isInterrupt) return labelOf(record).toLowerCase();
  if (record.isGuestPageFault) return `guest-page fault (${accessName(record)}, ${placeOf(record)})`;
  if (record.hypercall !== undefined) return `hypercall ${describeCall(record.hypercall)}`;
  if (record.cause === exceptionCode.virtualInstruction)
    return `virtual instruction (${record.instructionText})`;
  return labelOf(record).toLowerCase();
}

function accessName(record: ExitRecord): string {
  if (record.isPageTableAccess) return 'page-table walk';
  switch (record.cause) {
    case exceptionCode.instructionGuestPageFault:
      return 'fetch';
    case exceptionCode.loadGuestPageFault:
      return 'load';
    default:
      return record.access?.kind === 'amo' ? 'atomic' : 'store';
  }
}

function placeOf(record: ExitRecord): string {
  const { device, register } = record;
  if (device === undefined) return `GPA ${formatAddress(record.gpa ?? 0n)}`;
  return register === undefined
    ? `${device}, GPA ${formatAddress(record.gpa ?? 0n)}`
    : `${device}.${register}`;
}

function labelOf(record: ExitRecord): string {
  return exitReasons.find(({ id }) => id === record.reason)?.label ?? record.reason;
}
