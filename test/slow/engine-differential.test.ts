import assert from 'node:assert/strict';
import { compareEngines } from '../hart/engine/differential/differential.ts';

/** `DIFFERENTIAL_STEPS` and `DIFFERENTIAL_SEED` choose others. */
const steps = Number(process.env['DIFFERENTIAL_STEPS'] ?? 1_000_000);
const seed = Number(process.env['DIFFERENTIAL_SEED'] ?? 2);

for (const engine of ['interpreter', 'translator'] as const)
  describe(`slow: hart, the ${engine} against the reference evaluator`, () => {
    it(`has the same state after every stop of generated programs, over ${steps} steps`, () => {
      const coverage = compareEngines({ seed, steps, engine });
      assert.equal(coverage.steps >= steps, true);
      console.log(
        `      ${coverage.stops} stops, ${coverage.traps} traps, ${coverage.interrupts} interrupts, ${coverage.breakpoints} breakpoints, ${coverage.translated} translated functions, ${coverage.dropped} of them dropped again, ${coverage.merged} of several pages`,
      );
      // By steps, so that a machine with other things to do gets there as well.
    }).timeout(600_000 + steps);

    it(`accesses watched memory in the same instructions, over ${steps / 4} steps`, () => {
      const coverage = compareEngines({ seed, steps: steps / 4, engine, watches: 10 });
      console.log(`      ${coverage.touches} accesses, ${coverage.walkTouches} by page walks`);
      assert.ok(coverage.touches > 0 && coverage.walkTouches > 0);
    }).timeout(600_000 + steps);
  });
