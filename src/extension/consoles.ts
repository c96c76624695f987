import * as vscode from 'vscode';
import type { Sessions } from './sessions.ts';

/** A terminal for each guest console: what the guest prints appears in it, what is typed goes to the guest. */
export class Consoles implements vscode.Disposable {
  readonly #sessions: Sessions;
  readonly #consoles = new Map<string, GuestConsole>();
  readonly #subscriptions: vscode.Disposable[];

  constructor(sessions: Sessions) {
    this.#sessions = sessions;
    this.#subscriptions = [
      sessions.onDidPrint(({ session, body }) =>
        this.#console(session, body.console).print(body.text, body.reset),
      ),
      sessions.onDidStart((session) => void this.#openAll(session)),
      sessions.onDidEnd((session) => this.#end(session)),
    ];
  }

  /** Brings a guest's terminal to the front, or the first one. */
  async show(name?: string): Promise<void> {
    const session = this.#sessions.current;
    if (session === undefined) return;
    await this.#openAll(session);
    const open = [...this.#consoles.values()].filter((console) => console.sessionId === session.id);
    (open.find((console) => console.name === name) ?? open[0])?.terminal.show();
  }

  dispose(): void {
    for (const each of [...this.#subscriptions, ...this.#consoles.values()]) each.dispose();
  }

  async #openAll(session: vscode.DebugSession): Promise<void> {
    const answer = await this.#sessions.ask('strata/consoles', {}, session);
    for (const { id, text } of answer?.consoles ?? []) {
      const isNew = !this.#consoles.has(`${session.id}:${id}`);
      const console = this.#console(session, id);
      if (isNew) console.print(text, false);
    }
  }

  #console(session: vscode.DebugSession, name: string): GuestConsole {
    const key = `${session.id}:${name}`;
    const known = this.#consoles.get(key);
    if (known !== undefined) return known;
    // A console of an ended session with this name gives way: its text has been read or will not be.
    for (const [oldKey, old] of this.#consoles)
      if (old.ended && old.name === name) {
        old.dispose();
        this.#consoles.delete(oldKey);
      }
    const input = (text: string): void => {
      void this.#sessions.ask('strata/input', { console: name, text }, session);
    };
    const created = new GuestConsole(session.id, name, input, () => this.#consoles.delete(key));
    this.#consoles.set(key, created);
    return created;
  }

  #end(session: vscode.DebugSession): void {
    for (const console of this.#consoles.values()) if (console.sessionId === session.id) console.end();
  }
}

class GuestConsole implements vscode.Pseudoterminal, vscode.Disposable {
  readonly sessionId: string;
  readonly name: string;
  readonly terminal: vscode.Terminal;
  readonly #didWrite = new vscode.EventEmitter<string>();
  readonly #input: (text: string) => void;
  readonly #onClose: () => void;
  readonly onDidWrite = this.#didWrite.event;
  /** Kept until the terminal is open: writes before that are lost. */
  #pending: string | undefined = '';
  ended = false;

  constructor(sessionId: string, name: string, input: (text: string) => void, onClose: () => void) {
    this.sessionId = sessionId;
    this.name = name;
    this.#input = input;
    this.#onClose = onClose;
    this.terminal = vscode.window.createTerminal({
      name: `Guest ${name}`,
      pty: this,
      iconPath: new vscode.ThemeIcon('vm'),
      isTransient: true,
    });
    this.terminal.show(true);
  }

  open(): void {
    const pending = this.#pending ?? '';
    this.#pending = undefined;
    this.#didWrite.fire(pending);
  }

  close(): void {
    this.#onClose();
  }

  handleInput(text: string): void {
    if (!this.ended) this.#input(text);
  }

  print(text: string, reset: boolean): void {
    // A guest that ends lines with \n alone means a new line at its beginning, as a serial console shows it.
    const shown = (reset ? '\u001Bc' : '') + text.replaceAll(/\r?\n/g, '\r\n');
    if (this.#pending === undefined) this.#didWrite.fire(shown);
    else this.#pending = reset ? shown : this.#pending + shown;
  }

  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.print('\n\u001B[2m[the guest has ended]\u001B[0m\n', false);
  }

  dispose(): void {
    this.#didWrite.dispose();
    this.terminal.dispose();
  }
}
