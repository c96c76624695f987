import type { Locator } from 'playwright-core';
import { readAllRows, readRows, type Row } from './rows.ts';
import { waitFor } from './wait.ts';
import { escaped } from './text.ts';
import type { WorkbenchWindow } from './window.ts';

/** A row of the call stack: a session, a thread, a frame, or a label between two strata. */
export interface StackRow {
  readonly kind: 'session' | 'thread' | 'frame' | 'label';
  /** The name alone: `main`, `vCPU 0 of guest a`. */
  readonly name: string;
  /** File name and line from 1, of frames with a source. */
  readonly file: string | undefined;
  readonly line: number | undefined;
  /** All that the row says. */
  readonly text: string;
}

/** What VS Code shows of a debug session. */
export class DebugViews {
  readonly #window: WorkbenchWindow;

  constructor(window: WorkbenchWindow) {
    this.#window = window;
  }

  /** Starts debugging, as the key does: with the chosen configuration, or with what the extension thinks best. */
  async pressF5(): Promise<void> {
    await this.#window.press('F5');
  }

  /** Presses one of the debug keys. To wait for the stop that follows, call `waitForStop`. */
  async press(
    key: 'step over' | 'step in' | 'step out' | 'step back' | 'continue' | 'reverse' | 'pause',
  ): Promise<void> {
    const icon = icons[key];
    await this.#toolbar.locator(`.codicon-debug-${icon}`).click();
  }

  /** Waits until the session is stopped, at a file's line when given, and returns the frame on top. */
  async waitForStop(at: { readonly file?: string | RegExp; readonly line?: number } = {}): Promise<StackRow> {
    const wanted = `a stop${at.file === undefined ? '' : ` at ${String(at.file)}:${at.line ?? '*'}`}`;
    return waitFor(
      wanted,
      async () => {
        const question = await this.#window.dialog();
        if (question !== undefined) throw new Error(`waiting for ${wanted}, a dialog came: ${question}`);
        if (!(await this.#isStopped())) return undefined;
        const top = (await this.stackRows()).find((row) => row.kind === 'frame');
        if (!top || (at.file !== undefined && !isCalled(top.file, at.file))) return undefined;
        return at.line === undefined || top.line === at.line ? top : undefined;
      },
      async () => ((await this.#isStopped()) ? (await this.stackRows()).map((row) => row.text) : 'no stop'),
    );
  }

  /** The rows of the call stack in sight, from top to bottom; the threads that stopped are open. */
  async stackRows(): Promise<readonly StackRow[]> {
    return Promise.all((await this.#stack()).map(stackRow));
  }

  /** All rows of the call stack, also those that have to be scrolled into sight. */
  async wholeStack(): Promise<readonly StackRow[]> {
    await this.#stack();
    return Promise.all((await readAllRows(this.#window.view('Call Stack'))).map(stackRow));
  }

  /** Makes a frame the one whose variables and source are shown. */
  async selectFrame(name: string): Promise<void> {
    const rows = await this.#stack();
    const shown = await Promise.all(rows.map(stackRow));
    const row = rows[shown.findIndex((candidate) => candidate.name === name)];
    if (!row) throw new Error(`no frame ${name} among ${shown.map(({ text }) => text).join(' | ')}`);
    await row.locator.click();
  }

  /** The rows of the variables view in sight: scopes, and what is open below them. */
  async variables(): Promise<readonly Row[]> {
    await this.#show();
    return this.#window.rows('Variables');
  }

  /** Opens the variable or scope whose text matches. */
  async expandVariable(text: RegExp): Promise<void> {
    await this.#show();
    await this.#window.expandRow('Variables', text);
  }

  /**
   * Turns on a filter of the breakpoints view (a VM exit, a trap) by its label, with a condition when one is
   * given. VS Code shows the filters from the first session on.
   */
  async stopOn(filter: string, condition?: string): Promise<void> {
    await this.#show();
    const find = async (text: string): Promise<Locator> =>
      (await this.#window.waitForRow('Breakpoints', new RegExp(`^${escaped(text)}$`))).locator;
    let row = await find(filter);
    if (condition !== undefined) {
      await row.hover();
      await row.locator('.codicon-edit').click();
      await row.locator('input').fill(condition);
      await this.#window.press('Enter');
      row = await find(`${filter} ${condition}`);
    }
    const box = row.locator('.monaco-checkbox');
    if ((await box.getAttribute('aria-checked')) !== 'true') await box.click();
    await row.locator('.monaco-checkbox[aria-checked=true]').waitFor();
  }

  /** Evaluates in the debug console and returns what it answers. */
  async evaluate(expression: string): Promise<string> {
    await this.#window.command('Debug Console: Focus on Debug Console View');
    const console = this.#window.page.locator('.repl');
    const input = console.locator('.repl-input-wrapper .monaco-editor.focused');
    await input.waitFor();
    const output = console.locator('.repl-tree');
    const before = (await readRows(output)).length;
    await this.#window.type(expression);
    await this.#window.press('Enter');
    // The input comes back as a row of its own, then comes the answer.
    return waitFor(
      `the answer to ${expression}`,
      async () => (await readRows(output))[before + 1]?.text,
      async () => (await readRows(output)).map((row) => row.text),
    );
  }

  /** Closes a view of the side bar, so that the others have more room. */
  async collapse(title: string): Promise<void> {
    await this.#show();
    const header = this.#window.view(title).locator('.pane-header');
    if ((await header.getAttribute('aria-expanded')) === 'true') await header.click();
  }

  /** Waits until no session is left. */
  async waitForEnd(): Promise<void> {
    await this.#toolbar.waitFor({ state: 'hidden' });
  }

  get #toolbar(): Locator {
    return this.#window.page.locator('.debug-toolbar');
  }

  async #stack(): Promise<readonly Row[]> {
    await this.#show();
    const rows = await readRows(this.#window.view('Call Stack'));
    // VS Code opens the thread that stopped, but not when the view itself is only just being drawn.
    const closed = rows.find((row) => row.expanded === false && row.label.includes('Paused on'));
    if (!closed) return rows;
    await closed.locator.locator('.monaco-tl-twistie').click();
    return readRows(this.#window.view('Call Stack'));
  }

  async #show(): Promise<void> {
    const view = this.#window.view('Call Stack');
    if (await view.isVisible()) return;
    await this.#window.command('View: Show Run and Debug');
    await view.waitFor();
  }

  async #isStopped(): Promise<boolean> {
    return this.#toolbar.locator('.codicon-debug-continue').isVisible();
  }
}

function isCalled(file: string | undefined, wanted: string | RegExp): boolean {
  return typeof wanted === 'string' ? file === wanted : file !== undefined && wanted.test(file);
}

const icons = {
  'step over': 'step-over',
  'step in': 'step-into',
  'step out': 'step-out',
  'step back': 'step-back',
  continue: 'continue',
  reverse: 'reverse-continue',
  pause: 'pause',
} as const;

/** Reads a row by what VS Code words for screen readers. */
async function stackRow({ text, label, locator }: Row): Promise<StackRow> {
  const [, frame, line, file] = /^Stack Frame (.*), line (\d+), (.*)$/.exec(label) ?? [];
  if (frame === undefined) {
    const kind = label.startsWith('Thread ') ? 'thread' : 'session';
    const name = label.replace(/^(Thread|Session) /, '').replace(/ (Running|Paused.*)$/, '');
    return { kind, name, file: undefined, line: undefined, text };
  }
  const isLabel = (await locator.locator('.stack-frame.label').count()) > 0;
  if (isLabel) return { kind: 'label', name: frame, file: undefined, line: undefined, text: frame };
  const hasSource = line !== '0';
  return {
    kind: 'frame',
    name: frame,
    file: hasSource ? file : undefined,
    line: hasSource ? Number(line) : undefined,
    text,
  };
}
