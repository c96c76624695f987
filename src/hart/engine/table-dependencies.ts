import { contextBytes, contextCount, contextWord, knownTable, knownTables } from './layout.ts';
import type { TablePages } from './table-pages.ts';

/** A page table of which it is not known, or cannot be said, what its entries map. */
export const anything = -1;

/**
 * For each translation context of a hart the pages of RAM with the page tables that its entries came of. With each, which
 * 2 MiB of the address space it maps, page by page; or `anything`. Wasm, which fills entries that come of nothing else,
 * sees most of them.
 */
export class TableDependencies {
  readonly #tables: readonly Map<number, number>[] = Array.from({ length: contextCount }, () => new Map());
  readonly #tablePages: TablePages;
  readonly #contexts: Int32Array;

  /** `contexts`: the memory of all contexts. */
  constructor(contexts: Int32Array, tablePages: TablePages) {
    this.#contexts = contexts;
    this.#tablePages = tablePages;
    for (let context = 0; context < contextCount; context++) {
      const first = this.#known(context, 0);
      contexts.fill(0, first, first + (knownTables * knownTable.bytes) / 4);
    }
  }

  /** From now on the context depends on a page: on translations of the virtual pages from 512 × `span` on, or `anything`. */
  add(context: number, page: number, span: number): void {
    const tables = this.#tables[context] as Map<number, number>;
    const known = tables.get(page);
    if (known === undefined) this.#tablePages.hold(page);
    const both = known === undefined || known === span ? span : anything;
    if (known !== both) tables.set(page, both);
    const place = this.#known(context, page);
    this.#contexts[place] = page + 1;
    this.#contexts[place + knownTable.span / 4] = both;
    this.#contexts[place + knownTable.span / 4 + 1] = Math.floor(both / 2 ** 32);
  }

  /** What the context has of a page; `undefined`: it does not depend on it. */
  spanOf(context: number, page: number): number | undefined {
    return this.#tables[context]?.get(page);
  }

  remove(context: number, page: number): void {
    this.#tables[context]?.delete(page);
    this.#letGo(context, page);
  }

  /** The context depends on nothing any more. */
  clear(context: number): void {
    const tables = this.#tables[context] as Map<number, number>;
    for (const page of tables.keys()) this.#letGo(context, page);
    tables.clear();
  }

  #letGo(context: number, page: number): void {
    const place = this.#known(context, page);
    if (this.#contexts[place] === page + 1) this.#contexts[place] = 0;
    this.#tablePages.release(page);
  }

  #known(context: number, page: number): number {
    const offset = contextWord.knownTables + (page & (knownTables - 1)) * knownTable.bytes;
    return (context * contextBytes + offset) / 4;
  }
}
