import { compareLogs, logsOf, type Mismatch } from './compare.ts';
import type { FuzzCase } from './case.ts';
import { explain } from './differences/judge.ts';
import type { KnownDifference } from './differences/known-differences.ts';
import { generateCase } from './generate/case.ts';
import { imageOf } from './image.ts';
import {
  glimpse,
  locate,
  locateFirst,
  partingOf,
  simplify,
  type CaseComparison,
  type Located,
} from './locate.ts';
import { Qemu } from './qemu.ts';
import type { CommonRepertoire } from './repertoire.ts';
import { Statistics } from './statistics.ts';
import { Strata, type StrataEngine } from './strata.ts';

/** So many fit into one image. */
export const casesPerImage = 3000;
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
  readonly #qemu: Qemu;
  readonly #strata: Strata;
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
    this.#strata = new Strata(repertoire.isa);
    this.#qemu = new Qemu(repertoire.qemu);
  }

  /** Ends QEMU. */
  close(): void {
    this.#qemu.close();
  }

  /** Generates, runs and compares cases, numbered from `seed` on. */
  async run(seed: number, count = casesPerImage): Promise<void> {
    const { stateCsrs } = this.#repertoire;
    const cases = Array.from({ length: count }, (_, index) => generateCase(seed + index, this.#repertoire));
    let explained = 0;
    const mismatches = await this.#compare(cases, this.statistics);
    const differing = [...mismatches].flatMap(([index, mismatch]) => {
      const original = cases[index] as FuzzCase;
      const seen = glimpse(original, mismatch, stateCsrs);
      const known = seen && explain(partingOf(seen, stateCsrs));
      if (!known) return [original];
      explained++;
      this.statistics.count(this.statistics.explained, known.id);
      return [];
    });
    await this.#judge(differing, explained);
  }

  /** Finds the instruction at which each case parts, and whether that is known. */
  async #judge(differing: readonly FuzzCase[], explainedBefore: number): Promise<void> {
    let explained = explainedBefore;
    const alone: CaseComparison = (cases) => this.#compare(cases);
    const located = await locate(differing, alone);
    for (const [index, together] of located.entries()) {
      const original = differing[index] as FuzzCase;
      let found = together;
      let known = this.#explain(found);
      if (!known) {
        // With other cases before it, it may have found memory that they left differently.
        [found] = await locate([original], alone);
        known = this.#explain(found);
      }
      if (!known && found) {
        // What differed first may have been overwritten, and come back by memory.
        found = await locateFirst(original, alone);
        known = this.#explain(found);
      }
      if (known) {
        explained++;
        this.statistics.count(this.statistics.explained, known.id);
      } else if (found) {
        const seen = found;
        const few = this.unexplained.length < presentedDifferences;
        this.#found(few ? await simplify(seen, (cases) => this.#unexplained(seen, cases)) : seen);
      } else if (explained > 0) {
        this.statistics.count(this.statistics.explained, 'after another difference');
      } else {
        this.#found({ original, why: 'differs only after the cases before it' });
      }
    }
  }

  #explain(found: Located | undefined): KnownDifference | undefined {
    return found && explain(partingOf(found, this.#repertoire.stateCsrs));
  }

  /** The cases, variants of one, that differ as nothing explains. */
  async #unexplained(
    { original, culprit }: Located,
    cases: readonly FuzzCase[],
  ): Promise<ReadonlyMap<number, Mismatch>> {
    const mismatches = [...(await this.#compare(cases))].filter(([index, mismatch]) => {
      const fuzzCase = cases[index] ?? original;
      return !this.#explain({ original, fuzzCase, culprit, mismatch });
    });
    return new Map(mismatches);
  }

  #found(difference: Unexplained): void {
    this.unexplained.push(difference);
    this.#onDifference(difference);
  }

  /** The cases that differ, by index. Statistics are kept of what is run for its own sake. */
  async #compare(
    cases: readonly FuzzCase[],
    statistics?: Statistics,
  ): Promise<ReadonlyMap<number, Mismatch>> {
    const all = new Map<number, Mismatch>();
    for (let at = 0; at < cases.length;) {
      const part = cases.slice(at, at + casesPerImage);
      const { mismatches, compared } = await this.#compareImage(part, statistics);
      for (const [index, mismatch] of mismatches) all.set(at + index, mismatch);
      // Behind a case that did not end, the others have their turn.
      at += compared;
    }
    return all;
  }

  async #compareImage(
    cases: readonly FuzzCase[],
    statistics: Statistics | undefined,
  ): Promise<{ readonly mismatches: ReadonlyMap<number, Mismatch>; readonly compared: number }> {
    const { stateCsrs } = this.#repertoire;
    const image = imageOf(cases, stateCsrs);
    const { outcome } = await this.#qemu.start(image);
    const ours = this.#engines.map((engine) => logsOf(cases, stateCsrs, this.#strata.run(image, engine)));
    const theirs = logsOf(cases, stateCsrs, await outcome);
    const results = ours.map((logs) => compareLogs(cases, stateCsrs, logs, theirs, statistics?.tolerated));
    const compared = Math.min(...results.map((result) => result.compared));
    if (statistics && ours[0]) {
      statistics.add(cases.slice(0, compared), ours[0], stateCsrs);
      if (results.some(({ endless }) => endless)) statistics.count(statistics.explained, 'ends nowhere');
    }
    const mismatches = new Map(results.toReversed().flatMap((result) => [...result.mismatches]));
    return { mismatches: new Map([...mismatches].filter(([index]) => index < compared)), compared };
  }
}
