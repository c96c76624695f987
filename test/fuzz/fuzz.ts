import { compareOutcomes, endedCases, type Mismatch } from './compare.ts';
import type { FuzzCase } from './case.ts';
import { explain } from './differences/judge.ts';
import { generateCase } from './generate/case.ts';
import { imageOf } from './image.ts';
import { glimpse, locate, partingOf, simplify, type Comparison, type Located } from './locate.ts';
import { runInQemu, runInStrata, type Outcome, type StrataEngine } from './machines.ts';
import type { CommonRepertoire } from './repertoire.ts';
import { Statistics } from './statistics.ts';

/** So many fit into one image. */
const casesPerImage = 3000;
const stepsPerCase = 6_000;
/** How long QEMU may go on after Strata: it is faster, but for starting. */
const timeoutMilliseconds = 10_000;
/** Likewise where Strata did not come to an end: QEMU then hardly will. */
const shortTimeoutMilliseconds = 1_000;
/** After so many, the rest is more of the same. */
const presentedDifferences = 10;

/** A difference that nothing explains, cut down to one instruction where that could be. */
export type Unexplained = Located | { readonly original: FuzzCase; readonly why: string };

/** Compares Strata with QEMU on generated programs. */
export class Fuzzer {
  readonly statistics = new Statistics();
  readonly unexplained: Unexplained[] = [];
  readonly #repertoire: CommonRepertoire;
  readonly #engines: readonly StrataEngine[];

  readonly #onDifference: (found: Unexplained) => void;

  /** `onDifference` is told of what nothing explains, the first few cut down to what they need. */
  constructor(
    repertoire: CommonRepertoire,
    engines: readonly StrataEngine[],
    onDifference: (found: Unexplained) => void,
  ) {
    this.#onDifference = onDifference;
    this.#repertoire = repertoire;
    this.#engines = engines;
  }

  /** Generates, runs and compares one image of cases, numbered from `seed` on. */
  async run(seed: number, count = casesPerImage): Promise<void> {
    const cases = Array.from({ length: count }, (_, index) => generateCase(seed + index, this.#repertoire));
    let pending = cases;
    const explained = new Set<FuzzCase>();
    for (let round = 0; pending.length > 0 && round < 8; round++) {
      const { mismatches, ended, together } = await this.#compare(pending, true);
      const differing = [...mismatches].flatMap(([index, mismatch]) => {
        const original = pending[index] as FuzzCase;
        const seen = glimpse(original, mismatch, this.#repertoire.stateCsrs);
        const known = seen && explain(partingOf(seen, this.#repertoire.stateCsrs));
        if (!known) return [original];
        explained.add(original);
        this.statistics.count(this.statistics.explained, known.id);
        return [];
      });
      await this.#judge(differing, explained);
      if (ended >= pending.length) break;
      // One case did not end: it is set apart, and those after it have their turn.
      if (together) this.statistics.count(this.statistics.explained, 'ends nowhere');
      else await this.#endless(pending[ended] as FuzzCase);
      pending = pending.slice(ended + 1);
    }
  }

  /** Finds the instruction at which each case parts, and whether that is known. */
  async #judge(differing: readonly FuzzCase[], explained: Set<FuzzCase>): Promise<void> {
    const alone: Comparison = async (cases) => (await this.#compare(cases, false)).mismatches;
    const located = await locate(differing, alone);
    for (const [index, found] of located.entries()) {
      const original = differing[index] as FuzzCase;
      const known = found && explain(partingOf(found, this.#repertoire.stateCsrs));
      if (known) {
        explained.add(original);
        this.statistics.count(this.statistics.explained, known.id);
        continue;
      }
      // Memory that an earlier case left differently is no difference of this one.
      const { mismatches } = await this.#compare([found?.fuzzCase ?? original], false);
      if (mismatches.size === 0 && explained.size > 0) {
        this.statistics.count(this.statistics.explained, 'after another difference');
        continue;
      }
      const few = this.unexplained.length < presentedDifferences;
      if (!found) this.#found({ original, why: 'differs only after the cases before it' });
      else this.#found(few ? await simplify(found, alone) : found);
    }
  }

  #found(difference: Unexplained): void {
    this.unexplained.push(difference);
    this.#onDifference(difference);
  }

  async #endless(fuzzCase: FuzzCase): Promise<void> {
    const image = imageOf([fuzzCase], this.#repertoire.stateCsrs);
    const theirs = await runInQemu(image, this.#repertoire.qemu, AbortSignal.timeout(1000));
    const ours = runInStrata(image, this.#engines[0] ?? 'interpreter', 100_000);
    if (!theirs.ended && !ours.ended) this.statistics.count(this.statistics.explained, 'ends nowhere');
    else if (theirs.ended && ours.ended) this.#found({ original: fuzzCase, why: 'ends only alone' });
    else this.#found({ original: fuzzCase, why: `ends only in ${ours.ended ? 'Strata' : 'QEMU'}` });
  }

  async #compare(
    cases: readonly FuzzCase[],
    counted: boolean,
  ): Promise<{
    readonly mismatches: ReadonlyMap<number, Mismatch>;
    readonly ended: number;
    /** Whether all machines stayed in the same case. */
    readonly together: boolean;
  }> {
    const all = new Map<number, Mismatch>();
    const { stateCsrs, qemu } = this.#repertoire;
    let ended = 0;
    let together = true;
    for (let at = 0; at < cases.length; at += casesPerImage) {
      const part = cases.slice(at, at + casesPerImage);
      const image = imageOf(part, stateCsrs);
      const late = new AbortController();
      const theirs = runInQemu(image, qemu, late.signal);
      let timer: NodeJS.Timeout | undefined;
      const logs: number[] = [];
      for (const engine of this.#engines) {
        const ours = runInStrata(image, engine, 500_000 + part.length * stepsPerCase);
        timer ??= setTimeout(() => late.abort(), ours.ended ? timeoutMilliseconds : shortTimeoutMilliseconds);
        const tolerated = counted ? this.statistics.tolerated : undefined;
        this.#collect(all, at, part, ours, await theirs, tolerated);
        const ourLogs = endedCases(part, stateCsrs, ours);
        logs.push(ourLogs.length);
        if (counted && logs.length === 1) this.statistics.add(part, ourLogs, stateCsrs);
      }
      logs.push(endedCases(part, stateCsrs, await theirs).length);
      clearTimeout(timer);
      ended = at + Math.min(...logs);
      together = new Set(logs).size === 1;
      if (ended < at + part.length) break;
    }
    return { mismatches: all, ended, together };
  }

  #collect(
    all: Map<number, Mismatch>,
    at: number,
    part: readonly FuzzCase[],
    ours: Outcome,
    theirs: Outcome,
    tolerated: Map<string, number> | undefined,
  ): void {
    const found = compareOutcomes(part, this.#repertoire.stateCsrs, ours, theirs, tolerated);
    for (const [index, mismatch] of found) if (!all.has(at + index)) all.set(at + index, mismatch);
  }
}
