import assert from 'node:assert/strict';
import { supervisorMode, userMode } from '../../src/hart/hart-mode.ts';
import { atp, every, flags, op, ramBase, TestMachine } from './fixture.ts';

for (const engine of ['reference', 'interpreter'] as const) {
  describe(`hart/hart saved and restored with engine ${engine}`, () => {
    it('goes on as if nothing had been in between', () => {
      const machine = new TestMachine(engine);
      machine.setCsr('medeleg', every);
      machine.setCsr('stvec', BigInt(ramBase) + 0x100n);
      machine.program([
        op('addi', { rd: 1, rs1: 1, imm: 3 }),
        op('csrrs', { rd: 3, csr: 0xc00 }),
        op('ecall'),
        op('jal', { imm: -12 }),
      ]);
      machine.setCsr('mcounteren', 7n);
      machine.setCsr('scounteren', 7n);
      machine.program(
        [
          op('csrrs', { rd: 5, csr: 0x141 }),
          op('addi', { rd: 5, rs1: 5, imm: 4 }),
          op('csrrw', { rs1: 5, csr: 0x141 }),
          op('sret'),
        ],
        ramBase + 0x100,
      );
      machine.enter(userMode);
      machine.hart.run(101);
      const saved = machine.hart.save();
      machine.hart.run(300);
      const once = machine.hart.save();
      machine.setX({ 1: 5n });
      machine.setCsr('sscratch', 5n);
      machine.hart.restore(saved);
      assert.deepEqual(machine.hart.save(), saved);
      machine.hart.run(300);
      assert.deepEqual(machine.hart.save(), once);
    });

    it('forgets what was translated under the other state', () => {
      const machine = new TestMachine(engine);
      const roots = [machine.table(), machine.table()] as const;
      machine.map(roots[0], 0x1000n, ramBase, flags.rwx);
      machine.map(roots[1], 0x1000n, 0x8001_0000, flags.rwx);
      machine.program([op('addi', { rd: 1, rs1: 1, imm: 1 }), op('jal', { imm: -4 })]);
      machine.program([op('addi', { rd: 1, rs1: 1, imm: 100 }), op('jal', { imm: -4 })], 0x8001_0000);
      machine.setCsr('satp', atp(roots[0]));
      machine.enter(supervisorMode, 0x1000n);
      machine.hart.run(4);
      const saved = machine.hart.save();
      machine.setCsr('satp', atp(roots[1]));
      machine.hart.run(4);
      assert.equal(machine.state.getX(1), 202n);
      machine.hart.restore(saved);
      machine.hart.run(4);
      assert.equal(machine.state.getX(1), 4n);
    });

    it('forgets translations by tables that were put back with it', () => {
      const machine = new TestMachine(engine);
      const root = machine.table();
      machine.map(root, 0x1000n, ramBase, flags.rwx);
      machine.map(root, 0x2000n, 0x8001_0000, flags.rwx);
      machine.program([op('ld', { rd: 3, rs1: 1 }), op('jal', { imm: -4 })]);
      machine.write(0x8001_0000, 1n);
      machine.write(0x8002_0000, 2n);
      machine.setX({ 1: 0x2000n });
      machine.setCsr('satp', atp(root));
      machine.enter(supervisorMode, 0x1000n);
      const saved = machine.hart.save();
      machine.map(root, 0x2000n, 0x8002_0000, flags.rwx);
      machine.hart.run(2);
      assert.equal(machine.state.getX(3), 2n);
      machine.map(root, 0x2000n, 0x8001_0000, flags.rwx);
      machine.hart.restore(saved);
      machine.hart.run(2);
      assert.equal(machine.state.getX(3), 1n);
    });

    it('forgets memory protection that was not in force', () => {
      const machine = new TestMachine(engine);
      machine.program([op('jal')]);
      machine.enter(supervisorMode);
      const saved = machine.hart.save();
      machine.setCsr('pmpaddr0', 0x1000n);
      machine.setCsr('pmpcfg0', 0x0fn);
      machine.hart.run(1);
      assert.equal(machine.csr('mcause'), 1n);
      machine.hart.restore(saved);
      machine.hart.run(1);
      assert.equal(machine.state.mode, supervisorMode);
    });

    it('does not count what was written to x0 as state', () => {
      const [one, other] = [new TestMachine(engine), new TestMachine(engine)];
      one.program([op('addi', { rd: 0, imm: 1 })]);
      other.program([op('addi', { rd: 0, imm: 2 })]);
      for (const machine of [one, other]) machine.hart.run(1);
      assert.deepEqual(one.hart.stateBytes, other.hart.stateBytes);
    });

    it('is all zero and in M mode after a reset', () => {
      const machine = new TestMachine(engine);
      const fresh = machine.hart.save();
      machine.program([op('addi', { rd: 1, imm: 1 }), op('ecall')]);
      machine.setCsr('stimecmp', 5n);
      machine.hart.run(2);
      machine.hart.reset(BigInt(ramBase));
      assert.deepEqual(machine.hart.save(), fresh);
    });
  });
}
