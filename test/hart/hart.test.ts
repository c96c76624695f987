import assert from 'node:assert/strict';
import { op, ramBase, TestMachine } from './fixture.ts';

const engines = ['reference', 'interpreter'] as const;

/** Adds up 1 to x10 in x11, then stops in a loop. */
const sum = [
  op('addi', { rd: 11, rs1: 0, imm: 0 }),
  op('add', { rd: 11, rs1: 11, rs2: 10 }),
  op('addi', { rd: 10, rs1: 10, imm: -1 }),
  op('bne', { rs1: 10, rs2: 0, imm: -8 }),
  op('jal', { rd: 0, imm: 0 }),
];

for (const engine of engines) {
  describe(`hart/hart with engine ${engine}`, () => {
    it('runs a loop, and stops after exactly the steps it was given', () => {
      const machine = new TestMachine(engine);
      machine.program(sum);
      machine.setX({ 10: 100n });
      assert.deepEqual(machine.hart.run(1 + 3 * 50), { kind: 'budget' });
      assert.equal(machine.state.steps, 151);
      assert.equal(machine.state.getX(10), 50n);
      machine.hart.run(1000);
      assert.equal(machine.state.getX(11), 5050n);
      assert.equal(machine.state.pc, BigInt(ramBase) + 16n);
      assert.equal(machine.state.retired, 1151);
    });

    it('stops at a breakpoint before its instruction, and passes it where told to', () => {
      const machine = new TestMachine(engine);
      machine.program(sum);
      machine.setX({ 10: 3n });
      const loop = BigInt(ramBase) + 4n;
      machine.breakpoints.add('virtual', loop);
      assert.deepEqual(machine.hart.run(100), { kind: 'breakpoint', pc: loop });
      assert.equal(machine.state.steps, 1);
      assert.deepEqual(machine.hart.run(100), { kind: 'breakpoint', pc: loop });
      assert.equal(machine.state.steps, 1);
      assert.deepEqual(machine.hart.run(100, 'pass-breakpoint'), { kind: 'breakpoint', pc: loop });
      assert.equal(machine.state.steps, 4);
      machine.breakpoints.remove('virtual', loop);
      machine.breakpoints.add('physical', loop + 12n);
      assert.deepEqual(machine.hart.run(100, 'pass-breakpoint'), { kind: 'breakpoint', pc: loop + 12n });
    });
  });
}
