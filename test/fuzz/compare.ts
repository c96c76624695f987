import { slotAt, type FuzzCase } from './case.ts';
import { notCompared, tolerate } from './differences/judge.ts';
import { levelOf, returnAddress, type TrapPair } from './differences/traps.ts';
import { countSlot, floatSlot, parseLog, recordSlots, slotName, type CaseLog, type Outcome } from './log.ts';

/** One value that two machines do not agree on. */
export interface Disagreement {
  /** `x5`, `mcause`, `memory 0x8010e008`. */
  readonly what: string;
  readonly ours: bigint | undefined;
  readonly theirs: bigint | undefined;
}

/** Where the logs of one case part. */
export interface Mismatch {
  /** Which trap of the case; its number of traps where it is the memory in the end. */
  readonly trap: number;
  readonly ours: CaseLog | undefined;
  readonly theirs: CaseLog | undefined;
  readonly values: readonly Disagreement[];
}

/** What two machines made of the same cases. */
export interface Comparison {
  /** The cases that did not log the same, by index. */
  readonly mismatches: ReadonlyMap<number, Mismatch>;
  /** Of how many cases this tells: fewer than all where one did not end. */
  readonly compared: number;
  /** The last of them came to no end on either machine. */
  readonly endless: boolean;
}

/** Compares until all cases are, or until one did not end. `tolerated` counts the differences that are known. */
export function compareLogs(
  cases: readonly FuzzCase[],
  csrs: readonly string[],
  ours: readonly CaseLog[],
  theirs: readonly CaseLog[],
  tolerated = new Map<string, number>(),
): Comparison {
  const masks = csrs.map((name) => ~(notCompared.get(name) ?? 0n));
  const mismatches = new Map<number, Mismatch>();
  for (const [index, fuzzCase] of cases.entries()) {
    const our = ours[index];
    const their = theirs[index];
    if (!our?.ended && !their?.ended) return { mismatches, compared: index + 1, endless: true };
    const mismatch = compareCase(fuzzCase, csrs, masks, our, their, tolerated);
    if (mismatch) mismatches.set(index, mismatch);
    if (!our?.ended || !their?.ended) return { mismatches, compared: index + 1, endless: false };
  }
  return { mismatches, compared: cases.length, endless: false };
}

/** The log of an image, by its cases. */
export function logsOf(
  cases: readonly FuzzCase[],
  csrs: readonly string[],
  { log }: Outcome,
): readonly CaseLog[] {
  return parseLog(
    log,
    csrs,
    cases.map((each) => each.pokes.length),
  );
}

function compareCase(
  fuzzCase: FuzzCase,
  csrs: readonly string[],
  masks: readonly bigint[],
  ours: CaseLog | undefined,
  theirs: CaseLog | undefined,
  tolerated: Map<string, number>,
): Mismatch | undefined {
  const traps = Math.max(ours?.traps.length ?? 0, theirs?.traps.length ?? 0);
  for (let trap = 0; trap < traps; trap++) {
    const our = ours?.traps[trap];
    const their = theirs?.traps[trap];
    const values: Disagreement[] = [];
    let pair: TrapPair | undefined;
    for (let slot = 1; slot < recordSlots(csrs); slot++) {
      if (slot === countSlot) continue;
      const isCsr = slot > countSlot && slot < floatSlot(csrs);
      const mask = isCsr ? (masks[slot - countSlot - 1] ?? 0n) : -1n;
      if (our?.[slot] === their?.[slot]) continue;
      const what = slotName(slot, csrs);
      if (our && their && ((our[slot] ?? 0n) & mask) === ((their[slot] ?? 0n) & mask)) continue;
      if (our && their && isCsr && tolerates(what, (pair ??= pairOf(fuzzCase, csrs, our, their)), tolerated))
        continue;
      values.push({ what, ours: our?.[slot], theirs: their?.[slot] });
    }
    if (values.length > 0) return { trap, ours, theirs, values };
  }
  const values = fuzzCase.pokes.flatMap(([address], index): readonly Disagreement[] => {
    const our = ours?.memory[index];
    const their = theirs?.memory[index];
    return our === their ? [] : [{ what: `memory 0x${address.toString(16)}`, ours: our, theirs: their }];
  });
  return values.length === 0 ? undefined : { trap: traps, ours, theirs, values };
}

function tolerates(csr: string, pair: TrapPair, tolerated: Map<string, number>): boolean {
  const known = tolerate(csr, pair);
  if (known) tolerated.set(known.id, (tolerated.get(known.id) ?? 0) + 1);
  return known !== undefined;
}

function pairOf(
  fuzzCase: FuzzCase,
  csrs: readonly string[],
  our: BigUint64Array,
  their: BigUint64Array,
): TrapPair {
  const reader =
    (record: BigUint64Array) =>
    (csr: string): bigint =>
      record[countSlot + 1 + csrs.indexOf(csr)] ?? 0n;
  const ours = reader(our);
  const level = levelOf(ours('mcause'), ours('mepc'));
  return { ours, theirs: reader(their), level, word: slotAt(fuzzCase, ours(returnAddress[level]))?.word };
}
