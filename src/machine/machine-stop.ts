import type { HostedLevel } from '../hart/hosted.ts';
import type { TakenTrap } from '../hart/trap.ts';
import type { WatchedAccess } from './watched-accesses.ts';

/** Who ended the run: the finisher device, HTIF, an SBI call, or the hosted supervisor. */
export type ExitSource = 'finisher' | 'tohost' | 'sbi-srst' | 'supervisor';

/** Why a machine came back from running. State is exact: nothing of the next instruction has been done. */
export type MachineStop =
  /** The step that was asked for is reached. */
  | { readonly kind: 'budget' }
  /** A hart is at an armed address; the instruction there has not run. The next run passes it. */
  | { readonly kind: 'breakpoint'; readonly hart: number; readonly pc: bigint }
  /** Watched memory was accessed (see `Watchpoints`); the instruction, or the handling of the trap, is done. */
  | { readonly kind: 'watchpoint'; readonly accesses: readonly WatchedAccess[] }
  /** `onTrap` of a hart wanted to stop; the handler (pc's instruction, or a hosted level) has done nothing yet. */
  | { readonly kind: 'trap'; readonly hart: number; readonly trap: TakenTrap }
  /** A hosted level handles a trap, and the observer wanted to stop before this stage. The next run does it. */
  | { readonly kind: 'stage'; readonly hart: number; readonly stage: string }
  /** The guest ended; running on returns this again. */
  | { readonly kind: 'exit'; readonly code: number; readonly by: ExitSource }
  /** Every hart waits, and no timer is going to wake one: only input can. */
  | { readonly kind: 'idle' }
  /** The guest did something that nothing can go on from; running on returns this again. */
  | { readonly kind: 'fatal'; readonly blame: 'guest'; readonly message: string };

/** A stop after which nothing runs any more. */
export type FinalStop = Extract<MachineStop, { readonly kind: 'exit' | 'fatal' }>;

/** How far to run. */
export interface RunRequest {
  /** Up to this step of the machine. */
  readonly until?: number;
  /** At most so many steps. */
  readonly budget?: number;
  /** The run ends, too, when so much of the machine's time has passed in it while every hart waited. */
  readonly mostIdleNanoseconds?: number;
  /** Asked before each stage of a hosted level but one at which the last run stopped; `true` stops there. */
  readonly stopBeforeStage?: (stage: StageReached) => boolean;
}

/** A stage of the handling of a trap that is about to be done: the VMM's has several, the firmware's one. */
export interface StageReached {
  readonly hart: number;
  readonly level: HostedLevel;
  readonly name: string;
  /** Stages done before it. */
  readonly index: number;
}

/** A point in a machine's history. */
export interface Position {
  readonly step: number;
  /**
   * While a hosted level handles a trap, the number of stages done; undefined between instructions, which is after
   * all of them.
   */
  readonly stage?: number;
}
