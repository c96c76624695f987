import { pageBytes, pageShift } from '../../common/page.ts';
import type { Breakpoints } from '../breakpoints.ts';
import type { MachineMemory } from '../memory.ts';
import type { Watchpoints } from '../watchpoints.ts';
import type { Walked } from '../translation/walk.ts';
import { engineWord, noRefusedPage } from './layout.ts';
import type { PredecodedCode } from './predecoded-code.ts';
import type { TablePages } from './table-pages.ts';
import { anything } from './table-dependencies.ts';
import type { TranslationContexts } from './translation-contexts.ts';

/**
 * Translates a page (address >> 12) as the hart's present mode does for a fetch, load or store, with or without the
 * effects of such an access on A and D bits. Gives the number of the host-physical page if the access may reach all of
 * it, else `undefined`: the slow path finds out what is wrong.
 */
export type TranslatePage = (
  page: number,
  access: 'read' | 'write' | 'execute',
  effects: 'update' | 'none',
) => number | undefined;

/** Which bytes of its page an access is to. */
interface PlaceInPage {
  readonly inPage: number;
  readonly bytes: number;
}

/** Fills the TLBs of one hart. Pages are numbers of virtual pages (address >> 12), or of pages within RAM. */
export class Refill {
  readonly #memory: MachineMemory;
  readonly #code: PredecodedCode;
  readonly #breakpoints: Breakpoints;
  readonly #tables: TablePages;
  readonly #watchpoints: Watchpoints;
  readonly #contexts: TranslationContexts;
  readonly #translate: TranslatePage;
  readonly #walked: () => Walked;
  readonly #words: Uint32Array;
  readonly #firstHostPage: number;
  readonly #ramPages: number;
  /** The page of the last data miss, and how often in a row it was refused. */
  #refusedPage = -1;
  #refusals = 0;
  #seenPage = 0;

  constructor(options: {
    readonly memory: MachineMemory;
    readonly code: PredecodedCode;
    readonly breakpoints: Breakpoints;
    readonly tables: TablePages;
    readonly watchpoints: Watchpoints;
    readonly contexts: TranslationContexts;
    readonly translate: TranslatePage;
    /** What the last translation read. */
    readonly walked: () => Walked;
    /** The engine area's, as `engineWord` says. */
    readonly words: Uint32Array;
  }) {
    this.#memory = options.memory;
    this.#code = options.code;
    this.#breakpoints = options.breakpoints;
    this.#tables = options.tables;
    this.#watchpoints = options.watchpoints;
    this.#contexts = options.contexts;
    this.#translate = options.translate;
    this.#walked = options.walked;
    this.#words = options.words;
    this.#firstHostPage = options.memory.ramBase / pageBytes;
    this.#ramPages = options.memory.ramSize / pageBytes;
  }

  /** `false`: the slow path has to fetch. */
  execute(virtualPage: number): boolean {
    const page = this.#translateToRam(virtualPage, 'execute');
    if (page === undefined) return false;
    const records = this.#code.recordsOf(page);
    if (this.#breakpoints.pages('virtual').size > 0) this.#code.armVirtual(page, BigInt(virtualPage));
    this.#contexts.fill('execute', virtualPage, records, this.#memory.ramOffset + page * pageBytes);
    return true;
  }

  /**
   * `refused`: the slow path has to load or store. `seen`: so has a store, for others have to know of it; but the page
   * of RAM is `seenPage`.
   */
  data(access: 'read' | 'write', virtualPage: number, place: PlaceInPage): 'filled' | 'seen' | 'refused' {
    const outcome = this.#fill(access, virtualPage, place);
    this.#words[refusedPage] = outcome === 'refused' ? virtualPage : noRefusedPage;
    return outcome;
  }

  /** The number within RAM of the page that a store was to last that has to be seen. */
  get seenPage(): number {
    return this.#seenPage;
  }

  /** The host page that would be fetched from, without the effects of a fetch. */
  hostPage(virtualPage: number): number | undefined {
    return this.#translate(virtualPage, 'execute', 'none');
  }

  #fill(
    access: 'read' | 'write',
    virtualPage: number,
    { inPage, bytes }: PlaceInPage,
  ): ReturnType<Refill['data']> {
    if (this.#isRefusedAgain(virtualPage)) return 'refused';
    const page = this.#translateToRam(virtualPage, access);
    if (page === undefined) return 'refused';
    const hostPage = page + this.#firstHostPage;
    const isWatched = this.#watchpoints.concernPage(hostPage, access);
    // Who watches the bytes wants the run to end, too.
    if (
      isWatched &&
      (access === 'read' || this.#watchpoints.concern(hostPage * pageBytes + inPage, bytes, access))
    )
      return 'refused';
    if (access === 'write') {
      // Who waits for a store wants to look at the machine right after it.
      if (this.#code.isWaitedFor(page)) return 'refused';
      if (isWatched || this.#code.has(page) || this.#tables.has(page)) {
        this.#refusals = 0;
        this.#seenPage = page;
        return 'seen';
      }
    }
    this.#refusals = 0;
    const address = this.#memory.ramOffset + page * pageBytes;
    this.#contexts.fill(access, virtualPage, address - (virtualPage << pageShift), 0);
    return 'filled';
  }

  /**
   * A device's page is refused at every access. Once it was refused twice in a row, most times go without a walk: to do
   * the access outside is never wrong.
   */
  #isRefusedAgain(virtualPage: number): boolean {
    // Wasm may have filled entries, or found where a store goes, since then.
    if (virtualPage !== this.#refusedPage || this.#words[refusedPage] !== virtualPage >>> 0)
      this.#refusals = 0;
    this.#refusedPage = virtualPage;
    this.#refusals++;
    return this.#refusals > 2 && (this.#refusals & 15) !== 0;
  }

  #translateToRam(virtualPage: number, access: 'read' | 'write' | 'execute'): number | undefined {
    const hostPage = this.#translate(virtualPage, access, 'update');
    // Where the walk wrote to what is watched, the run ends after this instruction: it is not to go on in wasm.
    if (hostPage === undefined || this.#watchpoints.areTouched) return undefined;
    const page = hostPage - this.#firstHostPage;
    if (page < 0 || page >= this.#ramPages) return undefined;
    this.#dependOnTables(virtualPage);
    return page;
  }

  #dependOnTables(virtualPage: number): void {
    const { tables, tableCount, lowest } = this.#walked();
    for (let index = 0; index < tableCount; index++) {
      const table = (tables[index] as number) - this.#firstHostPage;
      this.#contexts.dependOn(table, index === lowest ? Math.floor(virtualPage / 512) : anything);
    }
  }
}

/** In words; looked up here once. */
const refusedPage = engineWord.refusedPage / 4;
