import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { root } from '../../scripts/root.ts';
import { DebugViews } from './debug-views.ts';
import { findRow, readRows, type Row } from './rows.ts';
import { escaped } from './text.ts';
import { patienceSeconds, waitFor } from './wait.ts';

/**
 * One window of the workbench, driven as a person drives it: by its command palette, its keys, and what it shows.
 * For what is not here, use Playwright's `page`.
 */
export class WorkbenchWindow {
  /** Playwright's page, for whatever has no word here. */
  readonly page: Page;
  /** The open folder, as an absolute path; it is a copy. */
  readonly folder: string;
  /** The debug toolbar, call stack, variables, breakpoints and console. */
  readonly debug: DebugViews;
  readonly #close: () => Promise<void>;

  constructor(page: Page, folder: string, close: () => Promise<void>) {
    this.page = page;
    this.folder = folder;
    this.debug = new DebugViews(this);
    this.#close = close;
    page.setDefaultTimeout(patienceSeconds * 1000);
  }

  /** Waits until the explorer shows files, and the extension's icon is there: by then VS Code knows its keys. */
  async waitUntilReady(): Promise<void> {
    const files = this.page.locator('.explorer-folders-view [role=treeitem]');
    await files.first().waitFor({ timeout: 60_000 });
    await this.page.locator('.activitybar [aria-label^="Strata"]').first().waitFor({ timeout: 60_000 });
    await this.#widenSideBar();
  }

  /** Presses a key or chord, in Playwright's names: `F10`, `Control+Shift+F5`. */
  async press(key: string): Promise<void> {
    await this.page.keyboard.press(key);
  }

  /** Runs a command by the name that the palette shows, with its category: `Strata: Walk Page Tables`. */
  async command(name: string): Promise<void> {
    await this.#pick('F1', `>${name}`, name);
  }

  /** Opens a file of the folder in the editor; at a line, counted from 1, when one is given. */
  async openFile(path: string, line?: number): Promise<void> {
    const name = path.slice(path.lastIndexOf('/') + 1);
    await this.#pick('Control+P', path, name);
    await this.page.locator('.tab.active', { hasText: name }).waitFor();
    await this.page.locator('.editor-instance .view-line').first().waitFor();
    if (line === undefined) return;
    await this.#pick('Control+G', `:${line}`);
    await this.page.locator('.statusbar-item', { hasText: new RegExp(`^\\s*Ln ${line},`) }).waitFor();
  }

  /** Sets a breakpoint as F9 does and waits for its dot; lines count from 1. */
  async setBreakpoint(path: string, line: number): Promise<void> {
    await this.openFile(path, line);
    const dots = this.page.locator('.glyph-margin-widgets [class*=codicon-debug-breakpoint]');
    const before = await dots.count();
    await this.press('F9');
    await waitFor(`the dot of a breakpoint at ${path}:${line}`, async () =>
      (await dots.count()) === before + 1 ? true : undefined,
    );
  }

  /** Chooses an entry of the list that has been opened at the top of the window, by its label. */
  async choose(label: string): Promise<void> {
    await this.#accept(label, 'a list to choose from');
  }

  /** Opens the context menu of a part of the page, and chooses the entry that the names lead to, by its submenus. */
  async chooseInMenu(part: Locator, ...names: readonly [string, ...string[]]): Promise<void> {
    await part.click({ button: 'right' });
    for (const name of names.slice(0, -1)) await this.page.getByRole('menuitem', { name }).hover();
    const last = this.page.getByRole('menuitem', { name: names.at(-1) ?? '' });
    await last.waitFor();
    // VS Code takes no click of a menu in its first 100 ms, and says nothing: it is the menu's going that tells.
    await waitFor(`the menu to go after its “${names.join(' > ')}”`, async () => {
      if (await last.isVisible()) await last.click({ timeout: 1000 }).catch(() => undefined);
      return (await last.isVisible()) ? undefined : true;
    });
  }

  /** Answers the input box that has been opened at the top of the window. */
  async answer(text: string): Promise<void> {
    await this.#quickInput.locator('input.input').fill(text);
    await this.press('Enter');
    await this.#quickInput.waitFor({ state: 'hidden' });
  }

  /** Types into whatever has the focus. */
  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
  }

  /** The name and text of the editor that is shown; of a long text only the lines that are in view. */
  async editor(): Promise<{ readonly name: string; readonly text: string }> {
    const name = await this.page.locator('.tab.active').first().textContent();
    const lines = await this.page.locator('.editor-instance .view-line').all();
    const placed = await Promise.all(
      lines.map(async (line) => ({
        top: (await line.boundingBox())?.y ?? 0,
        text: ((await line.textContent()) ?? '').replaceAll('\u00a0', ' '),
      })),
    );
    const text = placed.toSorted((a, b) => a.top - b.top).map((line) => line.text);
    return { name: name?.trim() ?? '', text: text.join('\n') };
  }

  /**
   * Shows a view by the name of its command (`View: Show …` or `… : Focus on … View`) and returns its part of
   * the page, by the title in its header.
   */
  async showView(command: string, title: string): Promise<Locator> {
    await this.command(command);
    const view = this.view(title);
    await view.waitFor();
    return view;
  }

  /** A view in the side bar or panel, by its title. */
  view(title: string): Locator {
    const header = this.page.locator('.pane-header', { hasText: new RegExp(`^\\s*${escaped(title)}`) });
    return this.page.locator('.pane', { has: header });
  }

  /** The rows of a tree view that are in sight, from top to bottom. */
  async rows(title: string): Promise<readonly Row[]> {
    return readRows(this.view(title));
  }

  /** Waits until a tree view has a row whose text matches, scrolls to it, and returns it. */
  async waitForRow(title: string, text: RegExp): Promise<Row> {
    return waitFor(
      `a row ${String(text)} in ${title}`,
      async () => findRow(this.view(title), (row) => text.test(row.text)),
      async () => (await this.rows(title)).map((row) => row.text),
    );
  }

  /** Opens the row of a tree view whose text matches, and waits until it is open. */
  async expandRow(title: string, text: RegExp): Promise<void> {
    const row = await this.waitForRow(title, text);
    if (row.expanded !== false) return;
    await row.locator.locator('.monaco-tl-twistie').click();
    await waitFor(`row ${String(text)} of ${title} to open`, async () =>
      (await this.rows(title)).some((other) => text.test(other.text) && other.expanded === true)
        ? true
        : undefined,
    );
  }

  /** The document of the webview that is shown; with several, give the one's place from 0. */
  webview(place = 0): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready').nth(place).frameLocator('iframe#active-frame');
  }

  /** What the terminal in view shows, with its empty lines at the end left out. */
  async terminalText(): Promise<string> {
    const rows = await this.page.locator('.terminal-wrapper.active .xterm-rows > div').allTextContents();
    return rows
      .map((row) => row.replaceAll('\u00a0', ' ').trimEnd())
      .join('\n')
      .trimEnd();
  }

  /** Waits until the terminal in view shows a text that matches. */
  async waitForTerminal(text: RegExp): Promise<void> {
    const look = async (): Promise<true | undefined> =>
      text.test(await this.terminalText()) ? true : undefined;
    await waitFor(`${String(text)} in the terminal`, look, () => this.terminalText());
  }

  /** Puts the focus into the terminal in view and types; `\n` is the return key. */
  async typeInTerminal(text: string): Promise<void> {
    await this.page.locator('.terminal-wrapper.active .xterm-screen').click();
    await this.page.locator('.terminal-wrapper.active .xterm.focus').waitFor();
    await this.page.keyboard.type(text);
  }

  /** The messages that were shown in the corner, the newest first. */
  async notifications(): Promise<readonly string[]> {
    await this.command('Notifications: Show Notifications');
    const center = this.page.locator('.notifications-center.visible');
    await center.waitFor();
    const messages = await center.locator('.notification-list-item-message').allTextContents();
    await this.command('Notifications: Hide Notifications');
    return messages;
  }

  /** What a dialog in the middle of the window says, while one waits for an answer. */
  async dialog(): Promise<string | undefined> {
    const message = this.page.locator('.monaco-dialog-box .dialog-message');
    return (await message.isVisible()) ? ((await message.textContent()) ?? '') : undefined;
  }

  /** Drags the mouse from one place of the window to another. */
  async drag(from: Place, to: Place): Promise<void> {
    const { mouse } = this.page;
    await mouse.move(from.x, from.y);
    await mouse.down();
    await mouse.move(to.x, to.y, { steps: 4 });
    await mouse.up();
  }

  /** Takes a picture into `test/workbench/screenshots/NAME.png` and returns its path. */
  async screenshot(name: string, { mouse }: { readonly mouse?: 'stays' } = {}): Promise<string> {
    const folder = join(root, 'test/workbench/screenshots');
    mkdirSync(folder, { recursive: true });
    const path = join(folder, `${name}.png`);
    if (mouse === undefined) await this.page.mouse.move(0, 0); // No tooltip in the picture.
    await this.page.screenshot({ path });
    return path;
  }

  /** Closes the window and removes its folder; the harness does so at the end of the test. */
  async dispose(): Promise<void> {
    await this.#close();
  }

  /** The side bar's first width cuts the call stack's rows short. */
  async #widenSideBar(): Promise<void> {
    const box = await this.page.locator('.part.sidebar').boundingBox();
    if (!box) return;
    const y = box.y + box.height / 2;
    await this.drag({ x: box.x + box.width, y }, { x: sideBarWidth, y });
  }

  /** Opens a quick input, types, and accepts: the row with this label, or what was typed where there is no list. */
  async #pick(key: string, text: string, label?: string): Promise<void> {
    await this.press(key);
    await this.#quickInput.locator('input.input').fill(text);
    if (label !== undefined) return this.#accept(label, `the list after typing “${text}”`);
    await this.press('Enter');
    await this.#quickInput.waitFor({ state: 'hidden' });
  }

  async #accept(label: string, list: string): Promise<void> {
    const rows = this.#quickInput.locator('.monaco-list-row');
    const exactly = { hasText: new RegExp(`^\\s*${escaped(label)}\\s*$`) };
    const row = rows.filter({ has: this.page.locator('.label-name', exactly) });
    await waitFor(
      `“${label}” in ${list}`,
      async () => ((await row.count()) > 0 ? true : undefined),
      async () => rows.allTextContents(),
    );
    await row.first().click();
    // Another may open at once, for a command that asks something more.
    await row.first().waitFor({ state: 'hidden' });
  }

  get #quickInput(): Locator {
    return this.page.locator('.quick-input-widget');
  }
}

const sideBarWidth = 500;

interface Place {
  readonly x: number;
  readonly y: number;
}
