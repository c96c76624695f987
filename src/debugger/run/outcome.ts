import type { Stop } from '../stop.ts';
import type { DebugThread, Target } from '../target/target.ts';
import type { Verdict } from './judge.ts';
import type { Moved, Mover } from './mover.ts';
import type { SliceOutcome } from './plan.ts';

/** The stop of a thread where the debuggee now stands. */
export function stopOf(target: Target, thread: DebugThread, verdict: Verdict): Stop {
  return {
    threadId: thread.id,
    stratum: target.stratum(thread),
    mark: target.machine.position,
    ...verdict,
  };
}

/** The end of a step. A breakpoint that stands there is met by it, for the next resumption passes it. */
export function endOfStep(target: Target, mover: Mover): SliceOutcome {
  const thread = target.currentThread;
  return { kind: 'stopped', stop: stopOf(target, thread, mover.meet(thread) ?? step) };
}

const step: Verdict = { reason: { kind: 'step' }, description: 'step' };

/** What a movement that was not awaited means for the resumption. */
export function outcomeOf(target: Target, moved: Exclude<Moved, { kind: 'awaited' }>): SliceOutcome {
  switch (moved.kind) {
    case 'budget':
      return { kind: 'running' };
    case 'idle':
      return { kind: 'idle' };
    case 'ended':
      return moved;
    case 'verdict':
      return { kind: 'stopped', stop: stopOf(target, moved.thread, moved.verdict) };
    case 'fatal':
      return {
        kind: 'stopped',
        stop: stopOf(target, target.currentThread, {
          reason: { kind: 'fatal' },
          description: moved.message,
        }),
      };
  }
}
