import type { WatchedRange, Watchpoints } from '../../hart/watchpoints.ts';
import type { WatchedAccess } from '../../machine/watched-accesses.ts';
import type { Target } from '../target/target.ts';
import type { WatchedData } from './data-id.ts';
import { entryBytes, locateBytes, ownBytes, rangesOf, type LocatedBytes } from './watched-bytes.ts';

/** What a data breakpoint stops at: reads, writes that change something, or every access. */
export type DataAccess = 'read' | 'write' | 'readWrite';

/** What one instruction, or a device, did to the bytes that are watched. */
export interface DataHit {
  readonly kind: 'read' | 'write';
  /** All bytes that are watched, before and after. */
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  /** Of these the ones that were accessed. */
  readonly offset: number;
  readonly length: number;
  /** Who did it, and how: the last access, where there were several. */
  readonly access: WatchedAccess;
}

/** Bytes of a space that are watched, where the machine has them at present. */
export class DataWatch {
  readonly data: WatchedData;
  readonly #target: Target;
  readonly #access: DataAccess;
  /** What the tables lead to, whosever it is, and when that was looked at. */
  #found: LocatedBytes;
  #foundAt: number;
  #located: LocatedBytes;
  #ranges: readonly WatchedRange[];

  constructor(data: WatchedData, access: DataAccess, target: Target) {
    this.data = data;
    this.#access = access;
    this.#target = target;
    this.#found = locateBytes(data, target);
    this.#foundAt = target.machine.steps;
    this.#located = this.#found;
    this.#ranges = this.#watch();
  }

  /** Why not all of it is watched. */
  get problem(): string | undefined {
    return this.#located.problem;
  }

  /** Can it neither be watched now nor later? */
  get isRefused(): boolean {
    return this.#ranges.length === 0;
  }

  /** Are the bytes where page tables have them, which may change? */
  get follows(): boolean {
    return this.#located.trail !== undefined;
  }

  /** Looks again where the bytes are; whether that is elsewhere than it was. */
  follow(): boolean {
    const { trail, pieces, problem } = this.#located;
    if (trail === undefined) return false;
    const found = locateBytes(this.data, this.#target, trail);
    const { steps } = this.#target.machine;
    // Whose the space is cannot be seen by the tables where time has gone back.
    if (steps >= this.#foundAt && isSameFound(found, this.#found)) return false;
    this.#found = found;
    this.#foundAt = steps;
    this.dispose();
    this.#located = ownBytes(found, this.data, this.#target);
    this.#ranges = this.#watch();
    return this.#located.problem !== problem || !isSame(this.#located.pieces, pieces);
  }

  /** Has one of these accesses changed a page table that leads to the bytes? */
  isMovedBy(accesses: readonly WatchedAccess[]): boolean {
    return this.#located.entries.some((entry) =>
      accesses.some(
        ({ kind, address, after }) =>
          kind === 'write' && address < entry + entryBytes && entry < address + after.length,
      ),
    );
  }

  /** What these accesses did to the bytes, if that is what is to stop. */
  hit(accesses: readonly WatchedAccess[]): DataHit | undefined {
    const touching = accesses.flatMap((access) =>
      this.#overlaps(access).map((part) => ({ access, ...part })),
    );
    const { reads, writes } = kindsOf(this.#access);
    const counting = touching.filter(({ access: { kind } }) => (kind === 'read' ? reads : writes));
    const last = counting.findLast(({ access: { kind } }) => kind === 'write') ?? counting.at(-1);
    if (last === undefined) return undefined;
    const after = this.#bytes();
    const before = after.slice();
    for (const { access, offset, length, skipped } of touching.toReversed())
      before.set(access.before.subarray(skipped, skipped + length), offset);
    // What is watched may be large, and what was accessed is not.
    const hasChanged = touching.some((part) => isChanged(before, after, part));
    if (this.#access === 'write' && !hasChanged) return undefined;
    const offset = Math.min(...counting.map((each) => each.offset));
    const end = Math.max(...counting.map((each) => each.offset + each.length));
    return { kind: last.access.kind, before, after, offset, length: end - offset, access: last.access };
  }

  dispose(): void {
    for (const range of this.#ranges) this.#watchpoints.remove(range);
    this.#ranges = [];
  }

  get #watchpoints(): Watchpoints {
    return this.#target.machine.watchpoints;
  }

  #watch(): readonly WatchedRange[] {
    const ranges = rangesOf(this.#located, kindsOf(this.#access));
    for (const range of ranges) this.#watchpoints.add(range);
    return ranges;
  }

  /** The parts of the bytes that an access touches, and how many bytes of the access are before each. */
  #overlaps({ address, after }: WatchedAccess): readonly {
    readonly offset: number;
    readonly length: number;
    readonly skipped: number;
  }[] {
    return this.#located.pieces.flatMap((piece) => {
      const start = Math.max(address, piece.address);
      const end = Math.min(address + after.length, piece.address + piece.length);
      if (start >= end) return [];
      return { offset: piece.offset + start - piece.address, length: end - start, skipped: start - address };
    });
  }

  #bytes(): Uint8Array {
    const bytes = new Uint8Array(this.data.length);
    const { physical } = this.#target.machine.board;
    for (const { address, offset, length } of this.#located.pieces)
      bytes.set(physical.peek(address, length), offset);
    return bytes;
  }
}

function isChanged(
  before: Uint8Array,
  after: Uint8Array,
  { offset, length }: { readonly offset: number; readonly length: number },
): boolean {
  for (let index = offset; index < offset + length; index++) if (before[index] !== after[index]) return true;
  return false;
}

/** Does the same lead to the same? */
function isSameFound(one: LocatedBytes, other: LocatedBytes): boolean {
  return isSame(one.pieces, other.pieces) && isSame(one.entries, other.entries);
}

/** By value, of what is only numbers. */
function isSame(one: readonly unknown[], other: readonly unknown[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function kindsOf(access: DataAccess): { readonly reads: boolean; readonly writes: boolean } {
  return { reads: access !== 'write', writes: access !== 'read' };
}
