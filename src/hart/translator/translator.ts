import { wasm, type WasmFunction, type WasmTable } from '../../common/web-assembly.ts';
import { pageBytes } from '../../common/page.ts';
import type { PredecodedCode } from '../engine/predecoded-code.ts';
import { entryTableBytes } from '../layout.ts';
import type { MachineMemory } from '../memory.ts';
import { exploreFlow, type FlowGraph } from './flow-graph.ts';
import { orderFlow } from './flow-order.ts';
import { mergePages, type PlacedPage } from './merge.ts';
import { PageChanges, type Arrival, type PagePair } from './page-changes.ts';
import { TranslatedCode, type Region } from './translated-code.ts';
import type { TranslationPolicy, TranslationStatistics } from './translation-policy.ts';
import { writeRegion } from './write-region.ts';

/**
 * Decides what code of a machine is translated, and does it: functions of wasm, each made of the hot code of one page of
 * RAM, or of several that lead to each other. What is known of them outside are marks in the predecoded records, at the
 * places where they can be entered.
 */
export class Translator {
  readonly #memory: MachineMemory;
  readonly #code: PredecodedCode;
  readonly #policy: TranslationPolicy;
  readonly #translated: TranslatedCode;
  readonly #changes = new PageChanges();
  /** How often a page was translated: each time it has to be hotter. */
  readonly #times = new Map<number, number>();
  /** Likewise for being part of a region of several. */
  readonly #merges = new Map<number, number>();
  #likelyAddend: number | undefined;
  #translations = 0;
  #merged = 0;
  #interpreted = 0;
  #bytes = 0;

  constructor(options: {
    readonly memory: MachineMemory;
    readonly code: PredecodedCode;
    readonly policy: TranslationPolicy;
  }) {
    this.#memory = options.memory;
    this.#code = options.code;
    this.#policy = options.policy;
    this.#translated = new TranslatedCode(options.code, options.policy.capacity, (page) =>
      this.#patienceWith(page),
    );
  }

  /** The translated functions by their number, for the engines' wasm code to call. */
  get functions(): WasmTable {
    return this.#translated.functions;
  }

  /** Whether all code is to be translated as soon as it is met. */
  get isEager(): boolean {
    return this.#policy.pageHeat === 0;
  }

  /** See `TranslationPolicy`. */
  get interval(): number {
    return this.#policy.interval;
  }

  get statistics(): TranslationStatistics {
    return {
      translations: this.#translations,
      merged: this.#merged,
      interpreted: this.#interpreted,
      functions: this.#translated.count,
      bytes: this.#bytes,
      dropped: this.#translated.dropped,
    };
  }

  /** A hart is at this place of a page of RAM, and the interpreter did so many instructions since it last told. */
  sample(page: number, offset: number, interpreted: number, likelyAddend: () => number | undefined): void {
    this.#interpreted += interpreted;
    this.#translated.use(page);
    if (this.isEager) {
      this.#likelyAddend = likelyAddend();
      this.#translateAtOnce(page, offset);
      return;
    }
    if (this.#code.patience(page) <= 0) this.hotPage(page, offset, likelyAddend);
  }

  /** The interpreter's patience with this page is at an end; a hart is at this place of it. */
  hotPage(page: number, offset: number, likelyAddend: () => number | undefined): void {
    this.#likelyAddend = likelyAddend();
    const main = this.#translated.mainOf(page);
    if (main === undefined || this.#hasNewEntries(page, main)) {
      this.#times.set(page, (this.#times.get(page) ?? 0) + 1);
      this.#translatePages(main?.pages ?? [{ page, offset: 0 }], []);
    }
    this.#code.setPatience(page, this.#patienceWith(page));
    // A loop that control fell into, or was sent back into: no entry leads there.
    if (this.#translated.mainOf(page) === undefined) this.#translateHere(page, offset);
  }

  #patienceWith(page: number): number {
    if (this.isEager) return Infinity;
    return this.#policy.pageHeat * 2 ** (this.#times.get(page) ?? 0);
  }

  #translateHere(page: number, offset: number): void {
    if (this.#code.isPlain(page, offset) && !this.#code.isRegion(page, offset))
      this.#translateLoop(page, offset);
  }

  /** The interpreter came by at the head of a loop, at this place, as often as it takes. */
  hotLoop(page: number, offset: number, likelyAddend: () => number | undefined): void {
    this.#likelyAddend = likelyAddend();
    this.#translateLoop(page, offset);
  }

  /** Translated code was entered so often since this was last told, the last times at these places. */
  entered(
    count: number,
    arrivals: readonly (Arrival | undefined)[],
    likelyAddend: () => number | undefined,
  ): void {
    this.#changes.add(count, arrivals);
    for (const pair of this.#changes.hotPairs(this.#policy.changeHeat)) {
      const merges = Math.max(this.#merges.get(pair.first) ?? 0, this.#merges.get(pair.second) ?? 0);
      if (pair.changes < this.#policy.changeHeat * 2 ** merges) continue;
      this.#likelyAddend = likelyAddend();
      this.#merge(pair);
    }
  }

  /** Makes one region of those of two pages, and of others that they often lead to. */
  #merge(pair: PagePair): void {
    this.#changes.forget(pair);
    let pages = this.#mergedBy(pair);
    if (pages === undefined) return;
    for (const other of this.#changes.hotPairs(this.#policy.changeHeat / 8)) {
      const more = this.#mergedBy(other, pages);
      if (more === undefined) continue;
      this.#changes.forget(other);
      pages = more;
    }
    for (const { page } of pages) this.#merges.set(page, (this.#merges.get(page) ?? 0) + 1);
    this.#translatePages(pages, []);
  }

  /** The pages of the regions of both pages, where `present` is to be taken for that of some; if they can be one region. */
  #mergedBy(pair: PagePair, present: readonly PlacedPage[] = []): readonly PlacedPage[] | undefined {
    const regionOf = (page: number): readonly PlacedPage[] =>
      present.some((place) => place.page === page) ? present : (this.#translated.mainOf(page)?.pages ?? []);
    const [left, right] = [regionOf(pair.first), regionOf(pair.second)];
    if (present.length > 0 && left !== present && right !== present) return undefined;
    const pages = mergePages(left, right, pair);
    if (pages === undefined || pages.length > this.#policy.capacity / 2) return undefined;
    const regions = new Set(pages.map(({ page }) => this.#translated.mainOf(page)));
    let [entries, instructions] = [0, 0];
    for (const region of regions) {
      entries += region?.size.entries ?? 0;
      instructions += region?.size.instructions ?? 0;
    }
    return entries <= mostEntries && instructions <= mostInstructions ? pages : undefined;
  }

  #translateAtOnce(page: number, offset: number): void {
    if (!this.#code.isPlain(page, offset) || this.#code.isRegion(page, offset)) return;
    if (this.#translated.mainOf(page) === undefined) this.#translatePages([{ page, offset: 0 }], [offset]);
    else this.#translateLoop(page, offset);
  }

  #translatePages(pages: readonly PlacedPage[], more: readonly number[]): void {
    const entries = new Set(more);
    for (const place of pages) {
      this.#translated.drop(place.page);
      for (let offset = 0; offset < pageBytes; offset += 2) {
        if (entries.size < mostEntries && this.#code.isSeen(place.page, offset))
          entries.add(place.offset + offset);
      }
    }
    const graph = exploreFlow(this.#source(pages), entries, { calls: 'followed', limit: mostInstructions });
    this.#translate(pages, graph, 'pages');
    if (pages.length > 1) this.#merged++;
  }

  #translateLoop(page: number, offset: number): void {
    const pages = [{ page, offset: 0 }];
    const graph = exploreFlow(this.#source(pages), [offset], { calls: 'left', limit: mostInstructions });
    this.#translate(pages, graph, 'loop');
  }

  #translate(placed: readonly PlacedPage[], graph: FlowGraph, kind: Region['kind']): void {
    if (graph.entries.length === 0 || graph.entries.length > mostEntries) return;
    const slots = this.#translated.takeSlots(placed);
    if (slots === undefined) return;
    const pages = placed.map((place, index) => {
      const slot = slots[index] as number;
      const entryTable = this.#memory.entryTablesOffset + slot * entryTableBytes;
      return { ...place, slot, entryTable, records: this.#code.recordsOf(place.page) };
    });
    const order = orderFlow(graph);
    // What the dispatch leads to anyhow can as well be entered: an iteration of a loop that a call returns into.
    const entries =
      kind === 'pages'
        ? order.dispatched.slice(0, mostDispatched).map((block) => order.offsets[block] as number)
        : graph.entries;
    if (kind === 'pages') this.#fillEntryTables(pages, entries);
    const bytes = writeRegion({
      graph,
      order,
      memory: this.#memory,
      alignment: this.#code.alignment,
      pages: kind === 'pages' ? pages : undefined,
      likelyAddend: this.#likelyAddend,
    });
    const instance = new wasm.Instance(new wasm.Module(bytes), { machine: { memory: this.#memory.wasm } });
    this.#translations++;
    this.#bytes += bytes.length;
    const loopHeads = [...order.loops].map((block) => order.offsets[block] as number);
    const region: Region = {
      kind,
      pages,
      size: sizeOf(graph),
      entries,
      loopHeads: kind === 'pages' ? loopHeads.filter((offset) => !entries.includes(offset)) : [],
    };
    this.#translated.put(region, graph, instance.exports['region'] as WasmFunction, this.#policy.loopHeat);
  }

  #fillEntryTables(
    pages: readonly { readonly offset: number; readonly entryTable: number }[],
    entries: readonly number[],
  ): void {
    for (const { offset, entryTable } of pages) {
      const bytes = new Uint8Array(this.#memory.wasm.buffer, entryTable, entryTableBytes);
      bytes.fill(0);
      for (const [index, entry] of entries.entries()) {
        if (entry >= offset && entry < offset + pageBytes) bytes[(entry - offset) >> 1] = index + 1;
      }
    }
  }

  #source(pages: readonly PlacedPage[]): Parameters<typeof exploreFlow>[0] {
    return {
      at: (offset) => {
        const place = pages.find((page) => offset >= page.offset && offset < page.offset + pageBytes);
        return place && this.#code.instructionAt(place.page, offset - place.offset);
      },
    };
  }

  #hasNewEntries(page: number, main: Region): boolean {
    const start = main.pages.find((place) => place.page === page)?.offset ?? 0;
    const entries = new Set(main.entries);
    for (let offset = 0; offset < pageBytes; offset += 2) {
      if (!entries.has(start + offset) && this.#code.isSeen(page, offset) && this.#code.isPlain(page, offset))
        return true;
    }
    return false;
  }
}

function sizeOf({ entries, blocks }: FlowGraph): Region['size'] {
  let instructions = 0;
  for (const block of blocks.values()) instructions += block.instructions.length;
  return { entries: entries.length, instructions };
}

/** An entry's number has to fit a byte. */
const mostEntries = 200;
const mostDispatched = 255;
/** Of one function: the compiler's time grows faster than its length. */
const mostInstructions = 1500;
