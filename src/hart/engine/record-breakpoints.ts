import type { Breakpoints } from '../breakpoints.ts';

/** Who has the records that breakpoints are put into. Pages are numbers of pages of RAM. */
export interface ArmedRecords {
  /** Instructions that begin between two offsets of a page get a breakpoint. */
  codeChanges(page: number, from: number, to: number): void;
  setBreakpoint(page: number, offset: number): void;
  removeBreakpoint(page: number, offset: number): void;
  /** The virtual breakpoints are gone, until `armVirtual` for each page that is to run. */
  breakpointsChanged(): void;
}

/** Which records have a breakpoint, or get one when they are decoded: those by physical address, and of pages that run. */
export class RecordBreakpoints {
  readonly #breakpoints: Breakpoints;
  readonly #records: ArmedRecords;
  readonly #firstHostPage: number;
  readonly #pages: number;
  /** By page of RAM, the offsets whose records have, or get when they are decoded, the breakpoint handler. */
  readonly #armed = new Map<number, Set<number>>();

  /** Of a RAM of so many pages, from a host-physical page on. */
  constructor(breakpoints: Breakpoints, records: ArmedRecords, firstHostPage: number, pages: number) {
    this.#breakpoints = breakpoints;
    this.#records = records;
    this.#firstHostPage = firstHostPage;
    this.#pages = pages;
    this.#armPhysical();
    breakpoints.onDidChange(() => {
      this.#disarmAll();
      this.#armPhysical();
      records.breakpointsChanged();
    });
  }

  /** The offsets of a page at which there is one; `undefined`: none, as nearly always. */
  in(page: number): ReadonlySet<number> | undefined {
    return this.#armed.size === 0 ? undefined : this.#armed.get(page);
  }

  /** Puts into a page the breakpoints of the virtual page (its number) at which it is about to run. */
  armVirtual(page: number, virtualPage: bigint): void {
    for (const offset of this.#breakpoints.pages('virtual').get(virtualPage) ?? []) this.#arm(page, offset);
  }

  #armPhysical(): void {
    for (const [hostPage, offsets] of this.#breakpoints.pages('physical')) {
      const page = Number(hostPage) - this.#firstHostPage;
      if (page < 0 || page >= this.#pages) continue;
      for (const offset of offsets) this.#arm(page, offset);
    }
  }

  #arm(page: number, offset: number): void {
    const offsets = this.#armed.get(page) ?? new Set();
    if (offsets.has(offset)) return;
    this.#armed.set(page, offsets.add(offset));
    this.#records.codeChanges(page, offset, offset + 2);
    this.#records.setBreakpoint(page, offset);
  }

  #disarmAll(): void {
    for (const [page, offsets] of this.#armed) {
      for (const offset of offsets) this.#records.removeBreakpoint(page, offset);
    }
    this.#armed.clear();
  }
}
