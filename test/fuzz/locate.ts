import { word } from './assembler.ts';
import { decode } from '../../src/isa/decode.ts';
import { slotAt, type FuzzCase, type Slot } from './case.ts';
import type { Mismatch } from './compare.ts';
import { isOverwritten } from './differences/changed-code.ts';
import { takenTrap, type Parting } from './differences/traps.ts';
import { countSlot } from './log.ts';

/** Runs cases on both machines and compares; every case is to be independent of the others. */
export type CaseComparison = (cases: readonly FuzzCase[]) => Promise<ReadonlyMap<number, Mismatch>>;

/** A case cut down to the instruction that made the difference, which is its last. */
export interface Located {
  readonly original: FuzzCase;
  readonly fuzzCase: FuzzCase;
  readonly culprit: Slot | undefined;
  readonly mismatch: Mismatch;
}

/**
 * Finds the shortest beginning of each case that still differs, by halves, for all cases at the same time. A case
 * that does not differ by itself gives `undefined`.
 */
export async function locate(
  cases: readonly FuzzCase[],
  compare: CaseComparison,
): Promise<readonly (Located | undefined)[]> {
  const searches = cases.map((original) => new Search(original));
  for (;;) {
    const open = searches.flatMap((search) => {
      const limit = search.next();
      return limit === undefined ? [] : [{ search, limit }];
    });
    if (open.length === 0) return searches.map((search) => search.found);
    const mismatches = await compare(open.map(({ search, limit }) => ({ ...search.original, limit })));
    for (const [index, { search, limit }] of open.entries()) search.tried(limit, mismatches.get(index));
  }
}

/** As `locate`, for one case, by all of its beginnings: also where a longer one agrees again. */
export async function locateFirst(original: FuzzCase, compare: CaseComparison): Promise<Located | undefined> {
  for (let limit = 0; limit <= original.slots.length; limit++) {
    if (original.slots[limit]?.glued) continue;
    const fuzzCase = { ...original, limit };
    const mismatch = (await compare([fuzzCase])).get(0);
    if (mismatch) return { original, fuzzCase, culprit: original.slots[limit - 1], mismatch };
  }
  return undefined;
}

class Search {
  readonly original: FuzzCase;
  found: Located | undefined;
  /** Beginnings of so many instructions that agree, at most; and that differ, at least. */
  #agrees = -1;
  #differs: number;
  #begun = false;

  constructor(original: FuzzCase) {
    this.original = original;
    this.#differs = original.slots.length;
  }

  /** What to try next: first all of it. */
  next(): number | undefined {
    if (!this.#begun) return this.#differs;
    if (!this.found) return undefined;
    let limit = Math.floor((this.#agrees + this.#differs) / 2);
    while (this.original.slots[limit]?.glued) limit--;
    if (limit > this.#agrees) return limit;
    // Those between are parts of one sequence.
    limit = this.#agrees + 1;
    while (this.original.slots[limit]?.glued) limit++;
    return limit < this.#differs ? limit : undefined;
  }

  tried(limit: number, mismatch: Mismatch | undefined): void {
    this.#begun = true;
    if (!mismatch) {
      this.#agrees = limit;
      return;
    }
    this.#differs = limit;
    const { original } = this;
    this.found = { original, fuzzCase: { ...original, limit }, culprit: original.slots[limit - 1], mismatch };
  }
}

/** What the logs of a whole case tell, without a search: the instruction that trapped first is taken for the cause. */
export function glimpse(
  original: FuzzCase,
  mismatch: Mismatch,
  csrs: readonly string[],
): Located | undefined {
  const located: Located = { original, fuzzCase: original, culprit: undefined, mismatch };
  const { ours, theirs } = partingOf(located, csrs);
  const addresses = [ours, theirs].flatMap((trap) => (trap ? [trap.epc] : []));
  const culprits = addresses.flatMap((address) => slotAt(original, address) ?? []);
  if (culprits.length < 2) return undefined;
  const culprit = (addresses[0] ?? 0n) <= (addresses[1] ?? 0n) ? culprits[0] : culprits[1];
  const rd = culprit && decode(culprit.word)?.rd;
  const others = mismatch.values.filter(({ what }) => what.startsWith('x') && what !== `x${rd}`);
  return others.length > 0 ? undefined : { ...located, culprit };
}

const nops: Readonly<Record<2 | 4, Slot>> = {
  2: { word: 1, length: 2, mnemonic: 'c.nop', extension: 'Zca' },
  4: { word: word('addi'), length: 4, mnemonic: 'nop', extension: 'I' },
};

/** Replaces by no-operations what the difference does not need. */
export async function simplify(located: Located, compare: CaseComparison): Promise<Located> {
  let best = located;
  for (let size = 16; size >= 1; size = Math.floor(size / 2)) {
    const { fuzzCase } = best;
    const last = (fuzzCase.limit ?? fuzzCase.slots.length) - 1;
    const variants: FuzzCase[] = [];
    for (let start = 0; start < last; start += size) {
      variants.push(without(fuzzCase, (index) => index >= start && index < Math.min(start + size, last)));
    }
    const mismatches = await compare(variants);
    const removable = variants.flatMap((_, index) => (mismatches.has(index) ? [index] : []));
    const removed = new Set(removable);
    const together = without(fuzzCase, (index) => index < last && removed.has(Math.floor(index / size)));
    const tried = await compare([together, ...removable.map((index) => variants[index] as FuzzCase)]);
    for (const [index, candidate] of [
      together,
      ...removable.map((each) => variants[each] as FuzzCase),
    ].entries()) {
      const mismatch = tried.get(index);
      if (!mismatch) continue;
      best = { ...best, fuzzCase: candidate, mismatch };
      break;
    }
  }
  return best;
}

/** What is glued together goes together or not at all. */
function without(fuzzCase: FuzzCase, removes: (index: number) => boolean): FuzzCase {
  const { slots } = fuzzCase;
  const heads: number[] = [];
  for (const [index, slot] of slots.entries()) heads.push(slot.glued ? (heads[index - 1] ?? index) : index);
  const kept = new Set(heads.filter((_, index) => !removes(index)));
  return {
    ...fuzzCase,
    slots: slots.map((slot, index) => (kept.has(heads[index] ?? index) ? slot : nops[slot.length])),
  };
}

/** What a located difference is judged by. */
export function partingOf({ fuzzCase, culprit, mismatch }: Located, csrs: readonly string[]): Parting {
  const reader =
    (record: BigUint64Array | undefined) =>
    (csr: string): bigint =>
      record?.[countSlot + 1 + csrs.indexOf(csr)] ?? 0n;
  const taken = (record: BigUint64Array | undefined): Parting['ours'] => record && takenTrap(reader(record));
  const records = mismatch.ours?.traps ?? [];
  const valuesOf = (register: number): readonly bigint[] => [
    fuzzCase.x[register] ?? 0n,
    ...records.slice(0, mismatch.trap + 1).map((record) => (register === 0 ? 0n : (record[register] ?? 0n))),
  ];
  return {
    mnemonic: culprit?.mnemonic ?? '',
    word: culprit?.word,
    overwritten: culprit !== undefined && isOverwritten(fuzzCase, culprit, valuesOf),
    ours: taken(mismatch.ours?.traps[mismatch.trap]),
    theirs: taken(mismatch.theirs?.traps[mismatch.trap]),
    taken: (mismatch.ours?.traps ?? []).map((record) => takenTrap(reader(record))),
    read: reader(mismatch.ours?.traps[Math.min(mismatch.trap, mismatch.ours.traps.length - 1)]),
    values: mismatch.values,
  };
}
