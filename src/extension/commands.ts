import * as vscode from 'vscode';
import type { Consoles } from './consoles.ts';
import { memoryUri } from './memory-file-system.ts';
import type { Profiles } from './profiles.ts';
import type { Sessions } from './sessions.ts';
import type { Row } from './views/asking-tree.ts';
import type { PageTableView } from './views/page-table-view.ts';

/** Registers every command of the extension. */
export function registerCommands(
  sessions: Sessions,
  consoles: Consoles,
  profiles: Profiles,
  pageTables: PageTableView,
  refresh: () => void,
): vscode.Disposable[] {
  return [
    register('walkAddress', async () => {
      const address = await askAddress('Address to walk', pageTables.address);
      if (address !== undefined) await pageTables.walk({ address });
    }),
    register('walkAccess', async () => {
      const access = await vscode.window.showQuickPick(['read', 'write', 'execute'], {
        title: 'Walk as which access?',
      });
      if (access === 'read' || access === 'write' || access === 'execute') await pageTables.walk({ access });
    }),
    register('viewMemory', async (row?: Row) => {
      const reference = row?.memoryReference ?? (await pickSpace(sessions));
      if (reference !== undefined) await openMemory(reference);
    }),
    register('showConsole', (row?: Row) => consoles.show(row?.id.replace(/^guest:/, ''))),
    register('startProfile', () => profiles.start()),
    register('stopProfile', () => profiles.stop()),
    register('refresh', refresh),
  ];
}

function register(name: string, run: (...parameters: never[]) => unknown): vscode.Disposable {
  return vscode.commands.registerCommand(`strata.${name}`, run);
}

async function openMemory(reference: string): Promise<void> {
  const length = 4096;
  const uri = memoryUri(reference, length);
  const hexEditor = 'hexEditor.hexedit';
  const hasHexEditor = vscode.extensions.getExtension('ms-vscode.hexeditor') !== undefined;
  await vscode.commands.executeCommand('vscode.openWith', uri, hasHexEditor ? hexEditor : 'strata.memory');
}

async function pickSpace(sessions: Sessions): Promise<string | undefined> {
  const answer = await sessions.ask('strata/spaces', {});
  if (answer === undefined) {
    await vscode.window.showInformationMessage('No guest is being debugged. Press F5 to start one.');
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(
    answer.spaces.map((space) => ({
      label: space.title,
      description: space.memoryReference,
      reference: space.memoryReference,
    })),
    { title: 'Memory of which space?', matchOnDescription: true },
  );
  if (picked === undefined) return undefined;
  const start = picked.reference.slice(picked.reference.lastIndexOf(':') + 1);
  const text = await askAddress(`Address in ${picked.label}`, start);
  if (text === undefined) return undefined;
  const address = await addressOf(text, sessions);
  return address === undefined ? undefined : picked.reference.replace(/:[^:]*$/, `:${address}`);
}

/** The number that a text is, or that it is worth as an expression of the selected frame. */
async function addressOf(text: string, sessions: Sessions): Promise<string | undefined> {
  if (/^(0x[0-9a-f]+|[0-9]+)$/i.test(text)) return text;
  const item = vscode.debug.activeStackItem;
  const frameId = item instanceof vscode.DebugStackFrame ? item.frameId : undefined;
  try {
    const answer: unknown = await sessions.current?.customRequest('evaluate', {
      expression: text,
      context: 'watch',
      frameId,
    });
    const value = answer as { readonly result: string; readonly memoryReference?: string } | undefined;
    const found = /(0x[0-9a-f]+)[^:]*$/i.exec(value?.memoryReference ?? value?.result ?? '')?.[1];
    if (found !== undefined) return found;
    await vscode.window.showErrorMessage(`'${text}' is no address`);
  } catch (error) {
    await vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
  }
  return undefined;
}

async function askAddress(title: string, value: string): Promise<string | undefined> {
  const text = await vscode.window.showInputBox({
    title,
    value,
    prompt: 'A number, or an expression such as `$sp` or `&buffer`',
    validateInput: (input) => (input.trim() === '' ? 'An address is missing' : undefined),
  });
  return text?.trim();
}
