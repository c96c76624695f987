import * as z from 'zod';
import { StrataError } from '../../common/errors.ts';
import type { Variable } from '../../debugger/variable.ts';
import { presentFrame, presentSource, presentVariable } from '../present.ts';
import { noArguments, request, type RequestTable } from '../request.ts';

/** What the VMM does about an exit is a language of its own to editors: long lines in it are wrapped. */
const exitMimeType = 'text/x-strata-exit';

/** Requests that look at the debuggee: stack, scopes, variables, expressions, sources, images. */
export const inspectionRequests: RequestTable = {
  stackTrace: request(
    z.object({ threadId: z.int(), startFrame: z.int().min(0).default(0), levels: z.int().min(0).default(0) }),
    ({ core }, { threadId, startFrame, levels }) => {
      const frames = core.stackTrace(threadId);
      const end = levels === 0 ? frames.length : startFrame + levels;
      return { stackFrames: frames.slice(startFrame, end).map(presentFrame), totalFrames: frames.length };
    },
  ),
  scopes: request(z.object({ frameId: z.int() }), ({ core, handles }, { frameId }) => ({
    scopes: core.scopes(frameId).map((scope) => ({
      name: scope.name,
      expensive: scope.expensive,
      variablesReference: handles.referenceOf(scope.variables),
      ...(scope.kind === 'view' ? {} : { presentationHint: scope.kind }),
    })),
  })),
  variables: request(
    z.object({ variablesReference: z.int(), start: z.int().default(0), count: z.int().default(0) }),
    ({ handles }, { variablesReference, start, count }) => {
      const children = handles.container(variablesReference);
      const end = count === 0 ? undefined : start + count;
      return {
        variables: children()
          .slice(start, end)
          .map((variable) => presentVariable(variable, handles)),
      };
    },
  ),
  setVariable: request(
    z.object({ variablesReference: z.int(), name: z.string(), value: z.string() }),
    (context, { variablesReference, name, value }) => {
      const variable = context.handles
        .container(variablesReference)()
        .find((each) => each.name === name);
      return assign(variable, name, value);
    },
  ),
  setExpression: request(
    z.object({ expression: z.string(), value: z.string(), frameId: z.int().optional() }),
    ({ core }, { expression, value, frameId }) => {
      const result = core.evaluate(expression, frameId);
      if (!result.ok) throw new StrataError('bad-expression', 'user', pointAt(expression, result));
      return assign(result.variable, expression, value);
    },
  ),
  evaluate: request(
    z.object({ expression: z.string(), frameId: z.int().optional(), context: z.string().optional() }),
    ({ core, handles }, parameters) => {
      const { expression, frameId } = parameters;
      const isLook = parameters.context === 'hover' || parameters.context === 'watch';
      const result = core.evaluate(expression, frameId, isLook ? 'look' : 'act');
      if (!result.ok) {
        const text = parameters.context === 'repl' ? pointAt(expression, result) : result.message;
        throw new StrataError('bad-expression', 'user', text);
      }
      const { name: _name, value, ...rest } = presentVariable(result.variable, handles);
      return { ...rest, result: value };
    },
  ),
  completions: request(
    z.object({ text: z.string(), column: z.int(), frameId: z.int().optional() }),
    ({ core, client }, { text, column, frameId }) => ({
      targets: core
        .complete(text, client.columnsStartAt1 ? column - 1 : column, frameId)
        .map((label) => ({ label, type: 'variable' })),
    }),
  ),
  exceptionInfo: request(z.object({ threadId: z.int() }), ({ core }) => {
    const { stop } = core;
    if (stop === undefined) throw new StrataError('running', 'user', 'the guest runs; it has no exception');
    const id =
      'reason' in stop.reason
        ? stop.reason.reason
        : 'cause' in stop.reason
          ? stop.reason.cause
          : stop.reason.kind;
    return { exceptionId: id, description: stop.description, breakMode: 'always' };
  }),
  source: request(
    z.object({
      sourceReference: z.int(),
      source: z.object({ sourceReference: z.int().optional() }).optional(),
    }),
    ({ core }, { sourceReference, source }) => ({
      content: core.sourceText(source?.sourceReference ?? sourceReference),
      mimeType: exitMimeType,
    }),
  ),
  loadedSources: request(noArguments, ({ core }) => {
    const paths = new Set(core.images.flatMap((image) => image.sources));
    return { sources: [...paths].map((path) => presentSource({ kind: 'file', path })) };
  }),
  modules: request(
    z.object({ startModule: z.int().default(0), moduleCount: z.int().default(0) }),
    ({ core }, { startModule, moduleCount }) => ({
      totalModules: core.images.length,
      modules: core.images
        .slice(startModule, moduleCount === 0 ? undefined : startModule + moduleCount)
        .map((image) => ({
          id: `${image.guest ?? '-'}:${image.name}`,
          name: image.name,
          path: image.path,
          symbolStatus: image.symbolStatus,
          addressRange: [image.guest, image.stratum].filter(Boolean).join(' · '),
          isUserCode: true,
        })),
    }),
  ),
};

function assign(variable: Variable | undefined, name: string, text: string): { readonly value: string } {
  if (variable?.assign === undefined) throw new StrataError('read-only', 'user', `${name} cannot be changed`);
  const result = variable.assign(text);
  if (!result.ok) throw new StrataError('bad-value', 'user', result.message);
  return { value: result.value };
}

/** The message under the expression, with a caret at the column. */
function pointAt(expression: string, error: { readonly message: string; readonly column: number }): string {
  return `${expression}\n${' '.repeat(error.column)}^ ${error.message}`;
}
