import assert from 'node:assert/strict';
import { virtualSupervisorMode, supervisorMode } from '../../../src/hart/hart-mode.ts';
import { atp, flags, op, ramBase, TestMachine } from '../fixture.ts';

const block = 0x8010_0040;
const everyBit = 0xffff_ffff_ffff_ffffn;

for (const engine of ['reference', 'interpreter', 'translator'] as const) {
  describe(`hart/operations/cache-blocks with engine ${engine}`, () => {
    it('zeroes the aligned block around an address, and nothing else', () => {
      const machine = new TestMachine(engine);
      for (let at = block - 8; at <= block + 64; at += 8) machine.write(at, everyBit);
      machine.setX({ 1: BigInt(block + 19) });
      machine.program([op('cbo.zero', { rs1: 1 })]);
      machine.step();
      for (let at = block; at < block + 64; at += 8) assert.equal(machine.read(at), 0n);
      assert.equal(machine.read(block - 8), everyBit);
      assert.equal(machine.read(block + 64), everyBit);
    });

    it('manages blocks without a change', () => {
      const machine = new TestMachine(engine);
      machine.write(block, 5n);
      machine.setX({ 1: BigInt(block) });
      machine.program(['cbo.inval', 'cbo.clean', 'cbo.flush'].map((name) => op(name, { rs1: 1 })));
      machine.hart.run(3);
      assert.equal(machine.read(block), 5n);
      assert.equal(machine.state.pc, BigInt(ramBase + 12));
    });

    it('faults as a store does, with rs1 as the address', () => {
      for (const name of ['cbo.zero', 'cbo.flush']) {
        const machine = new TestMachine(engine);
        machine.setX({ 1: 0x1234n });
        machine.program([op(name, { rs1: 1 })]);
        machine.step();
        assert.deepEqual([machine.csr('mcause'), machine.csr('mtval')], [7n, 0x1234n], name);
      }
    });

    it('lets a read-only page be managed, but not zeroed', () => {
      const machine = new TestMachine(engine);
      const root = machine.table();
      machine.map(root, 0x1000n, ramBase, flags.rwx);
      machine.map(root, 0x2000n, block - 0x40, flags.rwx & ~4 & ~0x80);
      machine.setCsr('satp', atp(root));
      machine.setCsr('menvcfg', machine.csr('menvcfg') | 0xf0n);
      machine.setX({ 1: 0x2007n });
      machine.program([op('cbo.clean', { rs1: 1 }), op('cbo.zero', { rs1: 1 })]);
      machine.enter(supervisorMode, 0x1000n);
      machine.step();
      assert.equal(machine.state.pc, 0x1004n);
      machine.step();
      assert.deepEqual([machine.csr('mcause'), machine.csr('mtval')], [15n, 0x2007n]);
    });

    it('raises a virtual instruction in a guest while henvcfg does not open it', () => {
      const machine = new TestMachine(engine);
      machine.setCsr('menvcfg', machine.csr('menvcfg') | 0xf0n);
      machine.program([op('cbo.zero', { rs1: 1 })]);
      machine.enter(virtualSupervisorMode);
      machine.step();
      assert.equal(machine.csr('mcause'), 22n);
    });
  });
}
