import type { Locator } from 'playwright-core';

/** A row of a tree or list, as it is shown. */
export interface Row {
  /** The row's text; parts that stand side by side are divided by one space. */
  readonly text: string;
  /** What a screen reader says. */
  readonly label: string;
  /** Depth in the tree, from 1. */
  readonly level: number;
  /** Whether its children are shown; undefined when it has none. */
  readonly expanded: boolean | undefined;
  readonly locator: Locator;
}

/** The rows in sight within a part of the page, from top to bottom; VS Code draws no others. */
export async function readRows(within: Locator): Promise<readonly Row[]> {
  const rows = await within.locator('.monaco-list-row').all();
  const read = (await Promise.all(rows.map(readRow))).filter((row) => row !== undefined);
  return read.toSorted((a, b) => a.index - b.index).map(({ row }) => row);
}

/** Undefined when the row has gone in the meantime. */
async function readRow(locator: Locator): Promise<{ index: number; row: Row } | undefined> {
  const read = await locator.evaluate(describeRow, undefined, { timeout: 1000 }).catch(() => undefined);
  if (!read) return undefined;
  const { index, expanded, ...shown } = read;
  return { index, row: { ...shown, expanded: expanded === null ? undefined : expanded === 'true', locator } };
}

/** Runs in the page. */
function describeRow(element: HTMLElement | SVGElement) {
  const texts: string[] = [];
  const walker = element.ownerDocument.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) texts.push(walker.currentNode.nodeValue?.trim() ?? '');
  return {
    index: Number(element.dataset['index']),
    text: texts.filter((text) => text !== '').join(' '),
    label: element.ariaLabel ?? '',
    level: Number(element.ariaLevel ?? 1),
    expanded: element.ariaExpanded,
  };
}
