import { readSnapshot, writeSnapshot } from './counter-snapshot.ts';
import type { CounterCall, SbiCounters } from './counters.ts';
import { sbiEvent } from './pmu-events.ts';
import { failure, success, type SbiOutcome } from './sbi.ts';

/** config_flags (SBI 11): skip the matching, clear the value, start at once; then where it stands still. */
const configure = { skipMatch: 1n, clearValue: 2n, autoStart: 4n, all: 0xffn } as const;
const start = { setInitialValue: 1n, initialSnapshot: 2n, all: 3n } as const;
const stop = { reset: 1n, takeSnapshot: 2n, all: 3n } as const;

/** `sbi_pmu_counter_config_matching` */
export const configureMatching: CounterCall = ({ counters }, [base, mask, flags, eventIndex, eventData]) => {
  const indices = counterSet(counters, base, mask);
  if (!indices || (flags & ~configure.all) !== 0n) return failure('invalidParam');
  const event = sbiEvent(eventIndex, eventData);
  if (event === undefined) return failure('notSupported');
  const candidates =
    (flags & configure.skipMatch) !== 0n
      ? indices.slice(0, 1)
      : indices.filter((index) => !counters.isStarted(index));
  const index = candidates.find((candidate) => counters.canCount(candidate, event));
  if (index === undefined) return failure('notSupported');
  counters.configure(index, event, flags);
  if ((flags & configure.clearValue) !== 0n) counters.write(index, 0n);
  if ((flags & configure.autoStart) !== 0n) counters.start(index);
  return success(BigInt(index));
};

/** `sbi_pmu_counter_start`; those of the set that can be started are, whatever the others are. */
export const startCounters: CounterCall = ({ target, counters }, [base, mask, flags, initialValue]) => {
  const indices = counterSet(counters, base, mask);
  // The two ways to give a value exclude each other.
  if (!indices || (flags & ~start.all) !== 0n || flags === start.all) return failure('invalidParam');
  const snapshot = (flags & start.initialSnapshot) === 0n ? undefined : readSnapshot(target, counters);
  if (snapshot === 'none') return failure('noShmem');
  return forEach(indices, (index) => {
    if (!counters.isConfigured(index)) return failure('invalidParam');
    if (counters.isStarted(index)) return failure('alreadyStarted');
    if (snapshot) counters.write(index, snapshot[index - Number(base)] ?? 0n);
    else if ((flags & start.setInitialValue) !== 0n) counters.write(index, initialValue);
    counters.start(index);
    return success();
  });
};

/** `sbi_pmu_counter_stop`; all of the set stand still then. */
export const stopCounters: CounterCall = ({ target, counters }, [base, mask, flags]) => {
  const indices = counterSet(counters, base, mask);
  if (!indices || (flags & ~stop.all) !== 0n) return failure('invalidParam');
  const takesSnapshot = (flags & stop.takeSnapshot) !== 0n;
  if (takesSnapshot && counters.sharedMemory === undefined) return failure('noShmem');
  const outcome = forEach(indices, (index) => {
    if (!counters.isStarted(index)) return failure('alreadyStopped');
    counters.stop(index);
    return success();
  });
  if (takesSnapshot) writeSnapshot(target, counters, Number(base), indices);
  if ((flags & stop.reset) !== 0n) for (const index of indices) counters.release(index);
  return outcome;
};

/** The counters that base and mask name; undefined where one does not exist. */
function counterSet(counters: SbiCounters, base: bigint, mask: bigint): readonly number[] | undefined {
  const indices: number[] = [];
  for (let bit = 0n; bit < 64n; bit++) {
    if (((mask >> bit) & 1n) === 0n) continue;
    if (base + bit >= BigInt(counters.count)) return undefined;
    indices.push(Number(base + bit));
  }
  return indices;
}

/** The last failure, if there was one. */
function forEach(indices: readonly number[], act: (index: number) => SbiOutcome): SbiOutcome {
  let outcome = success();
  for (const index of indices) {
    const each = act(index);
    if (each.kind === 'return' && each.error !== 0n) outcome = each;
  }
  return outcome;
}
