import assert from 'node:assert/strict';
import fc from 'fast-check';
import { StateHash } from '../../src/machine/state-hash.ts';

describe('machine/state-hash', () => {
  it('changes with any byte, wherever the bytes lie in their buffer', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 50 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (bytes, at, flip) => {
          const moved = new Uint8Array(bytes.length + 3);
          moved.set(bytes, 3);
          assert.equal(hash(moved.subarray(3)), hash(bytes));
          const changed = bytes.slice();
          const index = at % bytes.length;
          changed[index] = (changed[index] ?? 0) ^ flip;
          assert.notEqual(hash(changed), hash(bytes));
        },
      ),
    );
  });

  it('tells values, types and shapes apart', () => {
    const states = [
      0,
      0n,
      false,
      '',
      null,
      [],
      [[]],
      [0],
      [0, 0],
      {},
      { a: 0 },
      { b: 0 },
      { a: [0] },
      1,
      1n,
      '1',
      true,
    ];
    const hashes = states.map((state) => new StateHash().state(state).digest());
    assert.equal(new Set(hashes).size, states.length);
    for (const digest of hashes) assert.match(digest, /^[0-9a-f]{16}$/);
  });
});

function hash(bytes: Uint8Array): string {
  return new StateHash().bytes(bytes).digest();
}
