import { pageBytes } from '../../common/page.ts';
import type { MachineMemory } from '../memory.ts';
import { StoresBorne } from './stores-borne.ts';

/** Who fills TLBs from page tables. */
export interface TableUser {
  /** A page of RAM, by its address in the wasm memory, now counts as a page table: stores to it must be seen. */
  watchStores(page: number): void;
  /**
   * A page table was written, in this page of RAM (its number within RAM): drop what came of it, or of the one `entry`
   * (its index) where no other changed.
   */
  tableChanged(page: number, entry: number | undefined): void;
  /** So does a page that is written again and again: drop what came of it, if it is a table of the lowest level. */
  leaveTable(page: number): void;
}

/**
 * The pages of RAM with page tables that some TLB of the machine was filled from. Translations go with a store to
 * such a page, fence or no fence: a TLB never says what the tables do not say, and no guest can tell that there is
 * one. Otherwise history would depend on when TLBs were emptied, as they are when a snapshot is restored.
 */
export class TablePages {
  readonly #memory: MachineMemory;
  /** For each page of RAM, how many translation contexts of all harts depend on a table in it. */
  readonly #uses: Uint8Array;
  readonly #users: TableUser[] = [];
  /** For each page of RAM, how many stores there were to it since it began to count as a page table. */
  readonly #stores: Uint32Array;
  readonly #storesBorne: StoresBorne;

  constructor(memory: MachineMemory) {
    this.#memory = memory;
    this.#uses = new Uint8Array(memory.wasm.buffer, memory.pages.tableUses, memory.ramSize / pageBytes);
    this.#stores = new Uint32Array(memory.ramSize / pageBytes);
    this.#storesBorne = new StoresBorne(memory.ramSize / pageBytes);
  }

  attach(user: TableUser): void {
    this.#users.push(user);
  }

  /** Does some context depend on a page table in this page of RAM? */
  has(page: number): boolean {
    return this.#uses[page] !== 0;
  }

  /** One more context depends on this page of RAM. */
  hold(page: number): void {
    const uses = this.#uses[page] as number;
    this.#uses[page] = uses + 1;
    if (uses > 0) return;
    this.#stores[page] = 0;
    for (const user of this.#users) user.watchStores(this.#memory.ramOffset + page * pageBytes);
  }

  /** One context less does. */
  release(page: number): void {
    this.#uses[page] = (this.#uses[page] as number) - 1;
  }

  /**
   * Bytes of RAM changed, from an offset within RAM on; `new` where it is an entry that was not valid. A page that is
   * written again and again is no table any more, or is being filled or emptied.
   */
  changed(ramOffset: number, length: number, kind: 'data' | 'new'): void {
    const lastPage = Math.floor((ramOffset + length - 1) / pageBytes);
    const entry = ramOffset >>> 3;
    const only = entry === (ramOffset + length - 1) >>> 3 ? entry & 511 : undefined;
    for (let page = Math.floor(ramOffset / pageBytes); page <= lastPage; page++) {
      if (!this.has(page)) continue;
      const stores = (this.#stores[page] as number) + 1;
      this.#stores[page] = stores;
      for (const user of this.#users) {
        if (kind === 'data') user.tableChanged(page, only);
      }
      if (!this.#storesBorne.areTooMany(page, stores)) continue;
      this.#stores[page] = 0;
      for (const user of this.#users) user.leaveTable(page);
    }
  }
}
