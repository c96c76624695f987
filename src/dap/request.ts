import * as z from 'zod';
import { StrataError } from '../common/errors.ts';
import type { Context } from './context.ts';

/** What answers one DAP request: checked arguments in, response body out. */
export interface RequestHandler {
  handle(context: Context, parameters: unknown): unknown;
  /** Done after the response is sent: events that must not come before it. */
  readonly after?: (context: Context) => void;
}

/** A handler whose arguments are checked by a schema first, so that a malformed request names what is wrong. */
export function request<Schema extends z.ZodType>(
  schema: Schema,
  handle: (context: Context, parameters: z.infer<Schema>) => unknown,
  after?: (context: Context) => void,
): RequestHandler {
  return {
    handle(context, parameters) {
      const checked = schema.safeParse(parameters ?? {});
      if (checked.success) return handle(context, checked.data);
      const problems = checked.error.issues.map(
        (issue) => `${issue.path.join('.') || 'arguments'}: ${issue.message}`,
      );
      throw new StrataError('bad-arguments', 'user', problems.join('; '));
    },
    ...(after === undefined ? {} : { after }),
  };
}

/** What comes before the response to a request that acts after it: a refusal where nothing is debugged. */
export function launched({ debuggee: _debuggee }: Context): undefined {
  return undefined;
}

/** Handlers by DAP command. */
export type RequestTable = Readonly<Record<string, RequestHandler>>;

/** For requests that take none; what a client sends all the same is let through. */
export const noArguments = z.object({});
/** For requests about one thread. */
export const threadArguments = z.object({ threadId: z.int() });
