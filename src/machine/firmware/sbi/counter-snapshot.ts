import { pageBytes } from '../../../common/page.ts';
import type { CounterCall, SbiCounters } from './counters.ts';
import { failure, success, type SbiTarget } from './sbi.ts';

const allOnes = 0xffff_ffff_ffff_ffffn;
// SBI 11: a page, with a bitmap of counters that have overflowed, and values, both from counter_idx_base on.
const valuesAt = 8;
const valueCount = 64;

/** `sbi_pmu_snapshot_set_shmem` */
export const setSnapshotMemory: CounterCall = ({ target, counters }, [low, high, flags]) => {
  if (flags !== 0n) return failure('invalidParam');
  if (low === allOnes && high === allOnes) {
    counters.sharedMemory = undefined;
    return success();
  }
  if (low % BigInt(pageBytes) !== 0n) return failure('invalidParam');
  const old = high === 0n ? target.readMemory(low, pageBytes) : undefined;
  if (!old || !target.writeMemory(low, old)) return failure('invalidAddress');
  counters.sharedMemory = low;
  return success();
};

/** The values in shared memory, by their distance from counter_idx_base. */
export function readSnapshot(target: SbiTarget, counters: SbiCounters): readonly bigint[] | 'none' {
  const page =
    counters.sharedMemory === undefined ? undefined : target.readMemory(counters.sharedMemory, pageBytes);
  if (!page) return 'none';
  const view = viewOf(page);
  return Array.from({ length: valueCount }, (_, offset) => view.getBigUint64(valuesAt + 8 * offset, true));
}

/** Puts values of these counters, and whether they overflowed, into shared memory; the rest there stays. */
export function writeSnapshot(
  target: SbiTarget,
  counters: SbiCounters,
  base: number,
  indices: readonly number[],
): void {
  const address = counters.sharedMemory;
  const page = address === undefined ? undefined : target.readMemory(address, pageBytes)?.slice();
  if (address === undefined || !page) return;
  const view = viewOf(page);
  let overflowed = view.getBigUint64(0, true);
  for (const index of indices) {
    const bit = 1n << BigInt(index - base);
    overflowed = counters.hasOverflowed(index) ? overflowed | bit : overflowed & ~bit;
    view.setBigUint64(valuesAt + 8 * (index - base), counters.read(index), true);
  }
  view.setBigUint64(0, overflowed, true);
  target.writeMemory(address, page);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
