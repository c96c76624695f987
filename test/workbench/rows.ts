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
  /** Whether no part of it is cut off by the list's edge, so that it can be clicked. */
  readonly whole: boolean;
  /** Its place in the list, from 0, also while rows above it are out of sight. */
  readonly place: number;
  readonly locator: Locator;
}

/** The rows in sight within a part of the page, from top to bottom; VS Code draws no others. */
export async function readRows(within: Locator): Promise<readonly Row[]> {
  const drawn = await within.locator('.monaco-list-row').all();
  const read = (await Promise.all(drawn.map(readRow))).filter((row) => row !== undefined);
  return read
    .toSorted((a, b) => a.index - b.index)
    .map(({ index, expanded, ...shown }) => ({
      ...shown,
      place: index,
      expanded: expanded === null ? undefined : expanded === 'true',
      // By its place in the list: VS Code draws another row into the same element when the list scrolls.
      locator: within.locator(`.monaco-list-row[data-index="${index}"]`),
    }));
}

/** All rows, from first to last, also those out of sight. */
export async function readAllRows(within: Locator): Promise<readonly Row[]> {
  const all = new Map<number, Row>();
  await findRow(within, (row) => {
    all.set(row.place, row);
    return false;
  });
  await within.page().mouse.wheel(0, -1_000_000);
  return [...all.values()].toSorted((a, b) => a.place - b.place);
}

/** The first row that fits, also when it has to be scrolled into sight. */
export async function findRow(within: Locator, fits: (row: Row) => boolean): Promise<Row | undefined> {
  const inSight = (await readRows(within)).find((row) => row.whole && fits(row));
  const list = within.locator('.monaco-list').first();
  const box = (await list.count()) > 0 ? await list.boundingBox() : null; // It is no use to wait for the list here.
  if (inSight || !box) return inSight;
  const { mouse } = within.page();
  await mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await mouse.wheel(0, -1_000_000);
  for (let last = ''; ;) {
    await within.page().waitForTimeout(50); // The list draws its rows in the next frame.
    const rows = await readRows(within);
    const found = rows.find((row) => row.whole && fits(row));
    const seen = JSON.stringify(rows.map(({ text }) => text));
    if (found || seen === last) return found;
    last = seen;
    await mouse.wheel(0, box.height * 0.7);
  }
}

/** What the page says of a row; undefined when it has gone in the meantime. */
async function readRow(locator: Locator): Promise<ReturnType<typeof describeRow> | undefined> {
  return locator.evaluate(describeRow, undefined, { timeout: 1000 }).catch(() => undefined);
}

/** Runs in the page. */
function describeRow(element: HTMLElement | SVGElement) {
  const row = element.getBoundingClientRect();
  const list = element.closest('.monaco-list')?.getBoundingClientRect() ?? row;
  const texts: string[] = [];
  const walker = element.ownerDocument.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) texts.push(walker.currentNode.nodeValue?.trim() ?? '');
  return {
    index: Number(element.dataset['index']),
    text: texts.filter((text) => text !== '').join(' '),
    label: element.ariaLabel ?? '',
    level: Number(element.ariaLevel ?? 1),
    expanded: element.ariaExpanded,
    whole: row.top >= list.top && row.bottom <= list.bottom,
  };
}
