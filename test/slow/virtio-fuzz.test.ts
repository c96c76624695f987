import assert from 'node:assert/strict';
import { fuzzBareMachine, fuzzGuest } from '../machine/virtio/fuzz-targets.ts';

describe('slow: every device, with whatever a driver does', () => {
  for (const [place, fuzz] of [
    ['the bare machine', fuzzBareMachine],
    ['a guest of the VMM', fuzzGuest],
  ] as const) {
    it(`takes half a million descriptor chains and accesses on ${place}, valid and not`, function () {
      this.timeout(600_000);
      const tally = fuzz(500_000, 20_261_123);
      console.log(`      ${JSON.stringify(tally)}`);
      assert.ok(tally.used > 50_000 && tally.broken > 25_000);
    });
  }
});
