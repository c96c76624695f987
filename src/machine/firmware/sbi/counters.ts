import type { SbiEvent } from './pmu-events.ts';
import type { SbiArguments, SbiOutcome, SbiTarget } from './sbi.ts';

/** Flags of a configuration (SBI 11): in which modes a counter is to stand still. */
export const inhibitFlag = { VU: 1n << 3n, VS: 1n << 4n, U: 1n << 5n, S: 1n << 6n, M: 1n << 7n } as const;

/**
 * The counters of one hart, by their index. Only what the arguments say is checked by the extension: the index exists,
 * the counter can count the event, and so on.
 */
export interface SbiCounters {
  /** Indices run from 0 to one less. */
  readonly count: number;
  /** Physical address of the page for snapshots. */
  sharedMemory: bigint | undefined;
  /** The CSR by which the supervisor reads it, all of whose 64 bits count; undefined of a counter of firmware. */
  csr(index: number): number | undefined;
  canCount(index: number, event: SbiEvent): boolean;
  /** Has it an event? */
  isConfigured(index: number): boolean;
  isStarted(index: number): boolean;
  /** `flags` says where it stands still, as far as it can. */
  configure(index: number, event: SbiEvent, flags: bigint): void;
  /** It has no event any more. */
  release(index: number): void;
  start(index: number): void;
  stop(index: number): void;
  read(index: number): bigint;
  write(index: number, value: bigint): void;
  hasOverflowed(index: number): boolean;
}

/** A call that is about counters, which the caller has. */
export type CounterCall = (
  caller: { readonly target: SbiTarget; readonly counters: SbiCounters },
  args: SbiArguments,
) => SbiOutcome;
