import assert from 'node:assert/strict';
import { fuzzVirtio } from '../machine/virtio/fuzz.ts';

describe('slow: virtio, with whatever a driver does', () => {
  it('takes a million descriptor chains and register accesses, valid and not', function () {
    this.timeout(600_000);
    const tally = fuzzVirtio(1_000_000, 20_261_123);
    console.log(`      ${JSON.stringify(tally)}`);
    assert.ok(tally.used > 100_000 && tally.broken > 50_000);
  });
});
