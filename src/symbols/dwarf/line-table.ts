/** Flags of a row (DWARF 6.2.2). */
export const ROW_IS_STATEMENT = 1;
/** Here the function’s arguments are where they stay: a good place for a breakpoint. */
export const ROW_PROLOGUE_END = 2;

/** Rows of one contiguous piece of code, by address. */
export interface LineSequence {
  readonly start: bigint;
  /** The address after the last instruction. */
  readonly end: bigint;
  readonly firstRow: number;
  readonly endRow: number;
}

/**
 * The rows of one line number program in flat columns: a kernel's have millions. Addresses are offsets from
 * their sequence's start.
 */
export interface LineTable {
  /** By start address. */
  readonly sequences: readonly LineSequence[];
  readonly offsets: Uint32Array;
  readonly lines: Uint32Array;
  readonly files: Uint32Array;
  readonly columns: Uint16Array;
  readonly flags: Uint8Array;
}

/** That of code without line numbers. */
export const EMPTY_LINE_TABLE: LineTable = {
  sequences: [],
  offsets: new Uint32Array(),
  lines: new Uint32Array(),
  files: new Uint32Array(),
  columns: new Uint16Array(),
  flags: new Uint8Array(),
};

/** The piece of code that an address is in, if one is. */
export function sequenceAt({ sequences }: LineTable, address: bigint): LineSequence | undefined {
  let low = 0;
  let high = sequences.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sequences[middle]?.start ?? 0n) <= address) low = middle + 1;
    else high = middle;
  }
  const sequence = sequences[low - 1];
  return sequence && address < sequence.end ? sequence : undefined;
}

/** The address of a row. */
export function rowAddress(table: LineTable, sequence: LineSequence, row: number): bigint {
  return sequence.start + BigInt(table.offsets[row] ?? 0);
}

/**
 * The row that speaks for an address: of those at the nearest address not after it the last, because it is the
 * statement that the instruction is about; but one marked as a statement before one that is not.
 */
export function rowAt(table: LineTable, sequence: LineSequence, address: bigint): number {
  const offset = Number(address - sequence.start);
  let low = sequence.firstRow;
  let high = sequence.endRow;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((table.offsets[middle] ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return speakingRow(table, sequence, low - 1);
}

/** Of the rows at one address, of which `last` is the last, the one that speaks for it. */
export function speakingRow(table: LineTable, sequence: LineSequence, last: number): number {
  const offset = table.offsets[last];
  for (let row = last; row >= sequence.firstRow && table.offsets[row] === offset; row--) {
    if (((table.flags[row] ?? 0) & ROW_IS_STATEMENT) !== 0) return row;
  }
  return last;
}
