import * as z from 'zod';
import type { Granularity, Resume } from '../../debugger/debugger.ts';
import type { Context } from '../context.ts';
import { launched, noArguments, request, threadArguments, type RequestTable } from '../request.ts';

const stepArguments = z.object({
  threadId: z.int(),
  granularity: z.enum(['statement', 'line', 'instruction']).default('statement'),
});

/** Requests that move the debuggee, and `threads`. */
export const runRequests: RequestTable = {
  threads: request(noArguments, ({ core }) => ({
    threads: core.threads.map(({ id, name }) => ({ id, name })),
  })),
  continue: request(threadArguments, (context) => {
    move(context, { kind: 'continue', direction: 'forward' });
    return { allThreadsContinued: true };
  }),
  reverseContinue: request(threadArguments, (context) =>
    move(context, { kind: 'continue', direction: 'backward' }),
  ),
  next: step('over', 'forward'),
  stepIn: step('in', 'forward'),
  stepOut: step('out', 'forward'),
  stepBack: step('over', 'backward'),
  pause: request(threadArguments, launched, (context) => context.runner.pause()),
};

function step(how: 'over' | 'in' | 'out', direction: 'forward' | 'backward') {
  return request(stepArguments, (context, { threadId, granularity }) =>
    move(context, { kind: 'step', how, direction, granularity: granularity satisfies Granularity, threadId }),
  );
}

/** The response goes out before the machine moves: the runner starts on a later turn. */
function move(context: Context, how: Resume): undefined {
  context.runner.resume(how);
}
