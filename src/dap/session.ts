import { DebugSession, Event, Response } from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { StrataError } from '../common/errors.ts';
import { Context } from './context.ts';
import type { RequestTable } from './request.ts';
import { breakpointRequests } from './requests/breakpoints.ts';
import { customRequests } from './requests/custom.ts';
import { inspectionRequests } from './requests/inspection.ts';
import { lifecycleRequests } from './requests/lifecycle.ts';
import { memoryRequests } from './requests/memory.ts';
import { runRequests } from './requests/run.ts';

const requests: RequestTable = {
  ...lifecycleRequests,
  ...runRequests,
  ...breakpointRequests,
  ...inspectionRequests,
  ...memoryRequests,
  ...customRequests,
};

/**
 * What an editor asks by itself, or shows the answer of where it was asked. That such a question failed (its stop is
 * over, the word under the mouse is no variable) is nothing to interrupt a person with.
 */
const questions: ReadonlySet<string> = new Set([
  ...Object.keys(customRequests),
  'threads',
  'stackTrace',
  'scopes',
  'variables',
  'evaluate',
  'completions',
  'exceptionInfo',
  'readMemory',
  'disassemble',
  'source',
  'breakpointLocations',
  'modules',
  'loadedSources',
]);

/** One client's session: takes requests in order, answers each exactly once, whatever it holds. */
export class StrataSession extends DebugSession {
  readonly #context = new Context((event, body) => this.sendEvent(new Event(event, body)));
  #queue: Promise<void> = Promise.resolve();
  #end: () => void = () => undefined;
  /** Settles when the client has said goodbye. */
  readonly disconnected = new Promise<void>((resolve) => (this.#end = resolve));

  protected override dispatchRequest(message: DebugProtocol.Request): void {
    this.#queue = this.#queue.then(() => this.#answer(message));
  }

  /** Tells the client of a frame that was no request. */
  report(problem: string): void {
    this.sendEvent(new Event('output', { category: 'stderr', output: `Strata: ${problem}\n` }));
  }

  /** The client is gone. */
  close(): void {
    this.#context.end();
  }

  async #answer(message: DebugProtocol.Request): Promise<void> {
    const response: DebugProtocol.Response = new Response(message);
    const handler = Object.hasOwn(requests, message.command) ? requests[message.command] : undefined;
    try {
      if (handler === undefined)
        throw new StrataError('unknown-request', 'user', `there is no request '${message.command}'`);
      const body = await handler.handle(this.#context, message.arguments);
      this.sendResponse(body === undefined ? response : { ...response, body });
    } catch (error) {
      this.#refuse(response, error);
      return;
    }
    try {
      handler.after?.(this.#context);
      this.#context.announceChange();
    } catch (error) {
      // The response is out: there is only this way left to tell.
      this.report(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
    if (message.command === 'disconnect') this.#end();
  }

  /** One place turns blame into words. */
  #refuse(response: DebugProtocol.Response, error: unknown): void {
    const known = error instanceof StrataError ? error : undefined;
    const text = error instanceof Error ? error.message : String(error);
    const isDefect = known === undefined || known.blame === 'internal';
    const format = isDefect ? `Strata has a defect: ${text}` : text;
    if (isDefect && error instanceof Error) this.report(error.stack ?? text);
    const showUser = isDefect || !questions.has(response.command);
    this.sendResponse({
      ...response,
      success: false,
      message: known?.code ?? 'defect',
      body: { error: { id: 1, format: format.replaceAll(/[{}]/g, '$&$&'), showUser } },
    });
  }
}
