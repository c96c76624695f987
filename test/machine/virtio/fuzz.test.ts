import assert from 'node:assert/strict';
import { fuzzVirtio } from './fuzz.ts';

describe('machine/virtio, with whatever a driver does', () => {
  it('neither crashes nor hangs, and leads nowhere', () => {
    const { used, broken } = fuzzVirtio(20_000, 1);
    assert.ok(used > 2000, `${used} chains used`);
    assert.ok(broken > 1000, `${broken} drivers refused`);
  });
});
