import * as z from 'zod';
import type { BreakpointOptions, BreakpointRequest } from '../../debugger/breakpoints/breakpoint.ts';
import type { Context } from '../context.ts';
import { presentBreakpoint, toClientLine, toCoreLine } from '../present.ts';
import { request, type RequestTable } from '../request.ts';

const options = { condition: z.string().optional(), hitCondition: z.string().optional() };
const dataAccesses = ['read', 'write', 'readWrite'] as const;
const withLog = { ...options, logMessage: z.string().optional() };

/** Requests that set breakpoints. Each replaces all of its kind (or of its source), as DAP has it. */
export const breakpointRequests: RequestTable = {
  setBreakpoints: request(
    z.object({
      source: z.object({ path: z.string().optional(), sourceReference: z.int().optional() }),
      breakpoints: z.array(z.object({ line: z.int(), column: z.int().optional(), ...withLog })).default([]),
    }),
    (context, { source, breakpoints }) => {
      const { path } = source;
      if (path === undefined)
        return {
          breakpoints: breakpoints.map(() => ({
            verified: false,
            message: 'A text that Strata wrote takes function breakpoints: vmm!emulate, for example.',
          })),
        };
      return replace(
        context,
        path,
        breakpoints.map((each) => ({
          kind: 'source',
          path,
          line: toCoreLine(context, each.line),
          ...optionsOf(each),
        })),
      );
    },
  ),
  setFunctionBreakpoints: request(
    z.object({ breakpoints: z.array(z.object({ name: z.string(), ...options })) }),
    (context, { breakpoints }) =>
      replace(
        context,
        'functions',
        breakpoints.map((each) => ({ kind: 'function', name: each.name, ...optionsOf(each) })),
      ),
  ),
  setInstructionBreakpoints: request(
    z.object({
      breakpoints: z.array(
        z.object({ instructionReference: z.string(), offset: z.int().default(0), ...options }),
      ),
    }),
    (context, { breakpoints }) =>
      replace(
        context,
        'instructions',
        breakpoints.map((each) => ({
          kind: 'instruction',
          reference: each.instructionReference,
          offset: each.offset,
          ...optionsOf(each),
        })),
      ),
  ),
  setExceptionBreakpoints: request(
    z.object({
      filters: z.array(z.string()).default([]),
      filterOptions: z
        .array(z.object({ filterId: z.string(), condition: z.string().optional() }))
        .default([]),
    }),
    (context, { filters, filterOptions }) =>
      replace(context, 'filters', [
        ...filters.map((filter) => ({ kind: 'filter', filter }) as const),
        ...filterOptions.map(
          (each) => ({ kind: 'filter', filter: each.filterId, ...splitHits(each.condition) }) as const,
        ),
      ]),
  ),
  dataBreakpointInfo: request(
    z.object({
      variablesReference: z.int().optional(),
      name: z.string(),
      frameId: z.int().optional(),
      bytes: z.int().positive().optional(),
      asAddress: z.boolean().optional(),
    }),
    ({ core, handles }, { variablesReference, name, frameId, bytes, asAddress }) => {
      const what = {
        ...(bytes !== undefined && { bytes }),
        ...(asAddress === true && { isAddress: true as const }),
      };
      const isRow = variablesReference !== undefined && variablesReference !== 0;
      const row = isRow
        ? handles
            .container(variablesReference)()
            .find((each) => each.name === name)
        : undefined;
      const offer = isRow
        ? (row?.watch?.(bytes) ?? { ok: false as const, message: `${name} does not lie in memory` })
        : core.watchable(name, what, frameId);
      if (!offer.ok) return { dataId: null, description: offer.message };
      return {
        dataId: offer.dataId,
        description: offer.description,
        accessTypes: [...dataAccesses],
        canPersist: offer.isLasting,
      };
    },
  ),
  setDataBreakpoints: request(
    z.object({
      breakpoints: z.array(
        z.object({ dataId: z.string(), accessType: z.enum(dataAccesses).default('write'), ...options }),
      ),
    }),
    (context, { breakpoints }) =>
      replace(
        context,
        'data',
        breakpoints.map((each) => ({
          kind: 'data',
          dataId: each.dataId,
          access: each.accessType,
          ...optionsOf(each),
        })),
      ),
  ),
  breakpointLocations: request(
    z.object({
      source: z.object({ path: z.string().optional() }),
      line: z.int(),
      endLine: z.int().optional(),
    }),
    (context, { source, line, endLine }) => {
      const first = toCoreLine(context, line);
      const lines =
        source.path === undefined
          ? []
          : context.core.breakpointLines(
              source.path,
              first,
              endLine === undefined ? first : toCoreLine(context, endLine),
            );
      return { breakpoints: lines.map((found) => ({ line: toClientLine(context, found) })) };
    },
  ),
};

function replace(context: Context, owner: string, requests: readonly BreakpointRequest[]): object {
  const bound = context.core.setBreakpoints(owner, requests);
  return { breakpoints: bound.map((breakpoint) => presentBreakpoint(context, breakpoint)) };
}

function optionsOf(each: {
  readonly condition?: string | undefined;
  readonly hitCondition?: string | undefined;
  readonly logMessage?: string | undefined;
}): BreakpointOptions {
  return {
    ...(given(each.condition) ? { condition: each.condition } : {}),
    ...(given(each.hitCondition) ? { hitCondition: each.hitCondition } : {}),
    ...(given(each.logMessage) ? { logMessage: each.logMessage } : {}),
  };
}

function given(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== '';
}

/** DAP gives a filter one text only: `condition`, or `condition @ hits`, or `@ hits`. */
function splitHits(text: string | undefined): BreakpointOptions {
  const parts = /^(.*?)(?:@\s*([<>=%!\s]*[0-9]+)\s*)?$/s.exec(text ?? '');
  return optionsOf({ condition: parts?.[1], hitCondition: parts?.[2] });
}
