import assert from 'node:assert/strict';
import { fuzzBareMachine, fuzzGuest } from './fuzz-targets.ts';

describe('machine/virtio, with whatever a driver does', () => {
  it('neither crashes nor hangs, and leads nowhere, on the bare machine', () => {
    const { used, broken } = fuzzBareMachine(15_000, 1);
    assert.ok(used > 1500, `${used} chains used`);
    assert.ok(broken > 800, `${broken} drivers refused`);
  });

  it('reaches no memory but the guest’s own under the VMM', () => {
    const { used, broken } = fuzzGuest(15_000, 2);
    assert.ok(used > 1500, `${used} chains used`);
    assert.ok(broken > 800, `${broken} drivers refused`);
  });
});
