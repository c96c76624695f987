import assert from 'node:assert/strict';
import { op, ramBase, TestMachine } from '../fixture.ts';

describe('hart/engine/create-interpreter', () => {
  it('gives each machine an interpreter of its own, alike or not', () => {
    const machines = [8, 8, 9].map((predecodedPages) => new TestMachine('interpreter', { predecodedPages }));
    for (const [index, machine] of machines.entries()) {
      machine.program([op('addi', { rd: 5, rs1: 5, imm: index + 1 }), op('jal', { rd: 0, imm: -4 })]);
      machine.hart.run(2 * index + 1);
    }
    assert.deepEqual(
      machines.map(({ state }) => [state.getX(5), state.steps, state.pc]),
      [
        [1n, 1, BigInt(ramBase + 4)],
        [4n, 3, BigInt(ramBase + 4)],
        [9n, 5, BigInt(ramBase + 4)],
      ],
    );
  });
});
