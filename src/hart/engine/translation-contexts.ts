import { pageBytes } from '../../common/page.ts';
import type { MachineMemory } from '../memory.ts';
import { callPartner, contextKeyWords, type ContextKey } from './context-key.ts';
import type { TablePages } from './table-pages.ts';
import {
  contextBytes,
  contextCount,
  contextsOffset,
  contextWord,
  emptyTagHalf,
  engineWord,
  tlbArray,
  tlbEntries,
  tlbEntryBytes,
  tlbField,
  type TlbArray,
} from './layout.ts';

const words = {
  context: contextBytes / 4,
  entry: tlbEntryBytes / 4,
  array: tlbEntries * (tlbEntryBytes / 4),
  arrays: 3 * tlbEntries * (tlbEntryBytes / 4),
} as const;

/** A page table of which it is not known, or cannot be said, what its entries map. */
export const anything = -1;

/** A context is emptied entry by entry where no more than this many were filled. */
const noted = 64;

/**
 * The TLBs of one hart: for each of the translation contexts that ran last, arrays for reading, writing and
 * executing. A change of context changes a pointer and empties nothing.
 */
export class TranslationContexts {
  readonly #engine: Int32Array;
  readonly #contextsAddress: number;
  readonly #contexts: Int32Array;
  readonly #keys: readonly ContextKey[] = Array.from(
    { length: contextCount },
    () => new Int32Array(contextKeyWords),
  );
  readonly #inUse = new Uint8Array(contextCount);
  readonly #lastUse = new Float64Array(contextCount);
  /** Entries filled since the context was last empty; the first of them by their place. */
  readonly #fills = new Int32Array(contextCount);
  readonly #filled = new Int32Array(contextCount * noted);
  /**
   * For each context the pages of RAM with the page tables that its entries came of. With each, which 2 MiB of the
   * address space it maps, page by page; or `anything`.
   */
  readonly #tables: readonly Map<number, number>[] = Array.from({ length: contextCount }, () => new Map());
  readonly #tablePages: TablePages;
  /** For each page of the wasm memory, whether an entry for writes may lead there: to look for one takes long. */
  readonly #isWritable: Uint8Array;
  readonly #partnerKey: ContextKey = new Int32Array(contextKeyWords);
  #current = 0;
  #uses = 0;

  constructor(memory: MachineMemory, engineOffset: number, tablePages: TablePages) {
    const { buffer } = memory.wasm;
    this.#tablePages = tablePages;
    this.#isWritable = new Uint8Array(buffer.byteLength / pageBytes);
    this.#engine = new Int32Array(buffer, engineOffset, contextsOffset / 4);
    this.#contextsAddress = engineOffset + contextsOffset;
    this.#contexts = new Int32Array(buffer, this.#contextsAddress, contextCount * words.context);
    this.#contexts.fill(emptyTagHalf);
    for (let context = 0; context < contextCount; context++) this.#setPartner(context, 0);
    this.#engine[engineWord.context / 4] = this.#contextsAddress;
  }

  /** Makes the context of this key the current one: what it held since it was last flushed is there again. */
  select(key: ContextKey): void {
    // Most often the hart is back where it was: after a trap, or an exit.
    let context = this.#isOf(this.#current, key) ? this.#current : this.#find(key);
    if (context < 0) {
      context = this.#leastRecentlyUsed();
      this.#empty(context);
      this.#forgetPartner(context);
      this.#keys[context]?.set(key);
      this.#inUse[context] = 1;
      this.#findPartner(context);
    }
    this.#lastUse[context] = ++this.#uses;
    this.#current = context;
    this.#engine[engineWord.context / 4] = this.#contextsAddress + context * contextBytes;
  }

  /** Wasm may have changed to the current context's partner. */
  follow(): void {
    const address = this.#engine[engineWord.context / 4] as number;
    this.#current = (address - this.#contextsAddress) / contextBytes;
  }

  /** Sets whether an interrupt waits, for the current context and its partner: see `contextWord`. */
  setInterruptWaits(value: number): void {
    const place = this.#current * words.context + contextWord.interruptWaits / 4;
    this.#contexts[place] = value;
    const partner = this.#contexts[place + 1] as number;
    if (partner !== 0)
      this.#contexts[(partner - this.#contextsAddress + contextWord.interruptWaits) / 4] = value;
  }

  /** Fills an entry of the current context for a virtual page (address >> 12); `addend` and `detail` as in `tlbField`. */
  fill(array: TlbArray, page: number, addend: number, detail: number): void {
    const entry = this.#entryOf(array, page);
    this.#contexts[entry] = page << 12;
    this.#contexts[entry + 1] = Math.floor(page / 0x10_0000);
    this.#contexts[entry + tlbField.addend / 4] = addend;
    this.#contexts[entry + tlbField.detail / 4] = detail;
    const fills = this.#fills[this.#current] as number;
    if (fills < noted) this.#filled[this.#current * noted + fills] = entry;
    this.#fills[this.#current] = fills + 1;
    if (array === 'write') this.#isWritable[((this.#contexts[entry] + addend) >>> 0) / pageBytes] = 1;
  }

  /**
   * What the current context holds comes, in part, of a page table in this page of RAM: translations by its entries to
   * pages, of the virtual pages from 512 × `span` on; or `anything`.
   */
  dependOn(page: number, span: number): void {
    const tables = this.#tables[this.#current] as Map<number, number>;
    const known = tables.get(page);
    if (known === span) return;
    tables.set(page, known === undefined ? span : anything);
    if (known === undefined) this.#tablePages.hold(page);
  }

  /** The address in the wasm memory of the page of code that the current context has for a virtual page. */
  executePage(page: number): number | undefined {
    const entry = this.#entryOf('execute', page);
    const isThere =
      this.#contexts[entry] === page << 12 &&
      this.#contexts[entry + 1] === (Math.floor(page / 0x10_0000) | 0);
    return isThere ? (this.#contexts[entry + tlbField.detail / 4] as number) >>> 0 : undefined;
  }

  /** The addend for reading that nearly all pages of the current context have: they lie in memory as they are mapped. */
  likelyAddend(): number | undefined {
    const first = this.#current * words.context + tlbArray.read / 4;
    let likely = 0;
    let votes = 0;
    let entries = 0;
    let agreeing = 0;
    // One that has more votes than all others together survives the first pass; the second one counts.
    for (const count of [false, true]) {
      for (let entry = first; entry < first + words.array; entry += words.entry) {
        if (this.#contexts[entry] === emptyTagHalf) continue;
        const addend = this.#contexts[entry + tlbField.addend / 4] as number;
        if (count) {
          entries++;
          if (addend === likely) agreeing++;
        } else if (votes === 0) {
          likely = addend;
          votes = 1;
        } else {
          votes += addend === likely ? 1 : -1;
        }
      }
    }
    return entries > 0 && agreeing * 8 >= entries * 7 ? likely : undefined;
  }

  flushAll(): void {
    for (let context = 0; context < contextCount; context++) this.#empty(context);
  }

  /** Drops what came of a page table in this page of RAM, or of one entry of it, where it is known what that was. */
  forgetTable(page: number, entry: number | undefined): void {
    for (let context = 0; context < contextCount; context++) {
      const span = this.#tables[context]?.get(page);
      if (span === undefined) continue;
      if (span === anything || entry === undefined) this.#empty(context);
      else this.#forgetPage(context, span, entry);
    }
  }

  /** Depends no more on a page table of the lowest level in this page of RAM, and drops what came of it. */
  leaveTable(page: number): void {
    for (let context = 0; context < contextCount; context++) {
      const tables = this.#tables[context] as Map<number, number>;
      const span = tables.get(page);
      if (span === undefined || span === anything) continue;
      for (let entry = 0; entry < tlbEntries; entry++) this.#forgetPage(context, span, entry);
      tables.delete(page);
      this.#tablePages.release(page);
    }
  }

  /** Drops the execute entries, so that each page is looked at again before it runs on. */
  flushExecute(): void {
    this.#dropWhere('execute', () => true);
  }

  /** Drops the execute entries that lead to these records. */
  forgetRecords(records: number): void {
    this.#dropWhere('execute', (entry) => this.#contexts[entry + tlbField.addend / 4] === records);
  }

  /** Drops the write entries that lead to this page, given by its address in the wasm memory. */
  forgetWrites(page: number): void {
    if (this.#isWritable[page / pageBytes] === 0) return;
    this.#isWritable[page / pageBytes] = 0;
    this.#dropWhere('write', (entry) => {
      const low = this.#contexts[entry] as number;
      return ((low + (this.#contexts[entry + tlbField.addend / 4] as number)) | 0) === (page | 0);
    });
  }

  /** Drops the translations of the virtual page 512 × `span` + `page`. */
  #forgetPage(context: number, span: number, page: number): void {
    const low = (span << 21) | (page << 12);
    const high = Math.floor(span / 2 ** 11) | 0;
    const place = (span * 512 + page) & (tlbEntries - 1);
    const first = context * words.context + place * words.entry;
    for (let entry = first; entry < first + words.arrays; entry += words.array) {
      if (this.#contexts[entry] === low && this.#contexts[entry + 1] === high) this.#invalidate(entry);
    }
  }

  #dropWhere(array: TlbArray, condition: (entry: number) => boolean): void {
    for (let context = 0; context < contextCount; context++) {
      if (this.#fills[context] === 0) continue;
      const first = context * words.context + tlbArray[array] / 4;
      for (let entry = first; entry < first + words.array; entry += words.entry) {
        if (this.#contexts[entry + 1] === emptyTagHalf && this.#contexts[entry] === emptyTagHalf) continue;
        if (condition(entry)) this.#invalidate(entry);
      }
    }
  }

  #empty(context: number): void {
    const fills = this.#fills[context] as number;
    if (fills > noted) {
      const first = context * words.context;
      this.#contexts.fill(emptyTagHalf, first, first + words.arrays);
    } else {
      for (let index = 0; index < fills; index++)
        this.#invalidate(this.#filled[context * noted + index] as number);
    }
    this.#fills[context] = 0;
    const tables = this.#tables[context] as Map<number, number>;
    for (const page of tables.keys()) this.#tablePages.release(page);
    tables.clear();
  }

  #findPartner(context: number): void {
    const key = this.#keys[context] as ContextKey;
    const flags = callPartner(key);
    if (flags === undefined) return;
    this.#partnerKey.set(key);
    this.#partnerKey[0] = flags;
    const partner = this.#find(this.#partnerKey);
    if (partner < 0) return;
    this.#setPartner(context, this.#contextsAddress + partner * contextBytes);
    this.#setPartner(partner, this.#contextsAddress + context * contextBytes);
  }

  #forgetPartner(context: number): void {
    const partner = this.#contexts[context * words.context + contextWord.partner / 4] as number;
    if (partner > 0) this.#setPartner((partner - this.#contextsAddress) / contextBytes, 0);
    this.#setPartner(context, 0);
  }

  #setPartner(context: number, address: number): void {
    this.#contexts[context * words.context + contextWord.partner / 4] = address;
  }

  #invalidate(entry: number): void {
    this.#contexts[entry] = emptyTagHalf;
    this.#contexts[entry + 1] = emptyTagHalf;
  }

  #find(key: ContextKey): number {
    for (let context = 0; context < contextCount; context++) {
      if (this.#isOf(context, key)) return context;
    }
    return -1;
  }

  #isOf(context: number, key: ContextKey): boolean {
    if (this.#inUse[context] === 0) return false;
    const held = this.#keys[context] as ContextKey;
    let word = 0;
    while (word < contextKeyWords && held[word] === key[word]) word++;
    return word === contextKeyWords;
  }

  #leastRecentlyUsed(): number {
    let oldest = 0;
    for (let context = 0; context < contextCount; context++) {
      if ((this.#lastUse[context] as number) < (this.#lastUse[oldest] as number)) oldest = context;
    }
    return oldest;
  }

  #entryOf(array: TlbArray, page: number): number {
    return this.#current * words.context + tlbArray[array] / 4 + (page & (tlbEntries - 1)) * words.entry;
  }
}
