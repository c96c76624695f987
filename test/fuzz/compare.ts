import { slotAt, type FuzzCase } from './case.ts';
import { notCompared, tolerate } from './differences/judge.ts';
import { levelOf, returnAddress, type TrapPair } from './differences/traps.ts';
import { countSlot, parseLog, type CaseLog } from './log.ts';
import type { Outcome } from './machines.ts';

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

/** The cases that did not log the same, by index. `tolerated` counts the differences that are known. */
export function compareOutcomes(
  cases: readonly FuzzCase[],
  csrs: readonly string[],
  ours: Outcome,
  theirs: Outcome,
  tolerated = new Map<string, number>(),
): ReadonlyMap<number, Mismatch> {
  const pokes = cases.map((each) => each.pokes.length);
  const ourLogs = parseLog(ours.log, csrs, pokes);
  const theirLogs = parseLog(theirs.log, csrs, pokes);
  const masks = csrs.map((name) => ~(notCompared.get(name) ?? 0n));
  const mismatches = new Map<number, Mismatch>();
  for (const [index, fuzzCase] of cases.entries()) {
    const our = ourLogs[index];
    const their = theirLogs[index];
    // Where both broke off, the case did not end: the first such is for whoever asked to tell.
    if (our === undefined && their === undefined) break;
    const mismatch = compareLogs(fuzzCase, csrs, masks, our, their, tolerated);
    if (mismatch) mismatches.set(index, mismatch);
  }
  return mismatches;
}

/** How many cases ended, in a log. */
export function endedCases(
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

function compareLogs(
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
    for (let slot = 1; slot < 33 + csrs.length; slot++) {
      if (slot === countSlot) continue;
      const mask = slot > countSlot ? (masks[slot - countSlot - 1] ?? 0n) : -1n;
      if (our?.[slot] === their?.[slot]) continue;
      const name = slot > countSlot ? csrs[slot - countSlot - 1] : undefined;
      if (
        our &&
        their &&
        name !== undefined &&
        tolerates(name, pairOf(fuzzCase, csrs, our, their), tolerated)
      )
        continue;
      if (our && their && ((our[slot] ?? 0n) & mask) === ((their[slot] ?? 0n) & mask)) continue;
      const what = slot < 32 ? `x${slot}` : (csrs[slot - countSlot - 1] ?? '');
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
