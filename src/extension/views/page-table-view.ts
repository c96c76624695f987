import * as vscode from 'vscode';
import type { Sessions } from '../sessions.ts';
import { AskingTree, type Row } from './asking-tree.ts';
import { walkRows } from './walk-rows.ts';

type Access = 'read' | 'write' | 'execute';

/** The page-table view: any address, walked level by level through both stages, again at every stop. */
export class PageTableView implements vscode.Disposable {
  readonly #sessions: Sessions;
  readonly #tree: AskingTree;
  readonly #view: vscode.TreeView<Row>;
  address = '$pc';
  #access: Access = 'read';

  constructor(sessions: Sessions) {
    this.#sessions = sessions;
    this.#tree = new AskingTree(sessions, () => this.#rows());
    this.#view = vscode.window.createTreeView('strata.pageTables', { treeDataProvider: this.#tree });
  }

  /** Walks another address, or the same one for another access. */
  async walk(what: { readonly address?: string; readonly access?: Access }): Promise<void> {
    this.address = what.address ?? this.address;
    this.#access = what.access ?? this.#access;
    this.#tree.refresh();
    await vscode.commands.executeCommand('strata.pageTables.focus');
  }

  refresh(): void {
    this.#tree.refresh();
  }

  dispose(): void {
    this.#tree.dispose();
    this.#view.dispose();
  }

  async #rows(): Promise<readonly Row[]> {
    const session = this.#sessions.current;
    if (session === undefined) return [];
    this.#view.description = `${this.address} (${this.#access})`;
    const item = vscode.debug.activeStackItem;
    const threadId = item?.session.id === session.id ? item.threadId : 0;
    try {
      const parameters = { threadId, address: this.address, access: this.#access };
      return walkRows(await session.customRequest('strata/walk', parameters));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return [{ id: 'error', label: this.address, description: message, icon: 'warning' }];
    }
  }
}
