import type { DebugProtocol } from '@vscode/debugprotocol';
import * as z from 'zod';
import { StrataError } from '../../common/errors.ts';
import { offeredFilters } from '../../debugger/breakpoints/filters.ts';
import { validateLaunch } from '../../protocol/launch.ts';
import { loadDebuggee } from '../launch.ts';
import { launched, noArguments, request, type RequestTable } from '../request.ts';

/** Requests that begin and end a session. */
export const lifecycleRequests: RequestTable = {
  initialize: request(
    z.object({ linesStartAt1: z.boolean().default(true), columnsStartAt1: z.boolean().default(true) }),
    (context, traits) => {
      context.client = traits;
      return capabilities();
    },
  ),
  launch: request(
    z.looseObject({}),
    async (context, parameters) => {
      const checked = validateLaunch(parameters);
      if (!checked.ok)
        throw new StrataError('bad-launch', 'user', `Strata cannot launch: ${checked.problems.join('; ')}`);
      const { stopOnEntry = false, profile, profileInterval } = checked.configuration;
      context.stopOnEntry = stopOnEntry;
      context.begin(await loadDebuggee(checked.configuration), profileInterval);
      try {
        if (profile !== undefined) context.profiling.start({ file: profile, place: 'profile' });
      } catch (error) {
        context.end();
        throw error;
      }
    },
    // Breakpoints can be bound from here on, so the client is asked for them only now.
    (context) => context.send('initialized'),
  ),
  attach: request(z.looseObject({}), () => {
    throw new StrataError('no-attach', 'user', 'Strata hosts the guest itself: use a "launch" configuration');
  }),
  configurationDone: request(noArguments, launched, (context) => {
    const { stop } = context.core;
    if (context.stopOnEntry && stop !== undefined) context.runner.stopAt(stop);
    else context.runner.resume({ kind: 'continue', direction: 'forward', isUnseen: true });
  }),
  restart: request(z.looseObject({}), launched, (context) => {
    const stop = context.core.restart();
    if (context.stopOnEntry) context.runner.stopAt(stop);
    else context.runner.resume({ kind: 'continue', direction: 'forward', isUnseen: true });
  }),
  terminate: request(noArguments, nothing, (context) => {
    context.end();
    context.send('terminated');
  }),
  disconnect: request(z.object({}), (context) => {
    context.end();
  }),
  cancel: request(z.looseObject({}), nothing),
};

function nothing(): undefined {
  return undefined;
}

function capabilities(): DebugProtocol.Capabilities {
  return {
    supportsConfigurationDoneRequest: true,
    supportsFunctionBreakpoints: true,
    supportsConditionalBreakpoints: true,
    supportsHitConditionalBreakpoints: true,
    supportsLogPoints: true,
    supportsInstructionBreakpoints: true,
    supportsDataBreakpoints: true,
    supportsDataBreakpointBytes: true,
    supportsBreakpointLocationsRequest: true,
    supportsExceptionFilterOptions: true,
    supportsExceptionInfoRequest: true,
    exceptionBreakpointFilters: offeredFilters.map((filter) => ({
      filter: filter.id,
      label: filter.label,
      description: filter.description,
      supportsCondition: true,
      conditionDescription: filter.conditionDescription,
      default: false,
    })),
    supportsStepBack: true,
    supportsSteppingGranularity: true,
    supportsRestartRequest: true,
    supportsTerminateRequest: true,
    supportsCancelRequest: true,
    supportsDelayedStackTraceLoading: true,
    supportsSetVariable: true,
    supportsSetExpression: true,
    supportsEvaluateForHovers: true,
    supportsCompletionsRequest: true,
    completionTriggerCharacters: ['$', '.', '!', '>'],
    supportsReadMemoryRequest: true,
    supportsWriteMemoryRequest: true,
    supportsDisassembleRequest: true,
    supportsModulesRequest: true,
    supportsLoadedSourcesRequest: true,
  };
}
