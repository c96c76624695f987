import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MachineClock } from '../../src/machine/machine-clock.ts';

describe('machine/machine-clock', () => {
  it('ticks once in so many steps, and says how many are left', () => {
    const { clock, go } = start();
    assert.deepEqual([clock.ticks(), clock.stepsUntil(0n), clock.stepsUntil(1n)], [0n, 0, 10]);
    go(9);
    assert.deepEqual([clock.ticks(), clock.stepsUntil(1n), clock.stepsUntil(3n)], [0n, 1, 21]);
    go(1);
    assert.equal(clock.ticks(), 1n);
  });

  it('is never there for a deadline beyond every run', () => {
    assert.equal(start().clock.stepsUntil(0xffff_ffff_ffff_ffffn), Infinity);
  });

  it('reaches a deadline after exactly the steps it said, also after skips and writes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.nat(1000), fc.bigInt(0n, 5000n), fc.constant('set' as const))),
        fc.bigInt(0n, 100_000n),
        (actions, deadline) => {
          const { clock, go } = start();
          for (const action of actions) {
            if (typeof action === 'number') go(action);
            else if (action === 'set') clock.setTicks(777n);
            else clock.skipTo(action);
          }
          const steps = clock.stepsUntil(deadline);
          if (steps > 0) {
            go(steps - 1);
            assert.ok(clock.ticks() < deadline);
            go(1);
            assert.equal(clock.ticks(), deadline);
          } else {
            assert.ok(clock.ticks() >= deadline);
          }
        },
      ),
    );
  });

  it('goes on from a time that a guest wrote, and restores what it saved', () => {
    const { clock, go } = start();
    go(25);
    clock.setTicks(1000n);
    assert.equal(clock.ticks(), 1000n);
    go(5);
    assert.equal(clock.ticks(), 1001n);
    clock.skipTo(2000n);
    const saved = clock.save();
    clock.reset();
    assert.equal(clock.ticks(), 3n);
    clock.restore(saved);
    assert.equal(clock.ticks(), 2000n);
  });
});

function start() {
  let steps = 0;
  return {
    clock: new MachineClock({ steps: () => steps, stepsPerTick: 10 }),
    go: (by: number) => (steps += by),
  };
}
