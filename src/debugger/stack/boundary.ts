import { guestSbiExtensions } from '../../vmm/guest-sbi-extensions.ts';
import type { TrapRecord } from '../../hart/trap-records.ts';
import { exceptionCode } from '../../hart/trap.ts';
import { exceptionNames, interrupts } from '../../isa/causes.ts';
import type { HartMode } from '../../hart/hart-mode.ts';

/** How a mode is written: `U`, `VS`, `M`. */
export function modeName({ privilege, virtual }: HartMode): string {
  if (privilege === 3) return 'M';
  if (privilege === 0) return virtual ? 'VU' : 'U';
  return virtual ? 'VS' : 'S';
}

/** A cause in words, as the privileged specification has them. */
export function causeName(cause: { readonly interrupt: boolean; readonly code: number }): string {
  const known = cause.interrupt
    ? interrupts.find(({ code }) => code === cause.code)?.name
    : exceptionNames[cause.code];
  return known ?? `${cause.interrupt ? 'interrupt' : 'exception'} ${cause.code}`;
}

/**
 * The label where a trap led from one stratum to another: `— ecall from U: system call 5 (read) —`. The call is
 * called after the function that made it, as far as symbols tell.
 */
export function boundaryLabel(record: TrapRecord, caller: string | undefined): string {
  const from = modeName(record.from);
  if (!isEcall(record)) return `— ${causeName(record)} in ${from} —`;
  if (record.from.privilege !== 0) return `— ecall from ${from}: SBI call ${sbiName(record.a7)} —`;
  return `— ecall from ${from}: system call ${record.a7}${caller === undefined ? '' : ` (${caller})`} —`;
}

/** The SBI extension of a call; which function of it was called, the record does not say. */
function sbiName(id: bigint): string {
  return guestSbiExtensions.find((extension) => BigInt(extension.id) === id)?.name ?? `0x${id.toString(16)}`;
}

/** Did the code that was left ask for it? */
export function isEcall({
  interrupt,
  code,
}: {
  readonly interrupt: boolean;
  readonly code: number;
}): boolean {
  return !interrupt && code >= exceptionCode.ecallFromU && code <= exceptionCode.ecallFromM;
}
