import { Emitter } from '../common/event.ts';
import { pageWait, type MachineMemory } from './memory.ts';
import { pageBytes } from '../common/page.ts';

/** Bytes of RAM of which accesses are to be told: from a host-physical address on. */
export interface WatchedRange {
  readonly address: number;
  readonly length: number;
  readonly reads: boolean;
  readonly writes: boolean;
}

/**
 * An access to memory that is watched; several of one instruction where it crosses a page, or reads and writes. `by`: a
 * load or store, the usage bits that a page walk set, or somebody who is no hart: a device, firmware, a hosted VMM.
 */
export interface MemoryTouch {
  readonly kind: 'read' | 'write';
  readonly by: 'access' | 'walk' | 'outside';
  /** Of what is on the machine's buses: its name. */
  readonly device?: string;
  readonly address: number;
  /** What all bytes of the access were, and what they are now: the same where they were read. */
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/**
 * The bytes of RAM of which a debugger wants to know who accesses them. Pages with such bytes stay out of the TLBs, so
 * that accesses of them come through `PhysicalMemory` and others cost nothing.
 */
export class Watchpoints {
  /** Whoever has to stop is told of each touch as it happens. */
  onTouch: ((touch: MemoryTouch) => void) | undefined;
  readonly #ranges = new Set<WatchedRange>();
  /** By number of the page (address / 4096). */
  readonly #pages = new Map<number, Set<WatchedRange>>();
  /** By number of the page within RAM: `pageWait`. */
  readonly #waits: Uint8Array;
  readonly #firstPage: number;
  readonly #changed = new Emitter<void>();
  #touches: MemoryTouch[] = [];

  readonly onDidChange = this.#changed.event;

  constructor({ wasm, pages, ramBase, ramSize }: MachineMemory) {
    this.#waits = new Uint8Array(wasm.buffer, pages.waitedFor, ramSize / pageBytes);
    this.#firstPage = ramBase / pageBytes;
  }

  add(range: WatchedRange): void {
    this.#ranges.add(range);
    for (const page of pagesOf(range.address, range.length)) {
      const others = this.#pages.get(page);
      if (others === undefined) this.#pages.set(page, new Set([range]));
      else others.add(range);
      this.#mark(page);
    }
    this.#changed.fire();
  }

  /** Nothing happens where it is not there. */
  remove(range: WatchedRange): void {
    if (!this.#ranges.delete(range)) return;
    for (const page of pagesOf(range.address, range.length)) {
      const others = this.#pages.get(page);
      others?.delete(range);
      if (others?.size === 0) this.#pages.delete(page);
      this.#mark(page);
    }
    this.#changed.fire();
  }

  /** Is anything watched at all? */
  get areSet(): boolean {
    return this.#ranges.size > 0;
  }

  /** Must accesses of this page be seen? An instruction that reads and writes is a write to the TLBs. */
  concernPage(page: number, access: 'read' | 'write'): boolean {
    const ranges = this.#pages.get(page);
    if (ranges === undefined) return false;
    if (access === 'write') return true;
    for (const { reads } of ranges) if (reads) return true;
    return false;
  }

  /** Is any byte of an access watched? */
  concern(address: number, length: number, access: 'read' | 'write'): boolean {
    const last = Math.floor((address + length - 1) / pageBytes);
    // Every access of a watched page comes here: no generator.
    for (let page = Math.floor(address / pageBytes); page <= last; page++)
      for (const range of this.#pages.get(page) ?? [])
        if (overlaps(range, address, length) && (access === 'read' ? range.reads : range.writes)) return true;
    return false;
  }

  /** An access that they concern was made. */
  tell(touch: MemoryTouch): void {
    this.#touches.push(touch);
    this.onTouch?.(touch);
  }

  /** Has an access been made that nobody has taken note of? */
  get areTouched(): boolean {
    return this.#touches.length > 0;
  }

  /** The accesses made since this was last asked, in order. */
  take(): readonly MemoryTouch[] {
    const touches = this.#touches;
    this.#touches = [];
    return touches;
  }

  #mark(page: number): void {
    const writes = this.concernPage(page, 'write') ? pageWait.watchedWrites : 0;
    const reads = this.concernPage(page, 'read') ? pageWait.watchedReads : 0;
    const place = page - this.#firstPage;
    this.#waits[place] = ((this.#waits[place] as number) & pageWait.stores) | writes | reads;
  }
}

/** Numbers of the pages in which there are bytes. */
function* pagesOf(address: number, length: number): Generator<number> {
  const last = Math.floor((address + length - 1) / pageBytes);
  for (let page = Math.floor(address / pageBytes); page <= last; page++) yield page;
}

/** Does an access reach into a range? */
function overlaps(
  range: { readonly address: number; readonly length: number },
  address: number,
  length: number,
): boolean {
  return address < range.address + range.length && range.address < address + length;
}
