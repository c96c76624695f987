import { wasm, type WasmFunction, type WasmTable } from '../../common/web-assembly.ts';
import { pageBytes } from '../../common/page.ts';
import type { CodeObserver, PredecodedCode } from '../engine/predecoded-code.ts';
import type { FlowGraph } from './flow-graph.ts';
import type { PlacedPage } from './merge.ts';

/** A translated function: of the hot code of one page or several, or of one loop. */
export interface Region {
  readonly kind: 'pages' | 'loop';
  /** With the number by which the function is called at entries in that page. */
  readonly pages: readonly (PlacedPage & { readonly slot: number })[];
  /** How much there is to translate, should it become a part of another. */
  readonly size: { readonly entries: number; readonly instructions: number };
  /** Where it can be entered. */
  readonly entries: readonly number[];
  /** Where the interpreter is to count, as offsets in the region. */
  readonly loopHeads: readonly number[];
}

interface TranslatedPage {
  readonly page: number;
  main: Region | undefined;
  readonly loops: Map<number, Region>;
  /** A byte for each place in the page: 1 where a translated instruction begins. */
  readonly covered: Uint8Array;
  lastUse: number;
}

/** The translated functions of a machine, and the marks in predecoded records where they can be entered. */
export class TranslatedCode implements CodeObserver {
  /** By their numbers. */
  readonly functions: WasmTable;
  readonly #code: PredecodedCode;
  readonly #capacity: number;
  readonly #patienceWith: (page: number) => number;
  readonly #pages = new Map<number, TranslatedPage>();
  readonly #free: number[];
  #uses = 0;
  #count = 0;
  #dropped = 0;

  constructor(code: PredecodedCode, capacity: number, patienceWith: (page: number) => number) {
    this.#patienceWith = patienceWith;
    this.#code = code;
    this.#capacity = capacity;
    this.#free = Array.from({ length: capacity }, (_, slot) => slot);
    this.functions = new wasm.Table({ element: 'anyfunc', initial: capacity });
    code.observe(this);
  }

  /** Functions that are there. */
  get count(): number {
    return this.#count;
  }

  /** Functions that went. */
  get dropped(): number {
    return this.#dropped;
  }

  /** The region that a page is part of. */
  mainOf(page: number): Region | undefined {
    return this.#pages.get(page)?.main;
  }

  /** A page that was met lately is kept for longer. */
  use(page: number): void {
    const known = this.#pages.get(page);
    if (known !== undefined) known.lastUse = ++this.#uses;
  }

  /** Free numbers for the pages of a region; where there are too few, pages go that were not met for longest. */
  takeSlots(pages: readonly PlacedPage[]): readonly number[] | undefined {
    if (pages.length > this.#capacity) return undefined;
    while (this.#free.length < pages.length) {
      let oldest: TranslatedPage | undefined;
      for (const known of this.#pages.values()) {
        const isNeeded = pages.some(({ page }) => page === known.page);
        if (!isNeeded && (oldest === undefined || known.lastUse < oldest.lastUse)) oldest = known;
      }
      if (oldest !== undefined) this.drop(oldest.page);
      else for (const { page } of pages) this.drop(page);
    }
    return pages.map(() => this.#free.pop() as number);
  }

  /** `graph`: what was translated. */
  put(region: Region, graph: FlowGraph, run: WasmFunction, loopHeat: number): void {
    this.#count++;
    for (const place of region.pages) {
      const known = this.#knownPage(place.page);
      if (region.kind === 'pages') known.main = region;
      else known.loops.set(region.entries[0] as number, region);
      this.functions.set(place.slot, run);
      for (const { instructions } of graph.blocks.values()) {
        for (const { offset } of instructions) {
          if (isIn(place, offset)) known.covered[(offset - place.offset) >> 1] = 1;
        }
      }
      for (const entry of region.entries) {
        if (isIn(place, entry)) this.#code.setRegion(place.page, entry - place.offset, place.slot);
      }
      for (const head of region.loopHeads) {
        if (isIn(place, head)) this.#code.setLoopHead(place.page, head - place.offset, loopHeat);
      }
    }
  }

  patienceWith(page: number): number {
    return this.#patienceWith(page);
  }

  codeChanges(page: number, from: number, to: number): void {
    const known = this.#pages.get(page);
    if (known === undefined) return;
    for (let place = from >> 1; 2 * place < to; place++) {
      if (known.covered[place] === 0) continue;
      this.drop(page);
      return;
    }
  }

  /** Drops all that was translated of a page, and of the pages that are in a region with it. */
  drop(page: number): void {
    const main = this.mainOf(page);
    for (const place of main?.pages ?? [{ page }]) {
      for (const loop of this.#pages.get(place.page)?.loops.values() ?? []) this.#remove(loop);
      this.#pages.delete(place.page);
    }
    if (main !== undefined) this.#remove(main);
  }

  #remove(region: Region): void {
    for (const { page, offset, slot } of region.pages) {
      for (const place of [...region.entries, ...region.loopHeads]) {
        if (isIn({ offset }, place)) this.#code.removeRegion(page, place - offset);
      }
      this.functions.set(slot, null);
      this.#free.push(slot);
    }
    this.#count--;
    this.#dropped++;
  }

  #knownPage(page: number): TranslatedPage {
    let known = this.#pages.get(page);
    if (known === undefined) {
      known = {
        page,
        main: undefined,
        loops: new Map(),
        covered: new Uint8Array(pageBytes / 2),
        lastUse: ++this.#uses,
      };
      this.#pages.set(page, known);
    }
    return known;
  }
}

function isIn(page: { readonly offset: number }, offset: number): boolean {
  return offset >= page.offset && offset < page.offset + pageBytes;
}
