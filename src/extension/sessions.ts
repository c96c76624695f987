import * as vscode from 'vscode';
import type { CustomEvents, CustomRequests } from '../protocol/requests.ts';

/** The one debug type of this extension. */
export const debugType = 'strata';

/** Debug sessions of ours: which one the views show, and typed requests to it. */
export class Sessions implements vscode.Disposable {
  readonly #didChange = new vscode.EventEmitter<void>();
  readonly #didPrint = new vscode.EventEmitter<SessionEvent<'strata/console'>>();
  readonly #didProfile = new vscode.EventEmitter<SessionEvent<'strata/profile'>>();
  readonly #didStart = new vscode.EventEmitter<vscode.DebugSession>();
  readonly #didEnd = new vscode.EventEmitter<vscode.DebugSession>();
  readonly #subscriptions: vscode.Disposable[];
  #current: vscode.DebugSession | undefined;

  /** What views show may be out of date. */
  readonly onDidChange = this.#didChange.event;
  /** A guest printed. */
  readonly onDidPrint = this.#didPrint.event;
  /** A profile of a guest was begun, or is there. */
  readonly onDidProfile = this.#didProfile.event;
  readonly onDidStart = this.#didStart.event;
  readonly onDidEnd = this.#didEnd.event;

  constructor() {
    this.#subscriptions = [
      vscode.debug.onDidStartDebugSession((session) => this.#start(session)),
      vscode.debug.onDidTerminateDebugSession((session) => this.#end(session)),
      vscode.debug.onDidChangeActiveDebugSession((session) => this.#activate(session)),
      vscode.debug.onDidReceiveDebugSessionCustomEvent((event) => this.#receive(event)),
    ];
  }

  /** The session that views show: the active one, or the last one started. */
  get current(): vscode.DebugSession | undefined {
    return this.#current;
  }

  /**
   * Asks the current session. `undefined`: there is none, or it cannot answer now (its message is lost on
   * purpose: views ask often, and show nothing then).
   */
  async ask<Name extends keyof CustomRequests>(
    name: Name,
    parameters: CustomRequests[Name]['arguments'],
    session = this.#current,
  ): Promise<CustomRequests[Name]['body'] | undefined> {
    if (session === undefined) return undefined;
    try {
      return (await session.customRequest(name, parameters)) as CustomRequests[Name]['body'];
    } catch {
      return undefined;
    }
  }

  dispose(): void {
    for (const each of [
      ...this.#subscriptions,
      this.#didChange,
      this.#didPrint,
      this.#didProfile,
      this.#didStart,
      this.#didEnd,
    ])
      each.dispose();
  }

  #start(session: vscode.DebugSession): void {
    if (session.type !== debugType) return;
    this.#current = session;
    this.#didStart.fire(session);
    this.#didChange.fire();
  }

  #end(session: vscode.DebugSession): void {
    if (session.type !== debugType) return;
    if (this.#current?.id === session.id) this.#current = undefined;
    this.#didEnd.fire(session);
    this.#didChange.fire();
  }

  #activate(session: vscode.DebugSession | undefined): void {
    if (session?.type !== debugType) return;
    this.#current = session;
    this.#didChange.fire();
  }

  #receive({ session, event, body }: vscode.DebugSessionCustomEvent): void {
    if (session.type !== debugType) return;
    if (event === 'strata/changed') this.#didChange.fire();
    if (event === 'strata/console')
      this.#didPrint.fire({ session, body: body as CustomEvents['strata/console'] });
    if (event === 'strata/profile')
      this.#didProfile.fire({ session, body: body as CustomEvents['strata/profile'] });
  }
}

interface SessionEvent<Name extends keyof CustomEvents> {
  readonly session: vscode.DebugSession;
  readonly body: CustomEvents[Name];
}
