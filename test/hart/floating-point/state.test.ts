import assert from 'node:assert/strict';
import { virtualSupervisorMode } from '../../../src/hart/hart-mode.ts';
import { every, op, TestMachine } from '../fixture.ts';

const stateDirty = 1n << 63n;
const trapCode = (machine: TestMachine): bigint => machine.csr('mcause');
const initial = 1n << 13n;
const one = 0x3ff0_0000_0000_0000n;

describe('hart, floating-point state', () => {
  for (const engine of ['reference', 'interpreter'] as const) {
    const machineAt = (word: number, status: bigint): TestMachine => {
      const machine = new TestMachine(engine);
      machine.program([word]);
      machine.setCsr('mstatus', status);
      machine.state.setF(10, one);
      return machine;
    };

    it(`is out of reach while it is Off (${engine})`, () => {
      for (const word of [
        op('fadd.d', { rs1: 10 }),
        op('csrrs', { rd: 1, csr: 3 }),
        op('c.fsd', { rs1: 8, rs2: 8 }),
      ]) {
        const machine = machineAt(word, 0n);
        machine.step();
        assert.equal(trapCode(machine), 2n);
        assert.equal(machine.csr('mtval'), BigInt(word >>> 0));
      }
    });

    it(`becomes Dirty when a register is written (${engine})`, () => {
      const machine = machineAt(op('fadd.d', { rd: 11, rs1: 10, rs2: 10, rm: 7 }), initial);
      machine.step();
      assert.equal(machine.state.getF(11), 0x4000_0000_0000_0000n);
      assert.equal(machine.csr('mstatus') & (stateDirty | (3n << 13n)), stateDirty | (3n << 13n));
    });

    it(`needs vsstatus.FS too in a guest, and dirties both (${engine})`, () => {
      const machine = machineAt(op('fmv.w.x', { rd: 1, rs1: 0 }), initial);
      machine.enter(virtualSupervisorMode);
      machine.step();
      assert.equal(trapCode(machine), 2n);
      machine.enter(virtualSupervisorMode);
      machine.setCsr('vsstatus', initial);
      machine.setCsr('mcause', 0n);
      machine.step();
      assert.equal(machine.state.getF(1), 0xffff_ffff_0000_0000n);
      for (const name of ['mstatus', 'vsstatus']) assert.equal((machine.csr(name) >> 13n) & 3n, 3n, name);
      assert.equal(machine.csr('vsstatus') & stateDirty, stateDirty);
    });

    it(`raises for a dynamic rounding mode that is none (${engine})`, () => {
      const machine = machineAt(op('fadd.d', { rm: 7 }), initial);
      machine.setCsr('frm', 5n);
      machine.step();
      assert.equal(trapCode(machine), 2n);
    });

    it(`accrues exceptions and takes what is not boxed for NaN (${engine})`, () => {
      const machine = machineAt(op('fdiv.d', { rd: 1, rs1: 10, rs2: 2, rm: 7 }), initial);
      machine.setCsr('fflags', 1n);
      machine.step();
      assert.equal(machine.csr('fcsr'), 9n);
      assert.equal(machine.state.getF(1), 0x7ff0_0000_0000_0000n);
      const other = machineAt(op('fadd.s', { rd: 1, rs1: 10, rs2: 10, rm: 0 }), initial);
      other.step();
      assert.equal(other.state.getF(1), 0xffff_ffff_7fc0_0000n);
      assert.equal(other.csr('fcsr'), 0n);
    });

    it(`saturates conversions (${engine})`, () => {
      const machine = machineAt(op('fcvt.wu.d', { rd: 1, rs1: 10, rm: 1 }), initial);
      machine.state.setF(10, one | (1n << 63n));
      machine.step();
      assert.equal(machine.state.getX(1), 0n);
      assert.equal(machine.csr('fflags'), 16n);
      const other = machineAt(op('fcvt.lu.d', { rd: 1, rs1: 10, rm: 1 }), initial);
      other.state.setF(10, 0x7ff0_0000_0000_0000n);
      other.step();
      assert.equal(other.state.getX(1), every);
    });
  }
});
