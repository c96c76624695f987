import assert from 'node:assert/strict';
import { compareInterruptedLoops } from './differential/interrupted-loops.ts';

for (const engine of ['interpreter', 'translator'] as const)
  describe(`hart, interrupts of loops in the ${engine}`, () => {
    it('come before every instruction as with the reference evaluator', () => {
      assert.ok(compareInterruptedLoops({ engine, seed: 1, loops: 4 }) > 100);
    });
  });
