import * as vscode from 'vscode';
import type { Sessions } from '../sessions.ts';

/** A row of a tree view, with its children at hand. */
export interface Row {
  /** Stable between refreshes, so that what was open stays open. */
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  readonly tooltip?: string;
  readonly icon?: string;
  readonly children?: readonly Row[];
  readonly open?: boolean;
  /** For menus: `viewItem`. */
  readonly context?: string;
  readonly command?: vscode.Command;
  readonly memoryReference?: string;
}

/** A tree view that asks the debug session for its rows whenever the debuggee stood still or was changed. */
export class AskingTree implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  readonly #didChange = new vscode.EventEmitter<void>();
  readonly #ask: () => Promise<readonly Row[]>;
  readonly #subscription: vscode.Disposable;
  readonly onDidChangeTreeData = this.#didChange.event;

  constructor(sessions: Sessions, ask: () => Promise<readonly Row[]>) {
    this.#ask = ask;
    this.#subscription = sessions.onDidChange(() => this.refresh());
  }

  refresh(): void {
    this.#didChange.fire();
  }

  async getChildren(row?: Row): Promise<Row[]> {
    return [...(row === undefined ? await this.#ask() : (row.children ?? []))];
  }

  getTreeItem(row: Row): vscode.TreeItem {
    const item = new vscode.TreeItem(row.label, collapsibility(row));
    item.id = row.id;
    if (row.description !== undefined) item.description = row.description;
    // Without one of its own, the tooltip is the row itself: a narrow side bar cuts it short.
    const whole = [row.label, row.description].filter(Boolean).join(': ');
    item.tooltip = row.tooltip === undefined ? whole : new vscode.MarkdownString(row.tooltip);
    if (row.icon !== undefined) item.iconPath = new vscode.ThemeIcon(row.icon);
    if (row.context !== undefined) item.contextValue = row.context;
    if (row.command !== undefined) item.command = row.command;
    item.accessibilityInformation = { label: [row.label, row.description].filter(Boolean).join(', ') };
    return item;
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#didChange.dispose();
  }
}

function collapsibility(row: Row): vscode.TreeItemCollapsibleState {
  if (row.children === undefined || row.children.length === 0) return vscode.TreeItemCollapsibleState.None;
  return row.open === true
    ? vscode.TreeItemCollapsibleState.Expanded
    : vscode.TreeItemCollapsibleState.Collapsed;
}
