import assert from 'node:assert/strict';
import {
  hartMode,
  machineMode,
  supervisorMode,
  virtualSupervisorMode,
  type HartMode,
} from '../../../src/hart/state.ts';
import { exceptionCode, interruptCode } from '../../../src/hart/trap.ts';
import { every, op, ramBase, TestMachine } from '../fixture.ts';

const type = (number: number): bigint => BigInt(number) << 60n;
const bit = (...places: readonly number[]): bigint =>
  places.reduce((set, place) => set | (1n << BigInt(place)), 0n);
/** Fields of mcontrol6. */
const on = {
  load: bit(0),
  store: bit(1),
  execute: bit(2),
  u: bit(3),
  s: bit(4),
  m: bit(6),
  vu: bit(23),
  vs: bit(24),
};
const everywhere = on.u | on.s | on.m | on.vu | on.vs;
const match = (number: number): bigint => BigInt(number) << 7n;
const handler = ramBase + 0x1000;
const loop = BigInt(ramBase + 0x100);
const data = BigInt(ramBase + 0x2_0000);

for (const engine of ['reference', 'interpreter', 'translator'] as const) {
  describe(`hart/triggers with engine ${engine}`, () => {
    let machine: TestMachine;
    beforeEach(() => {
      machine = new TestMachine(engine);
      machine.setCsr('mtvec', BigInt(handler));
      machine.program([op('jal', { rd: 0, imm: 0 })], handler);
    });

    const arm = (tdata1: bigint, tdata2 = 0n, index = 0): void => {
      machine.setCsr('tselect', BigInt(index));
      machine.setCsr('tdata2', tdata2);
      machine.setCsr('tdata1', tdata1);
    };
    const cause = (): number => Number(machine.csr('mcause'));
    /** x1 counts rounds that store it, load it into x3, and add. */
    const counting = (mode: HartMode = supervisorMode): void => {
      machine.program(
        [
          op('addi', { rd: 1, rs1: 1, imm: 1 }),
          op('sd', { rs1: 2, rs2: 1, imm: 8 }),
          op('ld', { rd: 3, rs1: 2, imm: 8 }),
          op('jal', { rd: 0, imm: -12 }),
        ],
        Number(loop),
      );
      machine.setX({ 2: data });
      machine.enter(mode, loop);
    };

    it('fires before the instruction at an address, with that address', () => {
      counting();
      machine.hart.run(400);
      arm(type(6) | everywhere | on.execute, loop + 8n);
      machine.hart.run(100);
      assert.equal(cause(), exceptionCode.breakpoint);
      assert.equal(machine.csr('mepc'), loop + 8n);
      assert.equal(machine.csr('mtval'), loop + 8n);
      assert.equal(machine.csr('tdata1') & bit(22), bit(22), 'hit');
      assert.equal(machine.state.getX(1), 101n);
      assert.equal(machine.state.getX(3), 100n, 'the load has not run');
    });

    for (const [what, access, offset, pc] of [
      ['store', on.store, 8n, 4n],
      ['load', on.load, 8n, 8n],
      ['load of some byte of what is compared with', on.load, 13n, 8n],
    ] as const) {
      it(`fires before a ${what}`, () => {
        counting();
        machine.hart.run(400);
        arm(type(6) | everywhere | access, data + offset);
        machine.hart.run(100);
        assert.equal(cause(), exceptionCode.breakpoint);
        assert.equal(machine.csr('mepc'), loop + pc);
        assert.equal(machine.csr('mtval'), data + 8n);
        assert.equal(machine.read(Number(data) + 8), access === on.store ? 100n : 101n);
      });
    }

    it('lets a loop run on whose accesses only share a page with it, to the same end', () => {
      counting();
      arm(type(6) | everywhere | on.load | on.store, data + 0x800n);
      machine.hart.run(4_000);
      assert.equal(machine.state.trapsTaken, 0);
      assert.equal(machine.state.getX(1), 1_000n);
    });

    it('is on in the modes that it names', () => {
      for (const [own, mode] of [
        [on.u, hartMode(0, false)],
        [on.s, supervisorMode],
        [on.vu, hartMode(0, true)],
        [on.vs, virtualSupervisorMode],
      ] as const) {
        for (const modes of [own, everywhere & ~own]) {
          counting(mode);
          arm(type(6) | modes | on.execute, loop);
          const before = machine.state.trapsTaken;
          machine.hart.run(4);
          assert.equal(machine.state.trapsTaken - before, modes === own ? 1 : 0);
          if (modes === own)
            assert.equal((machine.csr('mstatus') >> 38n) & 1n, mode.virtual ? 1n : 0n, 'GVA');
        }
      }
    });

    it('fires in M mode while tcontrol.mte is set, which traps clear and MRET restores', () => {
      counting(machineMode);
      arm(type(6) | everywhere | on.execute, loop);
      machine.hart.run(8);
      assert.equal(machine.state.trapsTaken, 0);
      machine.setCsr('tcontrol', bit(3));
      machine.hart.run(8);
      assert.equal(cause(), exceptionCode.breakpoint);
      assert.equal(machine.csr('tcontrol'), bit(7));
      machine.program([op('mret')], handler);
      machine.enter(machineMode, BigInt(handler));
      machine.step();
      assert.equal(machine.csr('tcontrol'), bit(3, 7));
    });

    it('waits in S mode for SIE where the breakpoint would come to S mode', () => {
      machine.setCsr('medeleg', bit(exceptionCode.breakpoint));
      machine.setCsr('stvec', BigInt(handler));
      counting();
      arm(type(6) | everywhere | on.execute, loop);
      machine.hart.run(8);
      assert.equal(machine.state.trapsTaken, 0);
      machine.setCsr('sstatus', bit(1));
      machine.hart.run(8);
      assert.equal(machine.csr('scause'), BigInt(exceptionCode.breakpoint));
      assert.equal(machine.csr('sepc'), loop);
    });

    for (const [number, what, hits, misses] of [
      [0, 'an address', 0x8002_0100n, 0x8002_0108n],
      [1, 'a naturally aligned power of two', 0x8002_00ffn, 0x8002_007fn],
      [2, 'addresses from one on', 0x8002_0100n, 0x8002_0110n],
      [3, 'addresses below one', 0x8002_0101n, 0x8002_0100n],
      [4, 'the low half under a mask', 0xffff_0000_0100n, 0xffff_0000_0101n],
      [5, 'the high half under a mask', 0xffff_ffff_0000_0000n, 0xffff_ffff_0000_0001n],
      [8, 'all but an address', 0x8002_0108n, 0x8002_0100n],
    ] as const) {
      it(`matches ${what}`, () => {
        for (const [compare, traps] of [
          [hits, 1],
          [misses, 0],
        ] as const) {
          machine.program([op('lw', { rd: 3, rs1: 2 })]);
          machine.setX({ 2: 0x8002_0100n });
          machine.enter(supervisorMode);
          arm(type(6) | everywhere | on.load | match(number), compare);
          const before = machine.state.trapsTaken;
          machine.step();
          assert.equal(machine.state.trapsTaken - before, traps, compare.toString(16));
        }
      });
    }

    it('compares the size of an access where it is told', () => {
      for (const [mnemonic, traps] of [
        ['ld', 0],
        ['lw', 1],
      ] as const) {
        machine.program([op(mnemonic, { rd: 3, rs1: 2 })]);
        machine.setX({ 2: data });
        machine.enter(supervisorMode);
        arm(type(6) | everywhere | on.load | (3n << 16n), data);
        const before = machine.state.trapsTaken;
        machine.step();
        assert.equal(machine.state.trapsTaken - before, traps);
      }
    });

    it('counts instructions in the modes that it names, and fires after the last', () => {
      counting();
      arm(type(3) | bit(7) | (1_000n << 10n));
      machine.hart.run(999);
      assert.equal((machine.csr('tdata1') >> 10n) & 0x3fffn, 1n);
      machine.hart.run(3);
      assert.equal(cause(), exceptionCode.breakpoint);
      assert.equal(machine.csr('mepc'), loop);
      assert.equal(machine.state.getX(1), 250n);
      assert.equal(machine.csr('mtval'), 0n);
      assert.equal(machine.csr('tdata1') & bit(24, 8), bit(24), 'hit, and no longer pending');
    });

    it('fires at the first instruction of a handler, by the cause of its exception', () => {
      machine.setCsr('medeleg', bit(exceptionCode.ecallFromU));
      machine.setCsr('stvec', loop);
      machine.program([op('ecall')]);
      for (const [causes, traps] of [
        [bit(exceptionCode.ecallFromU), 2],
        [bit(exceptionCode.illegalInstruction), 1],
      ] as const) {
        counting();
        arm(type(5) | bit(6), causes);
        machine.enter(hartMode(0, false));
        const before = machine.state.trapsTaken;
        machine.hart.run(2);
        assert.equal(machine.state.trapsTaken - before, traps);
        if (traps === 2) {
          assert.equal(machine.csr('mepc'), loop);
          assert.equal(machine.csr('tdata1') & bit(58), bit(58));
        }
        assert.equal(machine.csr('scause'), BigInt(exceptionCode.ecallFromU));
      }
    });

    it('fires at the first instruction of a handler, by the number of its interrupt', () => {
      machine.setCsr('mideleg', bit(interruptCode.supervisorSoftware));
      machine.setCsr('stvec', loop);
      machine.setCsr('mie', bit(interruptCode.supervisorSoftware));
      machine.setCsr('mip', bit(interruptCode.supervisorSoftware));
      counting();
      arm(type(4) | bit(6), bit(interruptCode.supervisorSoftware));
      machine.enter(hartMode(0, false));
      machine.hart.run(2);
      assert.equal(machine.csr('scause'), bit(63, 0));
      assert.equal(machine.csr('mepc'), loop);
      assert.equal(cause(), exceptionCode.breakpoint);
    });

    it('keeps its triggers and what is pending in a snapshot', () => {
      counting();
      arm(type(6) | everywhere | on.execute, loop + 4n, 2);
      const saved = machine.hart.save();
      arm(0n, 0n, 2);
      machine.hart.restore(saved);
      machine.hart.run(8);
      assert.equal(machine.csr('mepc'), loop + 4n);
    });
  });
}

describe('hart/triggers', () => {
  it('has four triggers, which are disabled at first', () => {
    const machine = new TestMachine();
    for (let index = 0n; index < 4n; index++) {
      machine.setCsr('tselect', index);
      assert.equal(machine.csr('tselect'), index);
      assert.equal(machine.csr('tdata1'), type(15));
    }
    machine.setCsr('tselect', 4n);
    assert.equal(machine.csr('tselect'), 3n);
    assert.equal(machine.csr('tinfo'), 0x100_8078n);
  });

  it('keeps of tdata1 what its type has, and disables it where there is no such type', () => {
    const machine = new TestMachine();
    const written = (value: bigint): bigint => {
      machine.setCsr('tdata1', value);
      return machine.csr('tdata1');
    };
    assert.equal(written(type(2) | 0x7fn), type(15), 'mcontrol');
    assert.equal(written(type(6) | (every >> 4n)), type(6) | 0x1c0_005fn);
    assert.equal(written(type(6) | (5n << 16n) | match(9) | 0x41n), type(6) | (5n << 16n) | match(9) | 0x41n);
    assert.equal(written(type(3) | (every >> 4n)), type(3) | 0x7ff_ffc0n);
    assert.equal(written(type(5) | (every >> 4n)), type(5) | bit(58) | 0x1ac0n);
    assert.equal(written(0n), type(15));
  });
});
