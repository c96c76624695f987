import { pageBytes } from '../../common/page.ts';
import type { MachineMemory } from '../memory.ts';
import { specialHandler } from './handlers.ts';
import { pageRecords, pageRecordsBytes, recordBytes, recordField, seenFlag } from './layout.ts';
import { templateWord, type RecordTemplates } from './record-template.ts';

/** A record by its place in the pool, counted in half-words, as all of it but the immediate is. */
export type RecordIndex = number & { readonly __engine: 'record' };

/** Writes predecoded instructions, as `recordField` and `pageRecords` lay them out. */
export class Records {
  readonly #halfWords: Uint16Array;
  readonly #words: Int32Array;
  readonly #templates: RecordTemplates;
  /** For each place: 1 once a page had it. */
  readonly #used: Uint8Array;

  constructor(memory: MachineMemory, templates: RecordTemplates) {
    this.#templates = templates;
    const { buffer } = memory.wasm;
    const bytes = memory.predecodedPages * pageRecordsBytes;
    this.#used = new Uint8Array(memory.predecodedPages);
    this.#halfWords = new Uint16Array(buffer, memory.predecodedOffset, bytes / 2);
    this.#words = new Int32Array(buffer, memory.predecodedOffset, bytes / 4);
  }

  /** The record of the half-word at an offset of the page that has this place in the pool. */
  at(place: number, offset: number): RecordIndex {
    return ((place * pageRecordsBytes) / 2 + offset * (recordBytes / 4)) as RecordIndex;
  }

  isDecoded(record: RecordIndex): boolean {
    return this.#halfWords[record] !== specialHandler.decode;
  }

  /** Makes all records of a page undecoded. Those of a place that no page had before are so; most are never looked at. */
  clearPage(place: number): void {
    const first = this.at(place, 0);
    if (this.#used[place] === 1)
      this.#halfWords.fill(specialHandler.decode, first, first + pageRecordsBytes / 2);
    this.#used[place] = 1;
    for (const end of [pageRecords.end, pageRecords.crossingEnd]) {
      this.#halfWords[first + (end * recordBytes) / 2] = specialHandler.pageEnd;
    }
  }

  patience(place: number): number {
    return this.#words[this.#patienceAt(place)] as number;
  }

  setPatience(place: number, instructions: number): void {
    this.#words[this.#patienceAt(place)] = instructions;
  }

  clear(record: RecordIndex): void {
    this.#halfWords[record] = specialHandler.decode;
  }

  /**
   * Writes the instruction of a word, which has this place in its page. Gives how far on the next one of a straight
   * run is; 0 where the run ends.
   */
  write(record: RecordIndex, word: number, offset: number): number {
    const { rows } = this.#templates;
    const row = this.#templates.rowOf(word);
    const handlers = rows[row + templateWord.handlers] as number;
    const imm = rows[row + templateWord.imm] as number;
    const target = offset + imm;
    const isNear = handlers >>> 16 !== 0 && target >= 0 && target < pageBytes;
    if (isNear) this.#write(record, row, handlers >>> 16, imm * (recordBytes / 2));
    else this.#write(record, row, handlers & 0xffff, imm);
    return (rows[row + templateWord.rd] as number) >>> 16;
  }

  /** The instruction that begins at the last half-word, whose record this is, and whose second half is `high`. */
  writeCrossing(record: RecordIndex, word: number, high: number): void {
    const crossing = (record +
      ((pageRecords.crossing - (pageRecords.end - 1)) * recordBytes) / 2) as RecordIndex;
    const { rows } = this.#templates;
    const row = this.#templates.rowOf(word);
    const handler = (rows[row + templateWord.handlers] as number) & 0xffff;
    this.#write(crossing, row, handler, rows[row + templateWord.imm] as number);
    this.#halfWords[crossing + recordField.saved / 2] = high;
    this.#halfWords[record] = specialHandler.crossing;
  }

  setBreakpoint(record: RecordIndex): void {
    this.#replaceHandler(record, specialHandler.breakpoint);
  }

  /** Gives the record back its handler, if it has a breakpoint. */
  removeBreakpoint(record: RecordIndex): void {
    if (this.#halfWords[record] === specialHandler.breakpoint) this.#putBackHandler(record);
  }

  /** Makes the translated function of this number begin here. The record is decoded, and of a plain instruction. */
  setRegion(record: RecordIndex, region: number): void {
    this.removeRegion(record);
    this.#replaceHandler(record, specialHandler.region);
    this.#halfWords[record + recordField.region / 2] = region;
  }

  /** Has the interpreter count down `passes` times until it tells that it came by; of a record as above. */
  setLoopHead(record: RecordIndex, passes: number): void {
    this.#replaceHandler(record, specialHandler.loopHead);
    this.#halfWords[record + recordField.region / 2] = passes;
  }

  /** Gives the record back its handler, if a region or a translated loop begins here. */
  removeRegion(record: RecordIndex): void {
    const handler = this.#halfWords[record];
    if (handler === specialHandler.region || handler === specialHandler.loopHead)
      this.#putBackHandler(record);
  }

  isRegion(record: RecordIndex): boolean {
    return this.#halfWords[record] === specialHandler.region;
  }

  /** Is it decoded, an instruction that the interpreter does by itself, and all of it in its page? */
  isPlain(record: RecordIndex): boolean {
    const handler = this.#halfWords[record] as number;
    return (
      handler >= firstInstruction || handler === specialHandler.region || handler === specialHandler.loopHead
    );
  }

  /** Did a jump lead here that is not seen before it runs? */
  isSeen(record: RecordIndex): boolean {
    return ((this.#halfWords[record + recordField.saved / 2] as number) & seenFlag) !== 0;
  }

  #patienceAt(place: number): number {
    return (place * pageRecordsBytes + pageRecords.patience * recordBytes) / 4;
  }

  #replaceHandler(record: RecordIndex, handler: number): void {
    const saved = record + recordField.saved / 2;
    const seen = (this.#halfWords[saved] as number) & seenFlag;
    this.#halfWords[saved] = seen | (this.#halfWords[record] as number);
    this.#halfWords[record] = handler;
  }

  #putBackHandler(record: RecordIndex): void {
    this.#halfWords[record] = (this.#halfWords[record + recordField.saved / 2] as number) & ~seenFlag;
  }

  #write(record: RecordIndex, row: number, handler: number, imm: number): void {
    const words = this.#words;
    const { rows } = this.#templates;
    const first = record / 2;
    words[first] = handler | ((rows[row + templateWord.rd] as number) << 16);
    words[first + recordField.rs1 / 4] = rows[row + templateWord.sources] as number;
    words[first + recordField.imm / 4] = imm;
  }
}

const firstInstruction = Object.keys(specialHandler).length;
