import { basename } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { BoundBreakpoint } from '../debugger/breakpoints/breakpoint.ts';
import type { Frame } from '../debugger/frame.ts';
import type { Source, SourceLocation } from '../debugger/source.ts';
import type { Stop } from '../debugger/stop.ts';
import type { Variable } from '../debugger/variable.ts';
import type { ClientTraits } from './client.ts';
import type { Handles } from './handles.ts';

/** The body of a `stopped` event. Other threads stand still too: they share the one machine. */
export function stoppedBody(stop: Stop): DebugProtocol.StoppedEvent['body'] {
  const { reason } = stop;
  const hitBreakpointIds = 'breakpointIds' in reason ? [...reason.breakpointIds] : undefined;
  return {
    reason: dapReasons[reason.kind],
    description: stop.description,
    text: stop.description,
    threadId: stop.threadId,
    allThreadsStopped: true,
    ...(hitBreakpointIds === undefined ? {} : { hitBreakpointIds }),
  };
}

/**
 * Traps are exceptions in DAP's words: so their details are found. An exit is the VMM's daily work, and its own
 * source tells all about it: nothing is to be put over that in red.
 */
const dapReasons: Readonly<Record<Stop['reason']['kind'], string>> = {
  entry: 'entry',
  step: 'step',
  pause: 'pause',
  breakpoint: 'breakpoint',
  exit: 'breakpoint',
  data: 'data breakpoint',
  trap: 'exception',
  beginning: 'entry',
  fatal: 'exception',
};

/** A frame as a client shows it. */
export function presentFrame(frame: Frame): DebugProtocol.StackFrame {
  const base = { id: frame.id, name: frame.name, line: 0, column: 0 };
  switch (frame.kind) {
    case 'boundary':
      return { ...base, presentationHint: 'label' };
    case 'stage':
      return { ...base, ...placed(frame.location) };
    case 'code':
      return {
        ...base,
        ...(frame.location === undefined ? { presentationHint: 'subtle' } : placed(frame.location)),
        instructionPointerReference: frame.pcReference,
        ...(frame.image === undefined ? {} : { moduleId: frame.image }),
      };
  }
}

function placed({
  source,
  line,
  column,
}: SourceLocation): Pick<DebugProtocol.StackFrame, 'source' | 'line' | 'column'> {
  return { source: presentSource(source), line, column };
}

/** Generated sources are fetched by reference: the client may keep them, their text never changes. */
export function presentSource(source: Source): DebugProtocol.Source {
  return source.kind === 'file'
    ? { name: basename(source.path), path: source.path }
    : { name: source.name, sourceReference: source.id, origin: 'written by Strata' };
}

/** A variable, with a reference to its children. */
export function presentVariable(variable: Variable, handles: Handles): DebugProtocol.Variable {
  const { children } = variable;
  return {
    name: variable.name,
    value: variable.value,
    variablesReference: children === undefined ? 0 : handles.referenceOf(children),
    ...(variable.type === undefined ? {} : { type: variable.type }),
    ...(variable.evaluateName === undefined ? {} : { evaluateName: variable.evaluateName }),
    ...(variable.memoryReference === undefined ? {} : { memoryReference: variable.memoryReference }),
    presentationHint: {
      ...(variable.lazy === true ? { lazy: true } : {}),
      ...(variable.assign === undefined ? { attributes: ['readOnly'] } : {}),
    },
  };
}

/** A breakpoint as the client shows it. */
export function presentBreakpoint(
  client: { readonly client: ClientTraits },
  breakpoint: BoundBreakpoint,
): DebugProtocol.Breakpoint {
  const { id, verified, message, line, path } = breakpoint;
  return {
    id,
    verified,
    ...(message === undefined ? {} : { message }),
    ...(line === undefined ? {} : { line: toClientLine(client, line) }),
    ...(path === undefined ? {} : { source: { path } }),
  };
}

/** A client's line as the core counts, from 1. */
export function toCoreLine(context: { readonly client: ClientTraits }, line: number): number {
  return context.client.linesStartAt1 ? line : line + 1;
}

/** A line of the core as the client counts. */
export function toClientLine(context: { readonly client: ClientTraits }, line: number): number {
  return context.client.linesStartAt1 ? line : line - 1;
}
