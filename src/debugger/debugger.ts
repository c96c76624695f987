import type { Event } from '../common/event.ts';
import type { BoundBreakpoint, BreakpointRequest, Filter } from './breakpoints/breakpoint.ts';
import type { Frame } from './frame.ts';
import type { Stop } from './stop.ts';
import type { Scope, Variable } from './variable.ts';

/** vCPU of a guest, or hart of a machine without VMM. */
export interface Thread {
  readonly id: number;
  readonly name: string;
}

export type Granularity = 'statement' | 'line' | 'instruction';

/** What the debuggee shall do next. */
export type Resume =
  | { readonly kind: 'continue'; readonly direction: 'forward' | 'backward' }
  | {
      readonly kind: 'step';
      readonly how: 'over' | 'in' | 'out';
      readonly direction: 'forward' | 'backward';
      readonly granularity: Granularity;
      readonly threadId: number;
    };

/** What a slice of running came to. */
export type SliceResult =
  | { readonly kind: 'running' }
  | { readonly kind: 'stopped'; readonly stop: Stop }
  /** Every hart waits and no timer is due: only input from outside can go on. */
  | { readonly kind: 'idle' }
  | { readonly kind: 'ended'; readonly exitCode: number; readonly description: string };

/**
 * The product's core, as every client (adapter, command line, tests) sees it. It has no clock: a client runs it
 * in slices and does other things between them, so a request is answered while the guest runs.
 */
export interface DebuggerCore {
  readonly threads: readonly Thread[];
  /** Replaces all breakpoints of one owner (a source path, `functions`, `instructions`, `filters`). */
  setBreakpoints(owner: string, requests: readonly BreakpointRequest[]): readonly BoundBreakpoint[];
  readonly filters: readonly Filter[];
  readonly onDidChangeBreakpoint: Event<BoundBreakpoint>;
  readonly onDidLog: Event<string>;

  /** Begins to move. `runSlice` then does the work. */
  resume(how: Resume): void;
  /** Runs at most `steps` steps of the resumption under way. */
  runSlice(steps: number): SliceResult;
  /** Ends the resumption under way at the next exact point. */
  pause(): Stop;

  stackTrace(threadId: number): readonly Frame[];
  scopes(frameId: number): readonly Scope[];
  /** Evaluates in the debugger's expression language; errors point at the column. */
  evaluate(text: string, frameId: number | undefined): EvaluateResult;
}

export type EvaluateResult =
  | { readonly ok: true; readonly variable: Variable }
  | { readonly ok: false; readonly message: string; readonly column: number };
