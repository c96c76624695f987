import type { Mark } from '../../timeline/mark.ts';
import type { ArmedAddresses } from '../breakpoints/armed-addresses.ts';
import type { Resume } from '../debugger.ts';
import type { Target } from '../target/target.ts';
import { ReverseContinuePlan, StepBackPlan } from './back-plan.ts';
import { ContinuePlan } from './continue-plan.ts';
import type { Mover } from './mover.ts';
import { OutPlan } from './out-plan.ts';
import type { Past } from './past.ts';
import type { Plan } from './plan.ts';
import { StagePlan } from './stage-plan.ts';
import { StepPlan } from './step-plan.ts';

/** The plan that does what a client asked for, from where the debuggee stands. */
export function planFor(
  how: Resume,
  parts: {
    readonly target: Target;
    readonly mover: Mover;
    readonly armed: ArmedAddresses;
    readonly past: Past;
    readonly beginning: Mark;
  },
): Plan {
  const { target, mover, past, beginning } = parts;
  if (how.kind === 'continue')
    return how.direction === 'forward'
      ? new ContinuePlan(target, mover, how.isUnseen === true ? 'unseen' : 'seen')
      : new ReverseContinuePlan(target, past, beginning);
  const thread = target.thread(how.threadId);
  const step = { ...parts, thread, granularity: how.granularity };
  if (how.direction === 'backward') return new StepBackPlan({ ...step, how: how.how });
  if (target.isInVmm(thread)) return new StagePlan(target, mover, how.how === 'out' ? 'all' : 'one');
  return how.how === 'out' ? new OutPlan(step) : new StepPlan({ ...step, how: how.how });
}
