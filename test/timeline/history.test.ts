import assert from 'node:assert/strict';
import { landmarkSteps } from '../../src/machine/landmarks.ts';
import { History, runTo } from '../../src/timeline/history.ts';
import { compareMarks, type Mark } from '../../src/timeline/mark.ts';
import { SampleSession } from '../debugger/sample-session.ts';

/** A machine that runs for long: the sample kernel, whose process computes. */
function longRun(): SampleSession['debuggee']['target']['machine'] {
  return new SampleSession({ append: 'run="primes 2000000"' }).debuggee.target.machine;
}

/** A checkpoint at each landmark. */
const often = { firstInterval: landmarkSteps };

describe('timeline/history', () => {
  it('orders marks: stages of an exit come before what follows it', () => {
    const marks: readonly Mark[] = [
      { step: 1 },
      { step: 2, stage: 0 },
      { step: 2, stage: 1 },
      { step: 2 },
      { step: 3 },
    ];
    assert.deepEqual(marks.toReversed().toSorted(compareMarks), marks);
  });

  it('comes to the same state at a mark, however it gets there', () => {
    const machine = longRun();
    const history = new History(machine, often);
    const marks = [123_456, 400_001, 3_000_000, 10_000_001, 12_345_678].map((step) => ({ step }));
    const hashes = marks.map((mark) => {
      history.seek(mark);
      assert.deepEqual(history.now, mark);
      return machine.hash();
    });
    for (const index of [3, 0, 2, 1, 4, 3]) {
      history.seek(marks[index] ?? { step: 0 });
      assert.equal(machine.hash(), hashes[index], `at mark ${index}`);
    }
  });

  it('keeps checkpoints at landmarks, so that the way back is short', () => {
    const machine = longRun();
    const history = new History(machine, often);
    runTo(machine, { step: 2 * landmarkSteps + 5 });
    assert.equal(history.checkpointStepBefore({ step: 2 * landmarkSteps + 1 }), 2 * landmarkSteps);
    assert.equal(history.checkpointStepBefore({ step: 2 * landmarkSteps }), landmarkSteps);
    assert.equal(history.checkpointStepBefore({ step: 1000 }), 0);
  });

  it('keeps fewer checkpoints where they would take too much room', () => {
    const machine = longRun();
    const history = new History(machine, { ...often, mostBytes: 1 });
    runTo(machine, { step: 2 * landmarkSteps + 5 });
    assert.equal(history.checkpointStepBefore({ step: 2 * landmarkSteps + 1 }), 2 * landmarkSteps);
    assert.equal(history.checkpointStepBefore({ step: 2 * landmarkSteps }), 0);
  });

  it('goes back from near, where it has just gone back', () => {
    const machine = longRun();
    const history = new History(machine);
    runTo(machine, { step: 3_000_000 });
    const restored: number[] = [];
    const seek = (step: number): string => {
      history.seek({ step }, (from) => restored.push(from));
      return machine.hash();
    };
    const first = seek(2_500_000);
    seek(2_499_000);
    seek(2_499_500);
    assert.equal(seek(2_500_000), first);
    seek(2_450_000);
    assert.deepEqual(restored, [0, 2_400_000, 2_400_000]);
    const from = history.checkpointStepBefore({ step: 2_450_000 });
    assert.equal(from, 2_400_000, 'a stretch that is looked through begins there');
    seek(from);
    assert.deepEqual(restored.slice(3), [2_400_000]);
    assert.equal(history.checkpointStepBefore({ step: from }), 0);
  });

  it('begins anew where something was written by hand', () => {
    const machine = longRun();
    const history = new History(machine);
    runTo(machine, { step: 1_000_000 });
    machine.harts[0]?.state.setX(5, 42n);
    history.beginHere();
    const hash = machine.hash();
    runTo(machine, { step: 1_100_000 });
    history.seek({ step: 1_000_000 });
    assert.equal(machine.hash(), hash);
    assert.deepEqual(history.beginning, { step: 1_000_000 });
  });
});
