import assert from 'node:assert/strict';
import { dueInterrupt } from '../../src/hart/interrupts.ts';
import {
  machineMode,
  supervisorMode,
  userMode,
  virtualSupervisorMode,
  virtualUserMode,
} from '../../src/hart/hart-mode.ts';
import { interruptCode } from '../../src/hart/trap.ts';
import { every, op, ramBase, TestMachine } from './fixture.ts';

const lines = [
  interruptCode.machineSoftware,
  interruptCode.machineTimer,
  interruptCode.machineExternal,
  interruptCode.supervisorExternal,
];

describe('hart/interrupts', () => {
  let machine: TestMachine;
  beforeEach(() => {
    machine = new TestMachine();
  });

  const raiseEverything = (): void => {
    for (const code of lines) machine.hart.setInterruptLine(code, 1);
    machine.setCsr('mip', every);
    machine.setCsr('hvip', every);
    machine.setCsr('mie', every);
  };

  it('takes them in the order of the specification, machine level first', () => {
    raiseEverything();
    machine.setCsr('mideleg', 0n);
    machine.enter(userMode);
    const order: number[] = [];
    for (;;) {
      const due = dueInterrupt(machine.state);
      if (!due) break;
      order.push(due.code);
      machine.setCsr('mie', machine.csr('mie') & ~(1n << BigInt(due.code)));
    }
    // What is not delegated goes to M; the virtual ones, which always are, follow in HS.
    assert.deepEqual(order, [11, 3, 7, 9, 1, 5, 13, 10, 2, 6]);
  });

  it('takes those of VS level in the order external, software, timer', () => {
    machine.setCsr('hvip', every);
    machine.setCsr('mie', every);
    machine.setCsr('hideleg', every);
    machine.enter(virtualUserMode);
    const order: number[] = [];
    for (;;) {
      const due = dueInterrupt(machine.state);
      if (!due) break;
      assert.equal(due.to, virtualSupervisorMode);
      order.push(due.code);
      machine.setCsr('mie', machine.csr('mie') & ~(1n << BigInt(due.code)));
    }
    assert.deepEqual(order, [10, 2, 6]);
  });

  it('asks the global enable of the receiving level only in that level', () => {
    machine.setCsr('mie', every);
    machine.hart.setInterruptLine(interruptCode.machineTimer, 1);
    const due = (): number | undefined => dueInterrupt(machine.state)?.code;
    machine.enter(machineMode);
    assert.equal(due(), undefined);
    machine.setCsr('mstatus', 8n);
    assert.equal(due(), 7);
    machine.setCsr('mstatus', 0n);
    for (const mode of [supervisorMode, userMode, virtualSupervisorMode, virtualUserMode]) {
      machine.enter(mode);
      assert.equal(due(), 7);
    }
  });

  it('keeps delegated ones from M, and in HS waits for SIE, but not in modes below', () => {
    machine.setCsr('mie', every);
    machine.setCsr('mideleg', every);
    machine.setCsr('mip', 2n);
    const due = (): number | undefined => dueInterrupt(machine.state)?.code;
    machine.setCsr('mstatus', 8n);
    machine.enter(machineMode);
    assert.equal(due(), undefined);
    machine.enter(supervisorMode);
    assert.equal(due(), undefined);
    machine.setCsr('sstatus', 2n);
    assert.equal(due(), 1);
    machine.setCsr('sstatus', 0n);
    machine.enter(virtualSupervisorMode);
    assert.equal(due(), 1);
  });

  it('keeps those of a guest from HS and from other modes than VS and VU', () => {
    machine.setCsr('mie', every);
    machine.setCsr('hvip', 4n);
    machine.setCsr('hideleg', every);
    machine.setCsr('sstatus', 2n);
    machine.enter(supervisorMode);
    assert.equal(dueInterrupt(machine.state), undefined);
    machine.enter(userMode);
    assert.equal(dueInterrupt(machine.state), undefined);
    machine.enter(virtualSupervisorMode);
    assert.equal(dueInterrupt(machine.state), undefined);
    machine.setCsr('vsstatus', 2n);
    assert.equal(dueInterrupt(machine.state)?.code, 2);
    machine.setCsr('vsstatus', 0n);
    machine.enter(virtualUserMode);
    assert.equal(dueInterrupt(machine.state)?.code, 2);
  });

  it('shows VS mode the code one lower, and vectors by it', () => {
    machine.setCsr('mie', every);
    machine.setCsr('hvip', 1n << 10n);
    machine.setCsr('hideleg', every);
    machine.setCsr('vstvec', 0x8000_1001n);
    machine.enter(virtualUserMode);
    machine.step();
    assert.equal(machine.csr('vscause'), (1n << 63n) | 9n);
    assert.equal(machine.state.pc, 0x8000_1000n + 36n);
  });
});

for (const engine of ['reference', 'interpreter'] as const) {
  describe(`hart/interrupts with engine ${engine}`, () => {
    let machine: TestMachine;
    beforeEach(() => {
      machine = new TestMachine(engine);
      machine.program([op('addi', { rd: 1, rs1: 1, imm: 1 }), op('jal', { rd: 0, imm: -4 })]);
      machine.setCsr('menvcfg', every);
      machine.setCsr('henvcfg', every);
      machine.setCsr('mideleg', every);
      machine.setCsr('mie', every);
      machine.setCsr('stvec', 0x8000_1000n);
      machine.setCsr('vstvec', 0x8000_2000n);
      machine.program([op('jal', { rd: 0, imm: 0 })], 0x8000_1000);
      machine.program([op('jal', { rd: 0, imm: 0 })], 0x8000_2000);
    });

    it('takes the timer interrupt of stimecmp at the exact step, however the run is cut', () => {
      machine.setCsr('stimecmp', 50n);
      machine.enter(userMode);
      for (let slice = 1; machine.state.steps < 600; slice += 7) machine.hart.run(slice);
      assert.equal(machine.csr('scause'), (1n << 63n) | 5n);
      // 500 steps make 50 ticks; the loop is at its even instruction then.
      assert.equal(machine.state.getX(1), 250n);
      assert.equal(machine.csr('sepc'), BigInt(ramBase));
      assert.equal(machine.csr('mip') & 0x20n, 0x20n);
      machine.setCsr('stimecmp', 1000n);
      assert.equal(machine.hart.wakes, false);
      assert.equal(machine.csr('mip') & 0x20n, 0n);
    });

    it('compares vstimecmp with the time of the guest', () => {
      machine.setCsr('htimedelta', 30n);
      machine.setCsr('vstimecmp', 50n);
      machine.setCsr('hideleg', every);
      machine.enter(virtualUserMode);
      machine.hart.run(300);
      assert.equal(machine.state.getX(1), 100n);
      assert.equal(machine.csr('vscause'), (1n << 63n) | 5n);
    });

    it('takes an interrupt at the instruction after the one that enables it', () => {
      machine.program([op('csrrsi', { rd: 0, csr: 0x100, zimm: 2 }), op('addi', { rd: 1, rs1: 1, imm: 1 })]);
      machine.setCsr('mip', 2n);
      machine.enter(supervisorMode);
      machine.hart.run(10);
      assert.equal(machine.csr('sepc'), BigInt(ramBase) + 4n);
      assert.equal(machine.state.getX(1), 0n);
    });

    it('waits in WFI until an enabled interrupt is pending, and then goes on even if it is not taken', () => {
      machine.program([op('wfi'), op('addi', { rd: 1, rs1: 1, imm: 1 }), op('jal', { rd: 0, imm: 0 })]);
      machine.enter(machineMode);
      machine.setCsr('mie', 0x80n);
      assert.deepEqual(machine.hart.run(10), { kind: 'wfi' });
      assert.equal(machine.state.steps, 1);
      assert.deepEqual(machine.hart.run(10), { kind: 'wfi' });
      machine.hart.setInterruptLine(interruptCode.machineTimer, 1);
      machine.hart.run(1);
      assert.equal(machine.state.getX(1), 1n);
      assert.equal(machine.state.pc, BigInt(ramBase) + 8n);
    });

    it('goes through WFI at once where an enabled interrupt is pending already', () => {
      machine.program([op('wfi'), op('addi', { rd: 1, rs1: 1, imm: 1 })]);
      machine.setCsr('mip', 2n);
      machine.enter(machineMode);
      assert.deepEqual(machine.hart.run(2), { kind: 'budget' });
      assert.equal(machine.state.getX(1), 1n);
    });
  });
}
