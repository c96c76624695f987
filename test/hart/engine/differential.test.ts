import assert from 'node:assert/strict';
import { compareEngines } from './differential/differential.ts';

for (const engine of ['interpreter', 'translator'] as const)
  describe(`hart, the ${engine} against the reference evaluator`, () => {
    it('has the same state after every stop of generated programs', () => {
      const coverage = compareEngines({ seed: 1, steps: 50_000, engine });
      assert.ok(coverage.traps > 100 && coverage.breakpoints > 10 && coverage.trapCodes.size > 8);
    });
  });
