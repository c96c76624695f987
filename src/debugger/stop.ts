import type { Mark } from '../timeline/mark.ts';
import type { Stratum } from './stratum.ts';
import type { HitReport } from './watches/hit-report.ts';

/** Why the debuggee stands still, in terms of the debugger. Every stop names its thread and its stratum. */
export interface Stop {
  readonly threadId: number;
  readonly stratum: Stratum;
  readonly mark: Mark;
  readonly reason: StopReason;
  /** One line for people: `VM exit: guest-page fault (store, uart0.THR)`. */
  readonly description: string;
  /** Where watched memory was accessed: each of the accesses, which `description` tells of. */
  readonly hits?: readonly HitReport[];
}

/** What made the debuggee stand still; `breakpointIds` are of those that stopped it. */
export type StopReason =
  | { readonly kind: 'entry' }
  | { readonly kind: 'step' }
  | { readonly kind: 'pause' }
  | { readonly kind: 'breakpoint'; readonly breakpointIds: readonly number[] }
  | { readonly kind: 'exit'; readonly breakpointIds: readonly number[]; readonly reason: string }
  | { readonly kind: 'trap'; readonly breakpointIds: readonly number[]; readonly cause: string }
  /** Memory was accessed that is watched; the instruction that did it is done. */
  | { readonly kind: 'data'; readonly breakpointIds: readonly number[] }
  /** Going back reached the beginning of history. */
  | { readonly kind: 'beginning' }
  /** The guest did what no machine can go on from; `description` says what. */
  | { readonly kind: 'fatal' };
