import { assert } from '../../common/errors.ts';
import { column, ExitRow, rowWords } from './row.ts';

// Looked up here once, for it is done at every exit.
const sequenceColumn = column.sequence;
const words = rowWords;

/**
 * The newest exits, in a ring. Rows are not part of saved state: those before a restored point are the same in
 * every replay of a history, so what the ring still holds of them stays true, and later ones are hidden until
 * they happen again.
 */
export class ExitLog {
  /** The row being written. */
  readonly current: ExitRow;
  readonly #capacity: number;
  #total = 0;

  /** `capacity` is a number of exits. */
  constructor(capacity: number) {
    assert(capacity > 0, 'the exit log holds at least one exit');
    this.#capacity = capacity;
    this.current = new ExitRow(new Uint32Array(capacity * rowWords));
  }

  /** Exits since power-on. */
  get total(): number {
    return this.#total;
  }

  /** Begins the next row, empty (`ExitRow.clear`) but for its sequence number, in place of the oldest one. */
  begin(): ExitRow {
    const { current } = this;
    const sequence = this.#total++;
    current.base = (sequence % this.#capacity) * words;
    current.clear();
    current.setCount(sequenceColumn, sequence);
    return current;
  }

  /** A copy of the exit with this number; undefined where it has not happened or is no longer held. */
  row(sequence: number): ExitRow | undefined {
    if (sequence < 0 || sequence >= this.#total) return undefined;
    const row = new ExitRow(this.current.words, (sequence % this.#capacity) * rowWords);
    return row.getCount(column.sequence) === sequence ? row.copy() : undefined;
  }

  /** The row itself of the exit with this number, to add to; undefined as above. */
  live(sequence: number): ExitRow | undefined {
    const row = new ExitRow(this.current.words, (sequence % this.#capacity) * rowWords);
    return sequence < this.#total && row.getCount(column.sequence) === sequence ? row : undefined;
  }

  /** Copies of the newest exits, newest first, at most `limit`. */
  *newest(limit = this.#capacity): Generator<ExitRow> {
    const last = Math.max(0, this.#total - Math.min(limit, this.#capacity));
    for (let sequence = this.#total - 1; sequence >= last; sequence--) {
      const row = this.row(sequence);
      if (row === undefined) return;
      yield row;
    }
  }

  /** Goes to the point, between exits, where `total` had happened. */
  restore(total: number): void {
    this.#total = total;
  }
}
