import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { CustomEvents, CustomRequests } from '../protocol/requests.ts';
import { debugType, type Sessions } from './sessions.ts';

/** Profiles of guests: begun and ended here, shown in the status bar while they are taken, and opened then. */
export class Profiles implements vscode.Disposable {
  readonly #sessions: Sessions;
  /** By session, profiles that are taken, and until when. */
  readonly #underWay = new Map<string, 'stop' | 'told'>();
  readonly #item = vscode.window.createStatusBarItem('strata.profile', vscode.StatusBarAlignment.Left);
  readonly #subscriptions: vscode.Disposable[];

  constructor(sessions: Sessions) {
    this.#sessions = sessions;
    this.#item.name = 'Profile of the Guest';
    this.#item.text = '$(record) Profiling';
    this.#item.tooltip = 'The guest is profiled. Stop, and show where it spends its steps';
    this.#item.command = 'strata.stopProfile';
    this.#subscriptions = [
      this.#item,
      sessions.onDidChange(() => this.#show()),
      sessions.onDidEnd(({ id }) => {
        this.#underWay.delete(id);
        this.#show();
      }),
      sessions.onDidProfile(({ session, body }) => this.#take(session, body)),
    ];
  }

  /** Asks until when, and begins. */
  async start(): Promise<void> {
    const session = this.#sessions.current;
    if (session === undefined) {
      await vscode.window.showInformationMessage('No guest is being debugged. Press F5 to start one.');
      return;
    }
    const picked = await vscode.window.showQuickPick(ends, { title: 'Profile the guest until when?' });
    if (picked === undefined) return;
    const file = join(folderOf(session), `guest-${timestamp(new Date())}.cpuprofile`);
    await this.#request(session, 'strata/startProfile', {
      file,
      ...(picked.until !== undefined && { until: picked.until }),
    });
  }

  /** Ends the profile that is taken of the current session's guest. */
  async stop(): Promise<void> {
    const session = this.#sessions.current;
    if (session !== undefined) await this.#request(session, 'strata/stopProfile', {});
  }

  dispose(): void {
    for (const each of this.#subscriptions) each.dispose();
  }

  async #request<Name extends 'strata/startProfile' | 'strata/stopProfile'>(
    session: vscode.DebugSession,
    name: Name,
    parameters: CustomRequests[Name]['arguments'],
  ): Promise<void> {
    try {
      await session.customRequest(name, parameters);
    } catch (error) {
      await vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
    }
  }

  #take(session: vscode.DebugSession, profile: CustomEvents['strata/profile']): void {
    const until = this.#underWay.get(session.id);
    if (profile.state === 'running') this.#underWay.set(session.id, profile.until ?? 'told');
    else this.#underWay.delete(session.id);
    this.#show();
    switch (profile.state) {
      case 'running':
        return;
      case 'written':
        if (profile.samples > 0) void open(profile.file, until);
        else void vscode.window.showInformationMessage(tooShort);
        return;
      case 'lost':
        void vscode.window.showErrorMessage(profile.problem);
        return;
    }
  }

  #show(): void {
    const { current } = this.#sessions;
    const isProfiling = current !== undefined && this.#underWay.has(current.id);
    if (isProfiling) this.#item.show();
    else this.#item.hide();
    void vscode.commands.executeCommand('setContext', `${debugType}.isProfiling`, isProfiling);
  }
}

/** The source at which a guest stops is about to be shown as well: they stand beside each other. */
async function open(file: string, until: 'stop' | 'told' | undefined): Promise<void> {
  const beside = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
  const options = { preview: false, ...(until === 'stop' && beside) };
  await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file), options);
}

const ends: readonly (vscode.QuickPickItem & { readonly until?: 'stop' })[] = [
  { label: 'Until I stop it', description: 'in the status bar, or with Strata: Stop Profiling' },
  {
    label: 'Until the guest stops',
    description: 'at a breakpoint, an exit, a trap or a pause',
    until: 'stop',
  },
];

const tooShort =
  'The guest has run too few steps for a profile. Let it run for longer, or set "profileInterval" in launch.json.';

/** Where a person finds a file that was made for a session. */
function folderOf({ workspaceFolder }: vscode.DebugSession): string {
  return (workspaceFolder ?? vscode.workspace.workspaceFolders?.[0])?.uri.fsPath ?? tmpdir();
}

/** A person's time as a part of a file's name: `2026-01-31-23-59-59`. */
function timestamp(now: Date): string {
  return new Date(now.getTime() - 60_000 * now.getTimezoneOffset())
    .toISOString()
    .slice(0, 19)
    .replaceAll(/[^0-9]/g, '-');
}
