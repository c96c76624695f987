import { pageBytes } from '../../common/page.ts';
import type { MachineMemory } from '../memory.ts';
import { callPartner, contextKeyWords, type ContextKey } from './context-key.ts';
import { likelyAddend } from './likely-addend.ts';
import { anything, TableDependencies } from './table-dependencies.ts';
import type { TablePages } from './table-pages.ts';
import { writeWalkPlan } from './walk-plan.ts';
import {
  contextBytes,
  contextCount,
  contextsOffset,
  contextWord,
  emptyTagHalf,
  engineWord,
  notedFills,
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

// Where code lies is asked for at every exit: these are looked up here once.
const executeEntries = tlbArray.execute / 4;
const detailWord = tlbField.detail / 4;

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
  readonly #tables: TableDependencies;
  /** For each page of RAM, whether an entry for writes may lead there: to look for one takes long. */
  readonly #isWritable: Uint8Array;
  readonly #ramOffset: number;
  readonly #partnerKey: ContextKey = new Int32Array(contextKeyWords);
  #current = 0;
  #uses = 0;

  constructor(memory: MachineMemory, hart: MachineMemory['harts'][number], tablePages: TablePages) {
    const { buffer } = memory.wasm;
    const { engineOffset } = hart;
    this.#isWritable = new Uint8Array(buffer, hart.writableOffset, memory.ramSize / pageBytes);
    this.#ramOffset = memory.ramOffset;
    this.#engine = new Int32Array(buffer, engineOffset, contextsOffset / 4);
    this.#contextsAddress = engineOffset + contextsOffset;
    this.#contexts = new Int32Array(buffer, this.#contextsAddress, contextCount * words.context);
    this.#contexts.fill(emptyTagHalf);
    for (let context = 0; context < contextCount; context++) {
      this.#setPartner(context, 0);
      this.#contexts[fillsOf(context)] = 0;
    }
    this.#tables = new TableDependencies(this.#contexts, tablePages);
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
      writeWalkPlan(key, this.#contexts, context * words.context + contextWord.walkPlan / 4);
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
    const fills = this.#contexts[fillsOf(this.#current)] as number;
    if (fills < notedFills) this.#contexts[filledOf(this.#current) + fills] = entry;
    if (fills <= notedFills) this.#contexts[fillsOf(this.#current)] = fills + 1;
    if (array === 'write') this.#isWritable[this.#pageAt(((page << 12) + addend) >>> 0)] = 1;
  }

  /**
   * What the current context holds comes, in part, of a page table in this page of RAM: translations by its entries to
   * pages, of the virtual pages from 512 × `span` on; or `anything`.
   */
  dependOn(page: number, span: number): void {
    this.#tables.add(this.#current, page, span);
  }

  /** The address in the wasm memory of the page of code that the current context has for a virtual page. */
  executePage(page: number): number | undefined {
    const entries = this.#contexts;
    const entry = this.#current * words.context + executeEntries + (page & (tlbEntries - 1)) * words.entry;
    const isThere =
      entries[entry] === page << 12 && entries[entry + 1] === (Math.floor(page / 0x10_0000) | 0);
    return isThere ? (entries[entry + detailWord] as number) >>> 0 : undefined;
  }

  /** The addend for reading that nearly all pages of the current context have: they lie in memory as they are mapped. */
  likelyAddend(): number | undefined {
    const first = this.#current * words.context + tlbArray.read / 4;
    return likelyAddend(this.#contexts.subarray(first, first + words.array));
  }

  flushAll(): void {
    for (let context = 0; context < contextCount; context++) this.#empty(context);
  }

  /** Drops what came of a page table in this page of RAM, or of one entry of it, where it is known what that was. */
  forgetTable(page: number, entry: number | undefined): void {
    for (let context = 0; context < contextCount; context++) {
      const span = this.#tables.spanOf(context, page);
      if (span === undefined) continue;
      if (span === anything || entry === undefined) this.#empty(context);
      else this.#forgetPage(context, span, entry);
    }
  }

  /** Depends no more on a page table of the lowest level in this page of RAM, and drops what came of it. */
  leaveTable(page: number): void {
    for (let context = 0; context < contextCount; context++) {
      const span = this.#tables.spanOf(context, page);
      if (span === undefined || span === anything) continue;
      for (let entry = 0; entry < tlbEntries; entry++) this.#forgetPage(context, span, entry);
      this.#tables.remove(context, page);
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
    if (this.#isWritable[this.#pageAt(page)] === 0) return;
    this.#isWritable[this.#pageAt(page)] = 0;
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
      if (this.#contexts[fillsOf(context)] === 0) continue;
      const first = context * words.context + tlbArray[array] / 4;
      for (let entry = first; entry < first + words.array; entry += words.entry) {
        if (this.#contexts[entry + 1] === emptyTagHalf && this.#contexts[entry] === emptyTagHalf) continue;
        if (condition(entry)) this.#invalidate(entry);
      }
    }
  }

  #empty(context: number): void {
    const fills = this.#contexts[fillsOf(context)] as number;
    if (fills > notedFills) {
      const first = context * words.context;
      this.#contexts.fill(emptyTagHalf, first, first + words.arrays);
    } else {
      for (let index = 0; index < fills; index++)
        this.#invalidate(this.#contexts[filledOf(context) + index] as number);
    }
    this.#contexts[fillsOf(context)] = 0;
    this.#tables.clear(context);
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
    // Word by word, without a loop: it is asked at every trap.
    return (
      held[0] === key[0] &&
      held[1] === key[1] &&
      held[2] === key[2] &&
      held[3] === key[3] &&
      held[4] === key[4] &&
      held[5] === key[5] &&
      held[6] === key[6]
    );
  }

  #leastRecentlyUsed(): number {
    let oldest = 0;
    for (let context = 0; context < contextCount; context++) {
      if ((this.#lastUse[context] as number) < (this.#lastUse[oldest] as number)) oldest = context;
    }
    return oldest;
  }

  /** The number of the page of RAM at an address in the wasm memory. */
  #pageAt(address: number): number {
    return (address - this.#ramOffset) / pageBytes;
  }

  #entryOf(array: TlbArray, page: number): number {
    return this.#current * words.context + tlbArray[array] / 4 + (page & (tlbEntries - 1)) * words.entry;
  }
}

function fillsOf(context: number): number {
  return context * words.context + contextWord.fills / 4;
}

function filledOf(context: number): number {
  return context * words.context + contextWord.filled / 4;
}
