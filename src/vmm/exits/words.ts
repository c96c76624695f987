import { exceptionNames } from '../../isa/causes.ts';
import type { ExitRecord } from './record.ts';

/** `0x…`, without leading zeros: registers and values in texts about exits. */
export function formatBits(value: bigint): string {
  return `0x${BigInt.asUintN(64, value).toString(16)}`;
}

/** `1 byte`, `4 bytes`. */
export function formatBytes(count: number): string {
  return count === 1 ? '1 byte' : `${count} bytes`;
}

/** The sentence for an exception given to the guest, after a reason without its full stop. */
export function describeInjection(record: ExitRecord, why: string): string {
  const { injected } = record;
  if (injected === undefined) return `${why}: the guest gets an exception.`;
  return `${why}: the guest gets exception ${injected.code} (${exceptionNames[injected.code]}) in VS mode, with vsepc = ${formatBits(record.pc)} and vstval = ${formatBits(injected.tval)}, and goes on at its vstvec.`;
}
