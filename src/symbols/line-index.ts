import type { AddressRange } from './dwarf/addresses.ts';
import type { Dwarf, DwarfUnit } from './dwarf/dwarf.ts';
import {
  type LineSequence,
  type LineTable,
  ROW_IS_STATEMENT,
  ROW_PROLOGUE_END,
  rowAddress,
  rowAt,
  sequenceAt,
  speakingRow,
} from './dwarf/line-table.ts';
import { SourceIndex } from './source-index.ts';
import { normalizePath } from './source-paths.ts';
import type { UnitIndex } from './unit-index.ts';
import type { LineTables } from './unit-lines.ts';

/** A place in a source, and the code around an address that belongs to it. */
export interface SourceLine {
  /** Full path, remapped. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1; 0 where the compiler gave none. */
  readonly column: number;
  /** A good place to stop. */
  readonly isStatement: boolean;
  /** The run of instructions around the address that belong to the same line: `start` to before `end`. */
  readonly start: bigint;
  readonly end: bigint;
}

/** Where to stop for a line of a source. */
export interface LineAddresses {
  /** The image's source that was meant, remapped. */
  readonly file: string;
  /** The line asked for, or the next one after it that has code. */
  readonly line: number;
  /** By address; empty where neither the line nor one after it has code. */
  readonly addresses: readonly bigint[];
  /** Path components that agree with the path asked for, counted from the file's name. */
  readonly agreement: number;
  /** The whole path agrees; of an image compiled with relative paths, all that it knows of the path. */
  readonly exact: boolean;
}

/** Where the body of a function begins, by the two signs there are; either may be missing. */
export interface BodyStart {
  /** A row marked prologue_end. */
  readonly marked?: bigint;
  /** The function's second line: without optimization the first is the set-up of the frame. */
  readonly secondLine?: bigint;
}

/** Answers from .debug_line: which line an address is, and where a line's code is. */
export class LineIndex {
  readonly #dwarf: Dwarf;
  readonly #units: UnitIndex;
  readonly #lines: LineTables;
  readonly #isCode: (address: bigint) => boolean;
  #sources: SourceIndex | undefined;

  constructor(dwarf: Dwarf, units: UnitIndex, lines: LineTables, isCode: (address: bigint) => boolean) {
    this.#dwarf = dwarf;
    this.#units = units;
    this.#lines = lines;
    this.#isCode = isCode;
  }

  lineAt(address: bigint): SourceLine | undefined {
    const unit = this.#units.at(address);
    const lines = unit && this.#lines.of(unit);
    const sequence = lines && sequenceAt(lines.table, address);
    if (!lines || !sequence) return undefined;
    const { table } = lines;
    const row = rowAt(table, sequence, address);
    const line = table.lines[row] ?? 0;
    const file = lines.path(table.files[row] ?? 0);
    // DWARF 6.2.2: line 0 is for instructions that belong to no line.
    if (line === 0 || file === undefined) return undefined;
    return {
      file,
      line,
      column: table.columns[row] ?? 0,
      isStatement: ((table.flags[row] ?? 0) & ROW_IS_STATEMENT) !== 0,
      ...runAround(table, sequence, row),
    };
  }

  /** Full paths of all files that any unit names, sorted. */
  get sources(): readonly string[] {
    return this.#sourceIndex().paths;
  }

  /**
   * The statements of a line, or of the nearest line after it that has code, in the source whose path agrees
   * best with the one given. Every row that begins such a statement counts: the caller decides which of those
   * in one function to stop at. `undefined` when the image has no source of that name.
   */
  statementsOf(file: string, line: number): LineAddresses | undefined {
    const source = this.#sourceIndex().match(normalizePath(file));
    if (!source) return undefined;
    let best = Number.POSITIVE_INFINITY;
    let addresses: bigint[] = [];
    for (const { lines, files } of source.places) {
      for (const [at, address] of statementsFrom(lines.table, files, line)) {
        if (at > best || !this.#isCode(address)) continue;
        if (at < best) addresses = [];
        best = at;
        addresses.push(address);
      }
    }
    return {
      file: source.path,
      line: addresses.length > 0 ? best : line,
      addresses: [...new Set(addresses)].toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)),
      agreement: source.agreement,
      exact: source.exact,
    };
  }

  /** Where the compiler says, or its lines suggest, that the body of a function begins. */
  bodyStart({ low, high }: AddressRange): BodyStart {
    const unit = this.#units.at(low);
    const lines = unit && this.#lines.of(unit);
    const sequence = lines && sequenceAt(lines.table, low);
    if (!lines || !sequence) return {};
    const { table } = lines;
    let secondLine: bigint | undefined;
    for (let row = rowAt(table, sequence, low); row < sequence.endRow; row++) {
      const address = rowAddress(table, sequence, row);
      if (address >= high) break;
      const flags = table.flags[row] ?? 0;
      if ((flags & ROW_PROLOGUE_END) !== 0) return { marked: address };
      const isLine = (flags & ROW_IS_STATEMENT) !== 0 && (table.lines[row] ?? 0) !== 0;
      if (isLine && address > low) secondLine ??= address;
    }
    return secondLine === undefined ? {} : { secondLine };
  }

  /** Full path of a file by the number that the unit's entries use for it. */
  path(unit: DwarfUnit, file: number | undefined): string | undefined {
    return file === undefined ? undefined : this.#lines.of(unit)?.path(file);
  }

  #sourceIndex(): SourceIndex {
    this.#sources ??= new SourceIndex(this.#dwarf, this.#lines);
    return this.#sources;
  }
}

/** Widens a row to its neighbours of the same file and line, as far as they speak for their addresses. */
function runAround(table: LineTable, sequence: LineSequence, row: number): { start: bigint; end: bigint } {
  const same = (other: number): boolean =>
    table.lines[other] === table.lines[row] && table.files[other] === table.files[row];
  let first = row;
  for (let before = row - 1; before >= sequence.firstRow; before--) {
    if (table.offsets[before] === table.offsets[first]) continue;
    if (!same(speakingRow(table, sequence, before))) break;
    first = before;
  }
  let last = row;
  let end = sequence.end;
  for (let after = row + 1; after < sequence.endRow; after++) {
    // Only the last row at an address knows all the others there.
    if (table.offsets[after] === table.offsets[after + 1] && after + 1 < sequence.endRow) continue;
    if (table.offsets[after] === table.offsets[last]) continue;
    if (!same(speakingRow(table, sequence, after))) {
      end = rowAddress(table, sequence, after);
      break;
    }
    last = after;
  }
  return { start: rowAddress(table, sequence, first), end };
}

/** Rows that begin a statement of the given files at or after a line, with their lines. */
function* statementsFrom(
  table: LineTable,
  files: ReadonlySet<number>,
  line: number,
): Generator<readonly [line: number, address: bigint]> {
  for (const sequence of table.sequences) {
    for (let row = sequence.firstRow; row < sequence.endRow; row++) {
      const at = table.lines[row] ?? 0;
      if (at < line || at === 0 || !files.has(table.files[row] ?? 0)) continue;
      if (((table.flags[row] ?? 0) & ROW_IS_STATEMENT) !== 0) yield [at, rowAddress(table, sequence, row)];
    }
  }
}
