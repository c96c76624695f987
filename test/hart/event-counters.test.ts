import assert from 'node:assert/strict';
import { defaultIsa, isaOf } from '../../src/isa/configuration/isa.ts';
import { hartMode, supervisorMode } from '../../src/hart/hart-mode.ts';
import { exceptionCode, interruptCode } from '../../src/hart/trap.ts';
import { every, op, ramBase, TestMachine } from './fixture.ts';

const LCOFI = 1n << BigInt(interruptCode.counterOverflow);
const [OF, MINH, SINH, UINH] = [1n << 63n, 1n << 62n, 1n << 61n, 1n << 60n];
const [cycles, instructions] = [1n, 2n];
const handler = BigInt(ramBase + 0x1000);
const user = BigInt(ramBase + 0x2000);

for (const engine of ['reference', 'interpreter', 'translator'] as const) {
  describe(`hart/event-counters with engine ${engine}`, () => {
    let machine: TestMachine;
    beforeEach(() => {
      machine = new TestMachine(engine);
      machine.setCsr('mtvec', handler);
      // S mode goes round; a trap into M mode goes round there.
      const round = [op('addi', { rd: 1, rs1: 1, imm: 1 }), op('jal', { rd: 0, imm: -4 })];
      machine.program(round);
      machine.program(round, Number(handler));
      machine.program([op('addi', { rd: 1, rs1: 1, imm: 1 }), op('ecall')], Number(user));
      machine.enter(supervisorMode);
    });

    it('counts steps and instructions, as far as they are let', () => {
      machine.setCsr('mhpmevent3', cycles);
      machine.setCsr('mhpmevent4', instructions);
      machine.setCsr('mhpmevent5', instructions | SINH);
      machine.hart.run(1_000);
      assert.equal(machine.csr('mhpmcounter3'), 1_000n);
      assert.equal(machine.csr('hpmcounter4'), 1_000n);
      assert.equal(machine.csr('mhpmcounter5'), 0n);
      machine.setCsr('mcountinhibit', 1n << 3n);
      machine.hart.run(10);
      assert.equal(machine.csr('mhpmcounter3'), 1_000n);
      assert.equal(machine.csr('mhpmcounter4'), 1_010n);
      machine.setCsr('mcountinhibit', 0n);
      machine.setCsr('mhpmcounter3', 5n);
      machine.hart.run(10);
      assert.equal(machine.csr('mhpmcounter3'), 15n);
    });

    it('counts each instruction in its own mode, and a trap in none', () => {
      machine.setCsr('mhpmevent3', instructions | MINH | SINH);
      machine.setCsr('mhpmevent4', instructions | UINH | SINH);
      machine.setCsr('mhpmevent5', cycles);
      machine.program([op('mret')], Number(handler));
      machine.setCsr('mepc', user);
      machine.enter(hartMode(0, false), user);
      // addi, ecall (a trap), mret back to the ecall, which traps again.
      machine.hart.run(6);
      assert.equal(machine.csr('mhpmcounter3'), 1n);
      assert.equal(machine.csr('mhpmcounter4'), 2n);
      assert.equal(machine.csr('mhpmcounter5'), 6n);
      assert.equal(machine.csr('mcause'), BigInt(exceptionCode.ecallFromU));
    });

    it('interrupts at the very step at which a counter overflows, once until OF is cleared', () => {
      machine.setCsr('mie', LCOFI);
      machine.setCsr('mhpmevent3', instructions | MINH);
      machine.setCsr('mhpmcounter3', every - 99n);
      machine.hart.run(100);
      assert.equal(machine.state.trapsTaken, 0);
      machine.hart.run(1);
      assert.equal(machine.csr('mcause'), (1n << 63n) | 13n);
      assert.equal(machine.csr('mepc'), BigInt(ramBase));
      assert.equal(machine.csr('mhpmcounter3'), 0n);
      assert.equal(machine.csr('mhpmevent3') & OF, OF);
      assert.equal(machine.csr('mip') & LCOFI, LCOFI);
      machine.setCsr('mip', 0n);
      machine.setCsr('mhpmcounter3', every);
      machine.enter(supervisorMode);
      machine.hart.run(10);
      assert.equal(machine.csr('mip') & LCOFI, 0n, 'OF was set');
    });

    it('comes to the same state however its run is cut', () => {
      const states = [1, 7, 1_000].map((slice) => {
        machine.hart.reset(BigInt(ramBase));
        machine.setCsr('mtvec', handler);
        machine.setCsr('mie', LCOFI);
        machine.setCsr('mhpmevent3', cycles);
        machine.setCsr('mhpmcounter3', every - 321n);
        machine.enter(supervisorMode);
        while (machine.state.steps < 1_000) {
          machine.hart.run(Math.min(slice, 1_000 - machine.state.steps));
          machine.csr('mhpmcounter3');
        }
        return Buffer.from(machine.hart.stateBytes).toString('hex');
      });
      assert.equal(states[1], states[0]);
      assert.equal(states[2], states[0]);
    });
  });
}

describe('hart/event-counters', () => {
  it('hands the interrupt down to S mode, as the least urgent', () => {
    const machine = new TestMachine();
    machine.setCsr('mideleg', LCOFI | 2n);
    machine.setCsr('sie', LCOFI | 2n);
    machine.setCsr('mip', LCOFI | 2n);
    assert.equal(machine.csr('sip'), LCOFI | 2n);
    machine.enter(hartMode(0, false));
    machine.step();
    assert.equal(machine.csr('scause') & 0xffn, 1n);
    machine.setCsr('sip', 0n);
    assert.equal(machine.csr('mip'), 0n, 'software clears it');
  });

  it('shows in scountovf the counters that may be read', () => {
    const machine = new TestMachine();
    for (const n of [3, 4]) machine.setCsr(`mhpmevent${n}`, OF);
    assert.equal(machine.csr('scountovf'), 0x18n);
    machine.setCsr('mcounteren', 0x18n);
    machine.setCsr('hcounteren', 0x10n);
    for (const [mode, value] of [
      [supervisorMode, 0x18n],
      [hartMode(1, true), 0x10n],
    ] as const) {
      machine.program([op('csrrs', { rd: 5, rs1: 0, csr: 0xda0 })]);
      machine.enter(mode);
      machine.step();
      assert.equal(machine.state.getX(5), value);
    }
  });

  it('has no events but those that it can count, and without Sscofpmf no modes', () => {
    const machine = new TestMachine();
    machine.setCsr('mhpmevent3', 3n);
    assert.equal(machine.csr('mhpmevent3'), 0n);
    machine.setCsr('mhpmevent7', 1n);
    assert.equal(machine.csr('mhpmevent7'), 0n);
    const isa = isaOf(defaultIsa.names.filter((name) => name !== 'Sscofpmf'));
    const plain = new TestMachine('reference', { isa });
    plain.setCsr('mhpmevent3', (63n << 58n) | 1n);
    plain.setCsr('mie', every);
    assert.equal(plain.csr('mhpmevent3'), 1n);
    assert.equal(plain.csr('mie') & LCOFI, 0n);
    assert.ok(!plain.hart.csrs.has('scountovf'));
  });

  it('has no bits for the modes of a guest where there is none', () => {
    const isa = isaOf(defaultIsa.names.filter((name) => name !== 'H'));
    const machine = new TestMachine('reference', { isa });
    machine.setCsr('mhpmevent3', (63n << 58n) | 1n);
    assert.equal(machine.csr('mhpmevent3') >> 58n, 0b11_1100n);
  });
});
