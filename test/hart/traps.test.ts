import assert from 'node:assert/strict';
import {
  machineMode,
  supervisorMode,
  userMode,
  virtualSupervisorMode,
  virtualUserMode,
  type HartMode,
} from '../../src/hart/hart-mode.ts';
import type { Trap } from '../../src/hart/trap.ts';
import { trapFromCsrs } from '../../src/hart/hosted.ts';
import { takeTrap } from '../../src/hart/traps.ts';
import { every, op, ramBase, TestMachine } from './fixture.ts';

const pc = BigInt(ramBase) + 0x100n;
const trap: Trap = {
  kind: 'trap',
  interrupt: false,
  code: 13,
  tval: 0xdead_beefn,
  tval2: 0x1234n,
  tinst: 0x3000n,
  gva: true,
};

describe('hart/traps', () => {
  let machine: TestMachine;
  beforeEach(() => {
    machine = new TestMachine();
    machine.setCsr('mtvec', 0x8000_1000n);
    machine.setCsr('stvec', 0x8000_2000n);
    machine.setCsr('vstvec', 0x8000_3000n);
  });

  const take = (from: HartMode, what: Trap = trap): HartMode => {
    machine.enter(from, pc);
    const taken = takeTrap(machine.state, machine.hart.trapRecords, what);
    assert.deepEqual({ pc: taken.pc, from: taken.from, to: taken.to }, { pc, from, to: machine.state.mode });
    return machine.state.mode;
  };

  describe('delegation', () => {
    const routes: [string, bigint, bigint, HartMode[]][] = [
      ['to M where nothing is delegated', 0n, every, [machineMode, machineMode, machineMode, machineMode]],
      ['to HS by medeleg', every, 0n, [supervisorMode, supervisorMode, supervisorMode, supervisorMode]],
      [
        'on to VS by hedeleg, from a guest only',
        every,
        every,
        [supervisorMode, supervisorMode, virtualSupervisorMode, virtualSupervisorMode],
      ],
    ];
    for (const [what, medeleg, hedeleg, expected] of routes) {
      it(`goes ${what}`, () => {
        machine.setCsr('medeleg', medeleg);
        machine.setCsr('hedeleg', hedeleg);
        const from = [userMode, supervisorMode, virtualUserMode, virtualSupervisorMode];
        assert.deepEqual(
          from.map((mode) => take(mode)),
          expected,
        );
        assert.equal(take(machineMode), machineMode);
      });
    }

    it('keeps in HS what hedeleg cannot hand down', () => {
      machine.setCsr('medeleg', every);
      machine.setCsr('hedeleg', every);
      for (const code of [9, 10, 20, 21, 22, 23]) {
        assert.equal(take(virtualSupervisorMode, { ...trap, code }), supervisorMode, String(code));
      }
      assert.equal(take(virtualUserMode, { ...trap, code: 8 }), virtualSupervisorMode);
    });
  });

  it('enters M with everything that software needs, and MRET goes back', () => {
    for (const from of [userMode, supervisorMode, virtualUserMode, virtualSupervisorMode]) {
      machine.setCsr('mstatus', 8n);
      take(from);
      assert.equal(machine.state.pc, 0x8000_1000n);
      assert.equal(machine.csr('mepc'), pc);
      assert.equal(machine.csr('mcause'), 13n);
      assert.equal(machine.csr('mtval'), 0xdead_beefn);
      assert.equal(machine.csr('mtval2'), 0x1234n);
      assert.equal(machine.csr('mtinst'), 0x3000n);
      const status = machine.csr('mstatus');
      assert.equal(status & 8n, 0n, 'MIE');
      assert.equal((status >> 7n) & 1n, 1n, 'MPIE');
      assert.equal((status >> 11n) & 3n, BigInt(from.privilege), 'MPP');
      assert.equal((status >> 39n) & 1n, from.virtual ? 1n : 0n, 'MPV');
      assert.equal((status >> 38n) & 1n, 1n, 'GVA');
      machine.hart.returnFromMachine();
      assert.equal(machine.state.mode, from);
      assert.equal(machine.state.pc, pc);
      assert.equal(machine.csr('mstatus') & ~(1n << 38n), 0xa_0000_0088n);
    }
  });

  it('enters HS likewise, with SPVP only from a guest, and SRET goes back', () => {
    machine.setCsr('medeleg', every);
    machine.setCsr('hstatus', 1n << 8n);
    const spvp: [HartMode, bigint][] = [
      [userMode, 1n],
      [supervisorMode, 1n],
      [virtualUserMode, 0n],
      [userMode, 0n],
      [virtualSupervisorMode, 1n],
    ];
    for (const [from, expectedSpvp] of spvp) {
      machine.setCsr('sstatus', 2n);
      take(from);
      assert.equal(machine.state.pc, 0x8000_2000n);
      assert.equal(machine.csr('sepc'), pc);
      assert.equal(machine.csr('scause'), 13n);
      assert.equal(machine.csr('stval'), 0xdead_beefn);
      assert.equal(machine.csr('htval'), 0x1234n);
      assert.equal(machine.csr('htinst'), 0x3000n);
      const status = machine.csr('sstatus');
      assert.equal(status & 2n, 0n, 'SIE');
      assert.equal((status >> 5n) & 1n, 1n, 'SPIE');
      assert.equal((status >> 8n) & 1n, BigInt(from.privilege), 'SPP');
      const hstatus = machine.csr('hstatus');
      assert.equal((hstatus >> 7n) & 1n, from.virtual ? 1n : 0n, 'SPV');
      assert.equal((hstatus >> 8n) & 1n, expectedSpvp, 'SPVP');
      assert.equal((hstatus >> 6n) & 1n, 1n, 'GVA');
      machine.hart.returnFromSupervisor();
      assert.equal(machine.state.mode, from);
      assert.equal(machine.state.pc, pc);
      assert.equal(machine.csr('sstatus') & 0x122n, 0x22n);
      assert.equal((machine.csr('hstatus') >> 7n) & 1n, 0n);
    }
  });

  it('enters VS without a trace in the registers of HS, and SRET goes back', () => {
    machine.setCsr('medeleg', every);
    machine.setCsr('hedeleg', every);
    for (const from of [virtualUserMode, virtualSupervisorMode]) {
      machine.setCsr('vsstatus', 2n);
      const before = ['sstatus', 'hstatus', 'sepc', 'htval', 'htinst'].map((name) => machine.csr(name));
      take(from);
      assert.equal(machine.state.pc, 0x8000_3000n);
      assert.equal(machine.csr('vsepc'), pc);
      assert.equal(machine.csr('vscause'), 13n);
      assert.equal(machine.csr('vstval'), 0xdead_beefn);
      assert.equal((machine.csr('vsstatus') >> 8n) & 1n, BigInt(from.privilege));
      assert.deepEqual(
        ['sstatus', 'hstatus', 'sepc', 'htval', 'htinst'].map((name) => machine.csr(name)),
        before,
      );
      machine.hart.returnFromSupervisor();
      assert.equal(machine.state.mode, from);
      assert.equal(machine.csr('vsstatus') & 0x122n, 0x22n);
    }
  });

  it('stays in M after MRET with MPP = M, whatever MPV says, and keeps MPRV then', () => {
    machine.setCsr('mstatus', (1n << 39n) | (3n << 11n) | (1n << 17n));
    machine.hart.returnFromMachine();
    assert.equal(machine.state.mode, machineMode);
    assert.equal((machine.csr('mstatus') >> 17n) & 1n, 1n);
    assert.equal((machine.csr('mstatus') >> 11n) & 3n, 0n);
  });

  it('clears MPRV on leaving M mode by MRET or SRET', () => {
    machine.setCsr('mstatus', (1n << 11n) | (1n << 17n));
    machine.hart.returnFromMachine();
    assert.equal((machine.csr('mstatus') >> 17n) & 1n, 0n);
    machine.enter(machineMode);
    machine.setCsr('mstatus', 1n << 17n);
    machine.hart.returnFromSupervisor();
    assert.equal((machine.csr('mstatus') >> 17n) & 1n, 0n);
  });

  it('sends interrupts, and only these, to their own vector', () => {
    machine.setCsr('mtvec', 0x8000_1001n);
    take(userMode);
    assert.equal(machine.state.pc, 0x8000_1000n);
    machine.setCsr('mie', 0x80n);
    machine.hart.setInterruptLine(7, 1);
    machine.enter(userMode, pc);
    machine.step();
    assert.equal(machine.state.pc, 0x8000_101cn);
    assert.equal(machine.csr('mcause'), (1n << 63n) | 7n);
    assert.equal(machine.csr('mtval'), 0n);
    assert.equal(machine.csr('mtinst'), 0n);
  });

  it('counts a trap as a step in which nothing retires, and breaks the reservation', () => {
    machine.state.reservation = 0x8000_0000n;
    take(userMode);
    assert.equal(machine.state.steps, 1);
    assert.equal(machine.state.retired, 0);
    assert.equal(machine.state.reservation, undefined);
  });
});

for (const engine of ['reference', 'interpreter'] as const) {
  describe(`hart/traps by instructions with engine ${engine}`, () => {
    const codes: [string, HartMode, number, bigint, bigint?][] = [
      ['ecall', userMode, 8, 0n],
      ['ecall', virtualUserMode, 8, 0n],
      ['ecall', supervisorMode, 9, 0n],
      ['ecall', virtualSupervisorMode, 10, 0n],
      ['ecall', machineMode, 11, 0n],
      ['ebreak', userMode, 3, 0n],
      ['c.ebreak', userMode, 3, 0n],
      ['mret', supervisorMode, 2, 0x3020_0073n],
      ['mret', virtualSupervisorMode, 2, 0x3020_0073n],
      ['sret', userMode, 2, 0x1020_0073n],
      ['sret', virtualUserMode, 22, 0x1020_0073n],
      ['wfi', userMode, 2, 0x1050_0073n],
      ['wfi', virtualUserMode, 22, 0x1050_0073n],
      ['sfence.vma', userMode, 2, 0x1200_0073n],
      ['sfence.vma', virtualUserMode, 22, 0x1200_0073n],
      ['hfence.vvma', userMode, 2, 0x2200_0073n],
      ['hfence.vvma', virtualSupervisorMode, 22, 0x2200_0073n],
      ['hfence.gvma', virtualUserMode, 22, 0x6200_0073n],
      ['hlv.w', userMode, 2, 0x6800_4073n],
      ['hlv.w', virtualSupervisorMode, 22, 0x6800_4073n],
    ];
    for (const [mnemonic, mode, code, tval] of codes) {
      it(`raises ${code} for ${mnemonic} in ${mode.virtual ? 'V' : ''}${mode.privilege}`, () => {
        const machine = new TestMachine(engine);
        machine.program([op(mnemonic)]);
        machine.enter(mode);
        machine.step();
        assert.equal(machine.csr('mcause'), BigInt(code));
        assert.equal(machine.csr('mtval'), tval);
        assert.equal(machine.csr('mepc'), BigInt(ramBase));
        assert.equal(machine.state.retired, 0);
      });
    }

    const controlled: [string, HartMode, string, bigint, number][] = [
      ['sret', supervisorMode, 'mstatus', 1n << 22n, 2],
      ['sret', virtualSupervisorMode, 'hstatus', 1n << 22n, 22],
      ['wfi', supervisorMode, 'mstatus', 1n << 21n, 2],
      ['wfi', virtualSupervisorMode, 'mstatus', 1n << 21n, 2],
      ['wfi', virtualSupervisorMode, 'hstatus', 1n << 21n, 22],
      ['sfence.vma', supervisorMode, 'mstatus', 1n << 20n, 2],
      ['sfence.vma', virtualSupervisorMode, 'hstatus', 1n << 20n, 22],
      ['hfence.gvma', supervisorMode, 'mstatus', 1n << 20n, 2],
    ];
    for (const [mnemonic, mode, register, value, code] of controlled) {
      it(`lets ${register} make ${mnemonic} raise ${code}`, () => {
        const machine = new TestMachine(engine);
        machine.program([op(mnemonic)]);
        machine.enter(mode);
        machine.setCsr('mideleg', 0n);
        machine.step();
        assert.equal(machine.state.retired, 1);
        machine.setCsr(register, value);
        machine.state.waiting = false;
        machine.enter(mode);
        machine.step();
        assert.equal(machine.csr('mcause'), BigInt(code));
      });
    }

    it('shows an unknown word, of 16 bits where it is short, as tval', () => {
      const machine = new TestMachine(engine);
      machine.program([0xffff_ffff]);
      machine.step();
      assert.deepEqual([machine.csr('mcause'), machine.csr('mtval')], [2n, 0xffff_ffffn]);
      machine.program([0]);
      machine.enter(machineMode);
      machine.step();
      assert.deepEqual([machine.csr('mcause'), machine.csr('mtval')], [2n, 0n]);
    });

    it('goes through all of VU, VS and HS and back', () => {
      const machine = new TestMachine(engine);
      machine.setCsr('medeleg', every);
      machine.setCsr('hedeleg', every);
      machine.setCsr('stvec', 0x8000_2000n);
      machine.setCsr('vstvec', 0x8000_3000n);
      // VU: ecall. VS: ecall (to HS), then advances vsepc and returns. HS: advances sepc and returns.
      const advance = [
        op('csrrs', { rd: 5, csr: 0x141 }),
        op('addi', { rd: 5, rs1: 5, imm: 4 }),
        op('csrrw', { rs1: 5, csr: 0x141 }),
        op('sret'),
      ];
      machine.program([op('ecall'), op('addi', { rd: 1, imm: 7 })]);
      machine.program(advance, 0x8000_2000);
      machine.program([op('ecall'), ...advance], 0x8000_3000);
      machine.enter(virtualUserMode);
      machine.hart.run(1);
      assert.equal(machine.state.mode, virtualSupervisorMode);
      machine.hart.run(1);
      assert.equal(machine.state.mode, supervisorMode);
      assert.equal(machine.hart.trapRecords.list().length, 2);
      machine.hart.run(4);
      assert.equal(machine.state.mode, virtualSupervisorMode);
      machine.hart.run(5);
      assert.equal(machine.state.mode, virtualUserMode);
      assert.equal(machine.state.getX(1), 7n);
      assert.equal(machine.hart.trapRecords.list().length, 0);
      assert.equal(machine.state.steps, 11);
      assert.equal(machine.state.retired, 9);
    });

    it('stops where onTrap says so, and goes on from the handler', () => {
      const machine = new TestMachine(engine);
      machine.program([op('ecall')]);
      machine.setCsr('mtvec', 0x8000_1000n);
      machine.program([op('addi', { rd: 1, imm: 1 })], 0x8000_1000);
      machine.hart.onTrap = ({ trap: { code } }) => code === 11;
      const stop = machine.hart.run(10);
      assert.equal(stop.kind, 'trap');
      assert.equal(machine.state.pc, 0x8000_1000n);
      machine.hart.run(1);
      assert.equal(machine.state.getX(1), 1n);
    });

    it('comes back at a hosted level with CSRs set, again until the level returns', () => {
      const machine = new TestMachine(engine);
      machine.hosted.supervisor = true;
      machine.setCsr('medeleg', every);
      machine.program([op('ecall'), op('addi', { rd: 1, imm: 1 })]);
      machine.enter(virtualSupervisorMode);
      const stop = machine.hart.run(10);
      assert.ok(stop.kind === 'hosted');
      assert.equal(stop.level, 'supervisor');
      assert.equal(trapFromCsrs(machine.state, 'supervisor').trap.code, 10);
      assert.equal(machine.csr('scause'), 10n);
      assert.equal(machine.state.steps, 1);
      assert.deepEqual(machine.hart.run(10), stop);
      assert.equal(machine.state.steps, 1);
      machine.setCsr('sepc', machine.csr('sepc') + 4n);
      machine.hart.returnFromSupervisor();
      machine.hart.run(1);
      assert.equal(machine.state.getX(1), 1n);
      assert.equal(machine.hart.trapRecords.list().length, 0);
    });

    it('waits in a hosted level for its next interrupt', () => {
      const machine = new TestMachine(engine);
      machine.hosted.supervisor = true;
      machine.setCsr('mideleg', every);
      machine.setCsr('sie', every);
      machine.setCsr('sstatus', 2n);
      machine.enter(supervisorMode);
      machine.state.waiting = true;
      assert.deepEqual(machine.hart.run(10), { kind: 'wfi' });
      machine.hart.setInterruptLine(9, 1);
      const stop = machine.hart.run(10);
      assert.deepEqual(stop, { kind: 'hosted', level: 'supervisor' });
      assert.ok(trapFromCsrs(machine.state, 'supervisor').trap.interrupt);
      assert.equal(machine.csr('scause'), (1n << 63n) | 9n);
    });
  });
}
