import assert from 'node:assert/strict';
import { op, ramBase, TestMachine } from '../fixture.ts';

for (const engine of ['reference', 'interpreter'] as const) {
  describe(`hart/operations/csr-access with engine ${engine}`, () => {
    it('swaps, sets and clears', () => {
      const scratch = 0x340;
      const machine = run(engine, [
        op('csrrw', { rd: 3, rs1: 1, csr: scratch }),
        op('csrrs', { rd: 4, rs1: 2, csr: scratch }),
        op('csrrc', { rd: 5, rs1: 1, csr: scratch }),
        op('csrrwi', { rd: 6, zimm: 31, csr: scratch }),
        op('csrrsi', { rd: 7, zimm: 0, csr: scratch }),
        op('csrrci', { rd: 8, zimm: 1, csr: scratch }),
        op('csrrw', { rd: 1, rs1: 1, csr: scratch }),
      ]);
      const values = [3, 4, 5, 6, 7, 8, 1].map((index) => machine.state.getX(index));
      assert.deepEqual(values, [0n, 0xf0n, 0xfcn, 0x0cn, 31n, 31n, 30n]);
    });

    it('reads read-only registers by setting nothing, and refuses to write them', () => {
      const machine = run(engine, [
        op('csrrs', { rd: 3, csr: 0xf14 }),
        op('csrrs', { rd: 3, rs1: 0, csr: 0xc00 }),
      ]);
      assert.equal(machine.state.getX(3), 1n);
      const refused = run(engine, [op('csrrw', { rd: 3, rs1: 0, csr: 0xf14 })]);
      assert.deepEqual([refused.csr('mcause'), refused.csr('mtval')], [2n, 0xf140_11f3n]);
    });

    it('lets a counter hold for the next instruction what is written to it', () => {
      const machine = run(engine, [
        op('csrrw', { rs1: 1, csr: 0xb02 }),
        op('csrrs', { rd: 3, csr: 0xb02 }),
        op('csrrs', { rd: 4, csr: 0xb02 }),
      ]);
      assert.deepEqual(
        [3, 4].map((index) => machine.state.getX(index)),
        [0xf0n, 0xf1n],
      );
      assert.equal(machine.state.pc, BigInt(ramBase) + 12n);
    });
  });
}

function run(engine: 'reference' | 'interpreter', instructions: readonly number[]): TestMachine {
  const machine = new TestMachine(engine);
  machine.setX({ 1: 0xf0n, 2: 0x3cn });
  machine.program(instructions);
  machine.hart.run(instructions.length);
  return machine;
}
