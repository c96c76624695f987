import * as vscode from 'vscode';
import { adapterRuntimeArguments } from './adapter-runtime.ts';
import { registerCommands } from './commands.ts';
import { Configurations } from './configurations.ts';
import { Consoles } from './consoles.ts';
import { startLanguageClient } from './language-client.ts';
import { MemoryEditor } from './memory-editor.ts';
import { MemoryFileSystem, memoryScheme } from './memory-file-system.ts';
import { Profiles } from './profiles.ts';
import { debugType, Sessions } from './sessions.ts';
import { AskingTree } from './views/asking-tree.ts';
import { deviceRows } from './views/device-rows.ts';
import { exitRows, guestRows } from './views/guest-rows.ts';
import { PageTableView } from './views/page-table-view.ts';

/** Wires the extension together. VS Code calls it once, on the first debug session or assembly file. */
export function activate(context: vscode.ExtensionContext): void {
  const sessions = new Sessions();
  const consoles = new Consoles(sessions);
  const profiles = new Profiles(sessions);
  const memory = new MemoryFileSystem(sessions);
  const pageTables = new PageTableView(sessions);
  const trees = createTrees(sessions);
  const configurations = new Configurations();
  const adapter = vscode.Uri.joinPath(context.extensionUri, 'dist', 'adapter.js').fsPath;
  context.subscriptions.push(
    sessions,
    consoles,
    profiles,
    memory,
    pageTables,
    ...[...trees].map(([id, tree]) => vscode.window.createTreeView(id, { treeDataProvider: tree })),
    ...trees.values(),
    ...registerCommands(sessions, consoles, profiles, pageTables, () => {
      pageTables.refresh();
      for (const tree of trees.values()) tree.refresh();
    }),
    vscode.workspace.registerFileSystemProvider(memoryScheme, memory, { isCaseSensitive: true }),
    vscode.window.registerCustomEditorProvider(MemoryEditor.viewType, new MemoryEditor(memory)),
    vscode.debug.registerDebugConfigurationProvider(debugType, configurations),
    vscode.debug.registerDebugConfigurationProvider(
      debugType,
      configurations,
      vscode.DebugConfigurationProviderTriggerKind.Dynamic,
    ),
    vscode.debug.registerDebugAdapterDescriptorFactory(debugType, {
      // The editor's own Node: nothing has to be installed on the user's machine.
      createDebugAdapterDescriptor: () =>
        new vscode.DebugAdapterExecutable(process.execPath, [...adapterRuntimeArguments, adapter], {
          env: { ELECTRON_RUN_AS_NODE: '1' },
        }),
    }),
    startLanguageClient(context),
  );
}

/** Tree views by id; each asks for what it shows. */
function createTrees(sessions: Sessions): ReadonlyMap<string, AskingTree> {
  return new Map([
    [
      'strata.guests',
      new AskingTree(sessions, async () => {
        const body = await sessions.ask('strata/guests', {});
        return body === undefined ? [] : guestRows(body);
      }),
    ],
    [
      'strata.exits',
      new AskingTree(sessions, async () => {
        const body = await sessions.ask('strata/exits', { limit: 100 });
        return body === undefined ? [] : exitRows(body.total, body.byReason, body.recent);
      }),
    ],
    [
      'strata.devices',
      new AskingTree(sessions, async () => {
        const body = await sessions.ask('strata/devices', {});
        return body === undefined ? [] : deviceRows(body.devices);
      }),
    ],
  ]);
}
