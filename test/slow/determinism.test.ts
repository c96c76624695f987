import assert from 'node:assert/strict';
import { History, runTo } from '../../src/timeline/history.ts';
import { hashesAt, launchBare, launchHosted, randomNumbers, randomSteps } from '../machine/determinism.ts';

const limit = 20_000_000;
const points = randomSteps(100, limit, 3);
const million = 1_000_000;

for (const [where, launch] of [
  ['with two guests', launchHosted],
  ['on the bare machine', launchBare],
] as const) {
  describe(`machine/machine, its history ${where}, at length`, () => {
    const { machine, printed } = launch();
    let expected: readonly string[];
    before(() => {
      expected = hashesAt(machine, points);
      assert.equal(new Set(expected).size, points.length);
    });

    it('is the same at 100 points of a second launch', () => {
      const again = launch();
      assert.deepEqual(hashesAt(again.machine, points), expected);
      assert.deepEqual(again.printed, printed);
    });

    it('is the same when it is run in slices of any length, and again after a reset', () => {
      const random = randomNumbers(4);
      const { machine: sliced } = launch();
      assert.deepEqual(
        hashesAt(sliced, points, () => 1 + random(2 ** random(22))),
        expected,
      );
      sliced.reset();
      assert.deepEqual(hashesAt(sliced, points), expected);
    });

    it('is the same after every excursion into the future, from which a snapshot leads back', () => {
      const random = randomNumbers(5);
      const { machine: restless } = launch();
      for (const [index, point] of points.entries()) {
        restless.run({ until: point });
        assert.equal(restless.hash(), expected[index]);
        const saved = restless.save();
        restless.run({ budget: random(million) });
        restless.restore(saved);
        assert.equal(restless.hash(), expected[index]);
      }
    });

    it('is the same for the reference evaluator', () => {
      const first = randomSteps(20, 1_200_000, 6);
      const { machine: reference } = launch({ engine: 'reference' });
      assert.deepEqual(hashesAt(reference, first), hashesAt(launch().machine, first));
    });

    it('ends where it began after a million single steps and as many back', () => {
      const begin = 4_000_000;
      const stride = 10_000;
      const { machine: walker } = launch();
      walker.run({ until: begin });
      const history = new History(walker);
      const passed = [walker.hash()];
      for (let step = 1; step <= million; step++) {
        assert.equal(walker.run({ budget: 1 }).kind, 'budget');
        assert.equal(walker.steps, begin + step);
        if (step % stride === 0) passed.push(walker.hash());
      }
      for (let index = passed.length - 1; index >= 0; index--) {
        history.seek({ step: begin + index * stride });
        assert.equal(walker.hash(), passed[index]);
      }
      assert.equal(walker.steps, begin);
      walker.run({ budget: million });
      assert.equal(walker.hash(), passed.at(-1));
    });

    it('keeps a checkpoint each fifty million steps, unless that is too many', () => {
      const { machine: walker } = launch();
      const history = new History(walker);
      runTo(walker, { step: 60_000_000 });
      assert.equal(history.checkpointStepBefore({ step: 60_000_000 }), 50_000_000);
      assert.equal(history.checkpointStepBefore({ step: 50_000_000 }), 0);
    });

    it('shows the same states in five hundred single steps back', () => {
      const { machine: walker } = launch();
      walker.run({ until: 3_000_000 });
      const history = new History(walker);
      const states = [walker.hash()];
      for (let step = 1; step <= 500; step++) {
        walker.run({ budget: 1 });
        states.push(walker.hash());
      }
      assert.equal(new Set(states).size, states.length);
      while (states.length > 0) {
        assert.equal(walker.hash(), states.pop());
        if (states.length > 0) history.seek({ step: walker.steps - 1 });
      }
    });
  });
}
