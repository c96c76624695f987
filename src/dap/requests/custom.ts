import { isAbsolute } from 'node:path';
import * as z from 'zod';
import { StrataError } from '../../common/errors.ts';
import { parseMemoryReference } from '../../debugger/memory-reference.ts';
import { listSpaces } from '../../debugger/memory/spaces.ts';
import { walkAddress } from '../../debugger/paging/walk-address.ts';
import type { DebugThread, Target } from '../../debugger/target/target.ts';
import type { CustomRequests } from '../../protocol/requests.ts';
import type { Context } from '../context.ts';
import { noArguments, request, type RequestHandler } from '../request.ts';
import { deviceViews } from '../views/devices.ts';
import { exitsBody } from '../views/exits.ts';
import { guestsBody } from '../views/guests.ts';
import { presentSpace } from '../views/spaces.ts';
import { presentWalk } from '../views/walk.ts';

type Body<Name extends keyof CustomRequests> = CustomRequests[Name]['body'];

/** More than a view shows at once; the log holds no more than these anyway. */
const mostExits = 0x1_0000;

/** Our own requests, which the views and terminals of the editor ask. */
export const customRequests: Readonly<Record<keyof CustomRequests, RequestHandler>> = {
  'strata/guests': request(noArguments, ({ debuggee }): Body<'strata/guests'> => guestsBody(debuggee.target)),
  'strata/exits': request(
    z.object({
      guest: z.string().optional(),
      reason: z.string().optional(),
      limit: z.int().min(0).max(mostExits).default(200),
    }),
    ({ debuggee }, wanted): Body<'strata/exits'> => exitsBody(debuggee.target, wanted),
  ),
  'strata/walk': request(
    z.object({
      threadId: z.int(),
      address: z.string(),
      access: z.enum(['read', 'write', 'execute']).default('read'),
      as: z.enum(['process', 'kernel']).optional(),
    }),
    (context, { threadId, address, access, as }): Body<'strata/walk'> => {
      const { target } = context.debuggee;
      const thread = threadOf(target, threadId);
      return presentWalk(walkAddress(target, thread, addressOf(context, address, thread), access, as));
    },
  ),
  'strata/devices': request(noArguments, ({ debuggee }): Body<'strata/devices'> => ({
    devices: deviceViews(debuggee.target),
  })),
  'strata/spaces': request(
    z.object({ threadId: z.int().optional() }),
    ({ debuggee: { target } }, { threadId }): Body<'strata/spaces'> => {
      const thread = threadId === undefined ? undefined : threadOf(target, threadId);
      return { spaces: listSpaces(target, thread).map(presentSpace) };
    },
  ),
  'strata/input': request(
    z.object({ console: z.string(), text: z.string() }),
    ({ core, runner }, { console, text }): Body<'strata/input'> => {
      core.input(console, Buffer.from(text, 'utf8'));
      runner.wake();
      return {};
    },
  ),
  'strata/startProfile': request(
    z.object({
      // Nobody knows in which folder the adapter was started.
      file: z.string().refine(isAbsolute, 'name the file by its whole path'),
      stepsPerSample: z.int().min(1).optional(),
      until: z.literal('stop').optional(),
    }),
    ({ profiling }, options): Body<'strata/startProfile'> => {
      profiling.start({ ...options, place: 'file' });
      return {};
    },
  ),
  'strata/stopProfile': request(noArguments, ({ profiling }): Body<'strata/stopProfile'> => {
    profiling.stop();
    return {};
  }),
  'strata/consoles': request(noArguments, ({ core }): Body<'strata/consoles'> => ({
    consoles: core.consoles,
  })),
};

/** Clients without a selected thread say 0. */
function threadOf(target: Target, threadId: number): DebugThread {
  return threadId === 0 ? target.currentThread : target.thread(threadId);
}

/** A number as it stands; else an expression in the thread's innermost frame: its value, or the place of an aggregate. */
function addressOf({ core }: Context, text: string, thread: DebugThread): bigint {
  const plain = numberIn(text.trim());
  if (plain !== undefined) return plain;
  const frame = core.stackTrace(thread.id).find(({ kind }) => kind === 'code');
  const result = core.evaluate(text, frame?.id, 'look');
  if (!result.ok) throw new StrataError('bad-expression', 'user', result.message);
  const { value, memoryReference } = result.variable;
  const found =
    numberIn(/^-?[0-9a-fA-Fx]+/.exec(value)?.[0] ?? '') ??
    parseMemoryReference(memoryReference ?? '')?.address;
  if (found !== undefined) return found;
  throw new StrataError('no-address', 'user', `'${text}' is no address: its value is ${value}`);
}

/** A decimal or hexadecimal number modulo 2^64; nothing where the text is none. */
function numberIn(text: string): bigint | undefined {
  const parts = /^(-?)(0x[0-9a-f]+|[0-9]+)$/i.exec(text);
  const digits = parts?.[2];
  if (digits === undefined || digits.length > 24) return undefined;
  return BigInt.asUintN(64, parts?.[1] === '-' ? -BigInt(digits) : BigInt(digits));
}
