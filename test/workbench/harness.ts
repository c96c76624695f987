/**
 * Tests of what a person sees: a real VS Code, served on this machine, with the packaged extension in it, in a
 * real browser.
 *
 *     it('stops in the shell', async () => {
 *       const window = await openFolder('sample-guests/kernel');
 *       await window.setBreakpoint('user/sh.c', 12);
 *       await window.debug.pressF5();
 *       await window.debug.waitForStop({ file: 'sh.c', line: 12 });
 *       assert.equal((await window.debug.stackRows())[0]?.name, 'main');
 *       await window.screenshot('stopped-in-the-shell');
 *     });
 *
 * The server and the browser start with the first window and end with the run. Every window is a fresh browser
 * profile on a copy of its folder, so no test sees another's breakpoints, settings or files; it is closed at the
 * end of its test, and a failed test leaves a screenshot. Pictures go to `test/workbench/screenshots/`, which git
 * ignores: look at them.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { packageExtension } from '../../scripts/package.ts';
import { root } from '../../scripts/root.ts';
import { installWorkbench } from '../../scripts/workbench/install.ts';
import { startServer, type WorkbenchServer } from '../../scripts/workbench/server.ts';
import { WorkbenchWindow } from './window.ts';

export interface OpenOptions {
  /** Files to write into the copied folder first, by path: `{ '.vscode/launch.json': '…' }`. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** Files or folders to leave out of the copy. */
  readonly without?: readonly string[];
  /** Other folders of the repository to copy along, where the folder refers to them by `..`. */
  readonly beside?: readonly string[];
  /** Settings of the folder, beside the harness's own. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly theme?: 'light' | 'dark' | 'high contrast';
}

/** Opens a copy of a folder (its path from the repository's root) in a fresh window, with the explorer shown. */
export async function openFolder(folder: string, options: OpenOptions = {}): Promise<WorkbenchWindow> {
  started ??= start();
  const { server, browser } = await started;
  const copy = copyOf(folder, options);
  const context = await browser.newContext({ viewport: { width: 1600, height: 1000 } });
  const window = new WorkbenchWindow(await context.newPage(), copy.folder, async () => {
    openWindows.delete(window);
    await context.close();
    rmSync(copy.temporary, { recursive: true, force: true });
  });
  openWindows.add(window);
  await window.page.goto(`${server.url}/?folder=${encodeURI(copy.folder)}`);
  await window.waitUntilReady();
  return window;
}

/** The windows that the running test has opened. */
export const openWindows = new Set<WorkbenchWindow>();

/** Ends the server and the browser, when they were started. */
export async function stopWorkbench(): Promise<void> {
  if (!started) return;
  const { server, browser, dataFolder } = await started;
  await browser.close();
  await server.stop();
  rmSync(dataFolder, { recursive: true, force: true });
}

interface Running {
  readonly server: WorkbenchServer;
  readonly browser: Browser;
  readonly dataFolder: string;
}
let started: Promise<Running> | undefined;

async function start(): Promise<Running> {
  const workbench = await installWorkbench(console.log);
  const dataFolder = mkdtempSync(join(tmpdir(), 'strata-workbench-'));
  const extension = await packageExtension(join(dataFolder, 'strata.vsix'));
  const server = await startServer({ workbench, dataFolder, extension, settings: quietSettings });
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: [...chromiumOptions] });
  return { server, browser, dataFolder };
}

function chromiumPath(): string {
  return process.env['CHROMIUM'] ?? '/usr/bin/chromium';
}

const chromiumOptions = [
  '--no-sandbox', // Tests may run as root, where Chromium's sandbox refuses to start.
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
] as const;

/** Nothing opens, animates or asks by itself, and the terminal's text is in the page. */
const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.reduceMotion': 'on',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
  'git.enabled': false,
  'window.autoDetectColorScheme': false,
  'terminal.integrated.gpuAcceleration': 'off',
} as const;

const themes = {
  light: 'Light 2026',
  dark: 'Dark 2026',
  'high contrast': 'Default High Contrast',
} as const;

/** A copy whose path ends as the original's does, so that what finds sources by the end of a path finds them. */
function copyOf(
  folder: string,
  options: OpenOptions,
): { readonly temporary: string; readonly folder: string } {
  const temporary = mkdtempSync(join(tmpdir(), 'strata-folder-'));
  const copy = join(temporary, folder);
  for (const each of [folder, ...(options.beside ?? [])])
    cpSync(join(root, each), join(temporary, each), { recursive: true });
  for (const path of options.without ?? []) rmSync(join(copy, path), { recursive: true });
  const settings = { 'workbench.colorTheme': themes[options.theme ?? 'light'], ...options.settings };
  const files = { '.vscode/settings.json': JSON.stringify(settings, undefined, 2), ...options.files };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    writeFileSync(join(copy, path), text);
  }
  return { temporary, folder: copy };
}
