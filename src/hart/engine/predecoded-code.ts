import { assert } from '../../common/errors.ts';
import { pageBytes } from '../../common/page.ts';
import type { InstructionAlignment } from '../../isa/configuration/isa.ts';
import type { Decode } from '../../isa/decode.ts';
import { ecall } from '../../isa/extensions/rv64i-control.ts';
import type { DecodedInstruction } from '../../isa/instruction.ts';
import type { Breakpoints } from '../breakpoints.ts';
import { pageWait, type MachineMemory } from '../memory.ts';
import { pageRecordsBytes } from './layout.ts';
import { PagePool } from './page-pool.ts';
import { RecordBreakpoints } from './record-breakpoints.ts';
import { RecordTemplates } from './record-template.ts';
import { StoresBorne } from './stores-borne.ts';
import { Records, type RecordIndex } from './records.ts';

/** Who holds pointers to predecoded pages, or lets stores pass without looking for one. */
export interface CodeUser {
  /** The records from this address of the wasm memory on are no longer those of the page they were of. */
  forgetRecords(records: number): void;
  /** A page of RAM, by its address in the wasm memory, now has records: stores to it must be seen. */
  watchStores(page: number): void;
  /** The virtual breakpoints are no longer in the records, until `armVirtual` for each page that is to run. */
  breakpointsChanged(): void;
}

/** Who made something of predecoded instructions. */
export interface CodeObserver {
  /** Instructions that begin between two offsets of a page of RAM are about to change, or get breakpoints, or go. */
  codeChanges(page: number, from: number, to: number): void;
  /** How many instructions the interpreter does in a page that it comes to know before it tells. */
  patienceWith(page: number): number;
}

/** The predecoded pages that all harts of a machine share, by physical page. */
export class PredecodedCode {
  readonly decode: Decode;
  /** At which addresses instructions begin. */
  readonly alignment: InstructionAlignment;
  readonly #memory: MachineMemory;
  readonly #records: Records;
  readonly #ramHalfWords: Uint16Array;
  readonly #users = new Set<CodeUser>();
  readonly #pool: PagePool;
  /** For each place, how many stores there were to its page since it took it. */
  readonly #stores: Uint32Array;
  readonly #storesBorne: StoresBorne;
  readonly #breakpoints: RecordBreakpoints;
  /** Pages of RAM to which stores are to be seen, with records or without. */
  readonly #watched: Uint8Array;
  #observer: CodeObserver | undefined;

  constructor({
    memory,
    breakpoints,
    decode,
    alignment,
  }: {
    readonly memory: MachineMemory;
    readonly breakpoints: Breakpoints;
    readonly decode: Decode;
    readonly alignment: InstructionAlignment;
  }) {
    const capacity = memory.predecodedPages;
    assert(capacity >= 2, 'an instruction can lie in two pages');
    this.#memory = memory;
    this.decode = decode;
    this.alignment = alignment;
    this.#records = new Records(memory, new RecordTemplates(decode, alignment));
    this.#ramHalfWords = new Uint16Array(memory.wasm.buffer, memory.ramOffset, memory.ramSize / 2);
    const pages = memory.ramSize / pageBytes;
    this.#pool = new PagePool(memory, capacity, (page, place) => this.#forget(page, place));
    this.#stores = new Uint32Array(capacity);
    this.#storesBorne = new StoresBorne(pages);
    this.#watched = new Uint8Array(memory.wasm.buffer, memory.pages.waitedFor, pages);
    this.#breakpoints = new RecordBreakpoints(
      breakpoints,
      {
        codeChanges: (page, from, to) => this.#observer?.codeChanges(page, from, to),
        setBreakpoint: (page, offset) => this.#setBreakpoint(page, offset),
        removeBreakpoint: (page, offset) => this.#removeBreakpoint(page, offset),
        breakpointsChanged: () => {
          for (const user of this.#users) user.breakpointsChanged();
        },
      },
      memory.ramBase / pageBytes,
      pages,
    );
  }

  attach(user: CodeUser): void {
    this.#users.add(user);
  }

  /** From now on this one is told before code changes. */
  observe(observer: CodeObserver): void {
    this.#observer = observer;
  }

  /** The instruction at a place of a page, if it is decoded and one that wasm does without its neighbour page. */
  instructionAt(page: number, offset: number): DecodedInstruction | undefined {
    if (!this.isPlain(page, offset)) return undefined;
    const place = (page * pageBytes + offset) / 2;
    const low = this.#ramHalfWords[place] as number;
    return this.decode((low & 3) === 3 ? low | ((this.#ramHalfWords[place + 1] as number) << 16) : low);
  }

  /** Is there such an instruction? */
  isPlain(page: number, offset: number): boolean {
    const record = this.#recordAt(page, offset);
    return record !== undefined && this.#records.isPlain(record);
  }

  /** Did a jump lead to this place that is not seen before it runs: an indirect one, or one from another page? */
  isSeen(page: number, offset: number): boolean {
    const record = this.#recordAt(page, offset);
    return record !== undefined && this.#records.isSeen(record);
  }

  /** Does a translated function begin here? */
  isRegion(page: number, offset: number): boolean {
    const record = this.#recordAt(page, offset);
    return record !== undefined && this.#records.isRegion(record);
  }

  /** Has the translated function of this number begin at a place, where a plain instruction is. */
  setRegion(page: number, offset: number, region: number): void {
    const record = this.#recordAt(page, offset);
    if (record !== undefined) this.#records.setRegion(record, region);
  }

  /** Has the interpreter tell when it came by at a place, where a plain instruction is, for the nth time. */
  setLoopHead(page: number, offset: number, passes: number): void {
    const record = this.#recordAt(page, offset);
    if (record !== undefined) this.#records.setLoopHead(record, passes);
  }

  /** How many instructions the interpreter still does in a page before it tells; `Infinity` where it has no records. */
  patience(page: number): number {
    const place = this.#pool.placeOf(page);
    return place < 0 ? Infinity : this.#records.patience(place);
  }

  /** Has the interpreter tell once it did so many instructions more in a page. */
  setPatience(page: number, instructions: number): void {
    const place = this.#pool.placeOf(page);
    if (place >= 0) this.#records.setPatience(place, Math.min(instructions, mostPatience));
  }

  /** What began here does no more. */
  removeRegion(page: number, offset: number): void {
    const record = this.#recordAt(page, offset);
    if (record !== undefined) this.#records.removeRegion(record);
  }

  /** Does a page of RAM (its number within RAM) have records? */
  has(page: number): boolean {
    return this.#pool.has(page);
  }

  /** Are all stores to a page of RAM to be seen, by who asked for that? */
  isWaitedFor(page: number): boolean {
    return ((this.#watched[page] as number) & pageWait.stores) !== 0;
  }

  /** From now on all stores to a page of RAM are to be seen. */
  watch(page: number): void {
    this.#watched[page] = (this.#watched[page] as number) | pageWait.stores;
    for (const user of this.#users) user.watchStores(this.#memory.ramOffset + page * pageBytes);
  }

  /** The address in the wasm memory of the records of a page of RAM; makes room for them where there are none. */
  recordsOf(page: number): number {
    let place = this.#pool.placeOf(page);
    if (place < 0) place = this.#take(page);
    this.#pool.use(place);
    return this.#addressOf(place);
  }

  /**
   * Decodes from a pc's place in its page on, along the straight run of instructions. `nextPage` is the page of
   * RAM that comes next in virtual memory, where the first instruction reaches into it.
   */
  decodeFrom(page: number, offset: number, nextPage: number | undefined): void {
    const place = this.#pool.placeOf(page);
    assert(place >= 0, 'a page is decoded into records that it has');
    const armed = this.#breakpoints.in(page);
    for (let at = offset; at < pageBytes;) {
      const record = this.#records.at(place, at);
      if (at !== offset && this.#records.isDecoded(record)) break;
      const step = this.#decodeAt(page, at, record, nextPage);
      if (armed?.has(at)) this.#records.setBreakpoint(record);
      if (step === 0) break;
      at += step;
    }
  }

  /**
   * Bytes of RAM changed, from an offset within RAM on: drops what was decoded of them. A page that is written again and
   * again has no code any more, or little: its records go, and stores to it are fast.
   */
  invalidate(ramOffset: number, length: number): void {
    const lastPage = Math.floor((ramOffset + length - 1) / pageBytes);
    for (let page = Math.floor(ramOffset / pageBytes); page <= lastPage; page++) {
      const place = this.#pool.placeOf(page);
      if (place < 0) continue;
      // A 32-bit instruction may begin two bytes earlier; one that begins in another page checks for itself.
      const start = Math.max(0, (ramOffset - page * pageBytes - 2) & ~1);
      const end = Math.min(pageBytes, ramOffset + length - page * pageBytes);
      this.#observer?.codeChanges(page, start, end);
      for (let at = start; at < end; at += 2) this.#records.clear(this.#records.at(place, at));
      const stores = (this.#stores[place] as number) + 1;
      this.#stores[place] = stores;
      if (this.#storesBorne.areTooMany(page, stores)) this.#pool.leave(place);
    }
  }

  /** Puts into a page of RAM the breakpoints of the virtual page (its number) at which it is about to run. */
  armVirtual(page: number, virtualPage: bigint): void {
    this.#breakpoints.armVirtual(page, virtualPage);
  }

  /** Does an ECALL come before an offset of a page? */
  isAfterCall(page: number, offset: number): boolean {
    const place = (page * pageBytes + offset) / 2;
    const words = this.#ramHalfWords;
    return offset >= 4 && words[place - 2] === (callWord & 0xffff) && words[place - 1] === callWord >>> 16;
  }

  /** Does the instruction at an offset of a page reach into the next page? */
  crossesAt(page: number, offset: number): boolean {
    return (
      offset === pageBytes - 2 && ((this.#ramHalfWords[(page * pageBytes + offset) / 2] as number) & 3) === 3
    );
  }

  /** Decodes one record. 0 where the run ends: no instruction, a jump, or one that crosses; else how far on the next is. */
  #decodeAt(page: number, at: number, record: RecordIndex, nextPage: number | undefined): number {
    const low = this.#ramHalfWords[(page * pageBytes + at) / 2] as number;
    const isLong = (low & 3) === 3;
    const crosses = isLong && at === pageBytes - 2;
    if (crosses && nextPage === undefined) return 0;
    const halfAfter = crosses ? ((nextPage ?? 0) * pageBytes) / 2 : (page * pageBytes + at) / 2 + 1;
    const high = isLong ? (this.#ramHalfWords[halfAfter] as number) : 0;
    const word = low | (high << 16);
    if (!crosses) return this.#records.write(record, word, at);
    this.#records.writeCrossing(record, word, high);
    return 0;
  }

  #setBreakpoint(page: number, offset: number): void {
    const record = this.#recordAt(page, offset);
    if (record !== undefined && this.#records.isDecoded(record)) this.#records.setBreakpoint(record);
  }

  #removeBreakpoint(page: number, offset: number): void {
    const record = this.#recordAt(page, offset);
    if (record !== undefined) this.#records.removeBreakpoint(record);
  }

  #recordAt(page: number, offset: number): RecordIndex | undefined {
    const place = this.#pool.placeOf(page);
    return place < 0 ? undefined : this.#records.at(place, offset);
  }

  #take(page: number): number {
    const place = this.#pool.take(page);
    this.#stores[place] = 0;
    this.#records.clearPage(place);
    this.setPatience(page, this.#observer?.patienceWith(page) ?? mostPatience);
    for (const user of this.#users) user.watchStores(this.#memory.ramOffset + page * pageBytes);
    return place;
  }

  /** A page is about to lose its place. */
  #forget(page: number, place: number): void {
    this.#observer?.codeChanges(page, 0, pageBytes);
    for (const user of this.#users) user.forgetRecords(this.#addressOf(place));
  }

  #addressOf(place: number): number {
    return this.#memory.predecodedOffset + place * pageRecordsBytes;
  }
}

const mostPatience = 2 ** 30;
const callWord = ecall.encoding.match;
