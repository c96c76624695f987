import assert from 'node:assert/strict';
import { compareInterruptedLoops } from '../hart/engine/differential/interrupted-loops.ts';

for (const engine of ['interpreter', 'translator'] as const)
  describe(`slow: hart, interrupts of loops in the ${engine}`, () => {
    it('come before every instruction as with the reference evaluator, in a hundred loops', () => {
      assert.ok(compareInterruptedLoops({ engine, seed: 2, loops: 100 }) > 2000);
    });
  });
