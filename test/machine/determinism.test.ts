import assert from 'node:assert/strict';
import { hashesAt, launchBare, launchHosted, randomNumbers, randomSteps } from './determinism.ts';

const limit = 5_000_000;
const points = randomSteps(10, limit, 1);

// More points, single steps and the reference evaluator: test/slow/determinism.test.ts.
for (const [where, launch] of [
  ['with two guests', launchHosted],
  ['on the bare machine', launchBare],
] as const) {
  describe(`machine/machine, its history ${where}`, () => {
    const { machine, printed } = launch();
    let expected: readonly string[];
    before(() => {
      expected = hashesAt(machine, points);
    });

    it('is a new state at each step', () => {
      assert.equal(new Set(expected).size, points.length);
    });

    it('is the same for the same launch, however it is cut', () => {
      const random = randomNumbers(2);
      const again = launch();
      assert.deepEqual(
        hashesAt(again.machine, points, () => 1 + random(300_000)),
        expected,
      );
      assert.deepEqual(again.printed, printed);
    });

    it('goes on from a snapshot as it did before, in another machine too', () => {
      const at = Math.floor(points.length / 2);
      const { machine: first } = launch();
      first.run({ until: points[at] ?? 0 });
      const saved = first.save();
      first.run({ until: limit });
      for (const restored of [first, launch().machine]) {
        restored.restore(saved);
        assert.deepEqual(hashesAt(restored, points.slice(at)), expected.slice(at));
      }
    });

    it('is the same where memory is watched, whether anyone accesses it or not', () => {
      const watched = launch();
      const { ramBase } = watched.machine.board.memory;
      // Where a kernel lies, `current` is there; elsewhere nobody may come by.
      for (let index = 0; index < 16; index++)
        watched.machine.watchpoints.add({
          address: ramBase + index * 0x20_0000 + 0x1_f3d0,
          length: 8,
          reads: false,
          writes: true,
        });
      let stops = 0;
      const hashes = points.map((point) => {
        while (watched.machine.steps < point)
          if (watched.machine.run({ until: point }).kind === 'watchpoint') stops++;
        return watched.machine.hash();
      });
      assert.deepEqual(hashes, expected);
      assert.deepEqual(watched.printed, printed);
      assert.ok(stops > 10, `${stops} stops`);
    });

    it('is another when the same is typed three steps later', () => {
      const late = hashesAt(launch({ delay: 3 }).machine, points);
      const differs = points.map((step, index) => step > 4_000_003 && late[index] !== expected[index]);
      assert.deepEqual(
        differs,
        points.map((step) => step > 4_000_003),
      );
    });
  });
}
