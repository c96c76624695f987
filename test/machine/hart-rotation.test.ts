import assert from 'node:assert/strict';
import type { Hart } from '../../src/hart/hart.ts';
import { createHarts } from '../../src/hart/harts.ts';
import { createMachineMemory } from '../../src/hart/layout.ts';
import { PhysicalMemory } from '../../src/hart/physical-memory.ts';
import { HartRotation } from '../../src/machine/hart-rotation.ts';
import { ramBase, TestBus, TestClock } from '../hart/fixture.ts';

describe('machine/hart-rotation', () => {
  it('gives each hart a turn, and passes over those that cannot run', () => {
    const harts = threeHarts();
    const rotation = new HartRotation(harts, 1000);
    const turns = Array.from({ length: 4 }, () => {
      const turn = rotation.next(({ id }) => id !== 1) ?? assert.fail('some can run');
      rotation.spend(turn.steps);
      return turn.hart.id;
    });
    assert.deepEqual(turns, [0, 2, 0, 2]);
    assert.equal(
      rotation.next(() => false),
      undefined,
    );
  });

  it('ends a reservation with the turn, for another hart may store there now', () => {
    const harts = threeHarts();
    const [first, second] = harts as [Hart, Hart];
    const rotation = new HartRotation(harts, 1000);
    const canRun = (hart: Hart): boolean => hart === first || hart === second;
    first.state.reservation = BigInt(ramBase);
    rotation.spend(rotation.next(canRun)?.steps ?? 0);
    assert.equal(first.state.reservation, BigInt(ramBase));
    assert.equal(rotation.next(canRun)?.hart, second);
    assert.equal(first.state.reservation, undefined);
    second.state.reservation = BigInt(ramBase);
    assert.equal(rotation.next(canRun)?.hart, second);
    assert.equal(second.state.reservation, BigInt(ramBase));
  });
});

function threeHarts(): readonly Hart[] {
  const memory = createMachineMemory({ harts: 3, ramBase, ramSize: 0x1000 });
  const physical = new PhysicalMemory({ memory, bus: new TestBus() });
  const { harts } = createHarts({
    memory,
    physical,
    clock: new TestClock(() => harts[0]?.state ?? assert.fail('no hart')),
    hosted: { machine: false, supervisor: false },
    engine: 'reference',
  });
  return harts;
}
