import assert from 'node:assert/strict';
import {
  hartMode,
  machineMode,
  supervisorMode,
  virtualSupervisorMode,
  type HartMode,
} from '../../../src/hart/hart-mode.ts';
import { exceptionCode, interruptCode } from '../../../src/hart/trap.ts';
import { defaultIsa, isaOf } from '../../../src/isa/configuration/isa.ts';
import { atp, every, flags, op, ramBase, TestMachine } from '../fixture.ts';

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
/** Compare what is loaded, stored or executed, and make a chain with the next trigger. */
const data = bit(21);
const chain = bit(11);
const match = (number: number): bigint => BigInt(number) << 7n;
const handler = ramBase + 0x1000;
const loop = BigInt(ramBase + 0x100);
const place = BigInt(ramBase + 0x2_0000);

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
    /** hit1 and hit0 of each. */
    const hitFields = (): bigint[] =>
      [0n, 1n, 2n, 3n].map((index) => {
        machine.setCsr('tselect', index);
        const tdata1 = machine.csr('tdata1');
        return (((tdata1 >> 25n) & 1n) << 1n) | ((tdata1 >> 22n) & 1n);
      });
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
      machine.setX({ 2: place });
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
        arm(type(6) | everywhere | access, place + offset);
        machine.hart.run(100);
        assert.equal(cause(), exceptionCode.breakpoint);
        assert.equal(machine.csr('mepc'), loop + pc);
        assert.equal(machine.csr('mtval'), place + 8n);
        assert.equal(machine.read(Number(place) + 8), access === on.store ? 100n : 101n);
      });
    }

    it('lets a loop run on whose accesses only share a page with it, to the same end', () => {
      counting();
      arm(type(6) | everywhere | on.load | on.store, place + 0x800n);
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
      [4, 'the low half under a mask', 0xffff_0000_0100n, 0xffff_0000_0104n],
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
        machine.setX({ 2: place });
        machine.enter(supervisorMode);
        arm(type(6) | everywhere | on.load | (3n << 16n), place);
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

    it('counts a trap as an instruction, be it an interrupt or a breakpoint of another trigger', () => {
      machine.setCsr('mie', bit(interruptCode.machineSoftware));
      machine.hart.setInterruptLine(interruptCode.machineSoftware, 1);
      counting();
      arm(type(3) | bit(7) | (10n << 10n));
      machine.step();
      assert.equal(machine.csr('mcause'), bit(63) | BigInt(interruptCode.machineSoftware));
      assert.equal((machine.csr('tdata1') >> 10n) & 0x3fffn, 9n);
      machine.hart.setInterruptLine(interruptCode.machineSoftware, 0);
      counting();
      arm(type(6) | everywhere | on.execute, loop, 1);
      machine.step();
      assert.equal(cause(), exceptionCode.breakpoint);
      machine.setCsr('tselect', 0n);
      assert.equal((machine.csr('tdata1') >> 10n) & 0x3fffn, 8n);
    });

    it('does not count the instruction that writes the count', () => {
      machine.setCsr('tcontrol', bit(3));
      arm(type(3) | bit(9) | (500n << 10n));
      machine.setX({ 1: type(3) | bit(9) | (100n << 10n) });
      machine.program([op('csrrw', { rs1: 1, csr: 0x7a1 }), op('addi', { rd: 2, imm: 1 })]);
      machine.enter(machineMode);
      machine.step();
      assert.equal((machine.csr('tdata1') >> 10n) & 0x3fffn, 100n);
      machine.step();
      assert.equal((machine.csr('tdata1') >> 10n) & 0x3fffn, 99n);
    });

    it('tells every trigger that fires at once', () => {
      counting();
      arm(type(6) | everywhere | on.execute, loop, 0);
      arm(type(6) | everywhere | on.execute | match(2), loop, 1);
      arm(type(6) | everywhere | on.execute, loop + 4n, 2);
      machine.step();
      assert.equal(cause(), exceptionCode.breakpoint);
      assert.deepEqual(hitFields(), [1n, 1n, 0n, 0n]);
    });

    it('takes instructions on cache blocks for stores without size, to all of their addresses', () => {
      for (const mnemonic of ['cbo.clean', 'cbo.inval', 'cbo.flush', 'cbo.zero']) {
        for (const [access, offset, traps] of [
          [on.store, 63n, 1],
          [on.store, 64n, 0],
          [on.load, 0n, 0],
          [on.store | (5n << 16n), 0n, 0],
        ] as const) {
          machine.setCsr('menvcfg', 0xf0n);
          machine.program([op(mnemonic, { rs1: 2 })]);
          machine.setX({ 2: place + 8n });
          machine.enter(supervisorMode);
          arm(type(6) | everywhere | access, place + offset);
          const before = machine.state.trapsTaken;
          machine.step();
          assert.equal(machine.state.trapsTaken - before, traps, `${mnemonic} ${offset}`);
          if (traps === 1) assert.deepEqual([cause(), machine.csr('mtval')], [3, place + 8n]);
        }
      }
    });

    it('takes every atomic operation for a load and a store', () => {
      for (const [mnemonic, size] of [
        ['amoadd.d', 5n],
        ['amocas.w', 3n],
        ['amocas.d', 5n],
        ['amocas.q', 6n],
      ] as const) {
        for (const access of [on.load, on.store]) {
          machine.program([op(mnemonic, { rd: 6, rs1: 2, rs2: 4 })]);
          machine.setX({ 2: place, 4: 1n, 6: 0n });
          machine.enter(supervisorMode);
          arm(type(6) | everywhere | access | (size << 16n), place);
          machine.step();
          assert.deepEqual([cause(), machine.csr('mtval')], [3, place], mnemonic);
          assert.equal(machine.read(Number(place)), 0n);
          machine.setCsr('mcause', 0n);
        }
      }
    });

    it('says that the address is a guest’s where an access for a guest fires', () => {
      for (const mode of [supervisorMode, machineMode]) {
        machine.setCsr('tcontrol', bit(3));
        machine.program([op('hlv.d', { rd: 3, rs1: 2 })]);
        machine.setX({ 2: place });
        machine.enter(mode);
        arm(type(6) | everywhere | on.load, place);
        machine.step();
        assert.equal(machine.csr('mtval'), place);
        assert.equal((machine.csr('mstatus') >> 38n) & 1n, 1n);
      }
    });

    it('knows an interrupt by the number that its handler sees', () => {
      machine.setCsr('hideleg', bit(interruptCode.virtualSupervisorSoftware));
      machine.setCsr('hvip', bit(interruptCode.virtualSupervisorSoftware));
      machine.setCsr('mie', bit(interruptCode.virtualSupervisorSoftware));
      machine.setCsr('vstvec', loop);
      for (const [number, traps] of [
        [interruptCode.supervisorSoftware, 2],
        [interruptCode.virtualSupervisorSoftware, 1],
      ] as const) {
        counting();
        arm(type(4) | bit(11), bit(number));
        machine.enter(hartMode(0, true));
        const before = machine.state.trapsTaken;
        machine.hart.run(2);
        assert.equal(machine.csr('vscause'), bit(63) | BigInt(interruptCode.supervisorSoftware));
        assert.equal(machine.state.trapsTaken - before, traps);
      }
    });

    it('fires at the first instruction of a handler before any interrupt', () => {
      machine.setCsr('medeleg', bit(exceptionCode.ecallFromU));
      machine.setCsr('stvec', loop);
      machine.setCsr('mie', bit(interruptCode.machineSoftware));
      machine.program([op('ecall')]);
      arm(type(5) | bit(6), bit(exceptionCode.ecallFromU));
      machine.enter(hartMode(0, false));
      machine.step();
      machine.hart.setInterruptLine(interruptCode.machineSoftware, 1);
      machine.step();
      assert.deepEqual([cause(), machine.csr('mepc')], [exceptionCode.breakpoint, loop]);
    });

    it('does not fire for traps that hosted firmware handles', () => {
      machine.hosted.machine = true;
      counting();
      machine.program([op('ecall')]);
      arm(type(5) | bit(7), bit(exceptionCode.ecallFromS));
      machine.enter(supervisorMode);
      assert.equal(machine.hart.run(5).kind, 'hosted');
      machine.setCsr('mepc', loop);
      machine.hart.returnFromMachine();
      assert.equal(machine.hart.run(8).kind, 'budget');
      assert.equal(machine.csr('tdata1') & bit(58), 0n);
    });

    it('fires before what would be stored, and after what was loaded', () => {
      for (const [access, size, value, epc, hit] of [
        [on.store, 5n, 100n, loop + 4n, 1n],
        [on.load, 5n, 100n, loop + 12n, 3n],
      ] as const) {
        counting();
        machine.setX({ 1: 0n });
        arm(type(6) | everywhere | data | access | (size << 16n), value);
        machine.hart.run(1000);
        assert.deepEqual([cause(), machine.csr('mepc'), machine.csr('mtval')], [3, epc, place + 8n]);
        assert.equal(machine.read(Number(place) + 8), access === on.store ? 99n : 100n);
        assert.equal(machine.state.getX(3), access === on.store ? 99n : 100n);
        assert.deepEqual(hitFields()[0], hit);
      }
    });

    it('compares no more bits than are stored', () => {
      for (const [compare, traps] of [
        [0xffff_1234n, 1],
        [0xffff_1235n, 0],
      ] as const) {
        machine.program([op('sh', { rs1: 2, rs2: 3 })]);
        machine.setX({ 2: place, 3: 0x5_1234n });
        machine.enter(supervisorMode);
        arm(type(6) | everywhere | data | on.store, compare);
        const before = machine.state.trapsTaken;
        machine.step();
        assert.equal(machine.state.trapsTaken - before, traps);
      }
    });

    it('fires before an instruction by its word', () => {
      counting();
      machine.hart.run(100);
      arm(
        type(6) | everywhere | data | on.execute | (3n << 16n),
        BigInt(op('ld', { rd: 3, rs1: 2, imm: 8 })),
      );
      machine.hart.run(10);
      assert.deepEqual([cause(), machine.csr('mepc'), machine.csr('mtval')], [3, loop + 8n, loop + 8n]);
      arm(
        type(6) | everywhere | data | on.execute | (2n << 16n),
        BigInt(op('ld', { rd: 3, rs1: 2, imm: 8 })),
      );
      counting();
      const before = machine.state.trapsTaken;
      machine.hart.run(10);
      assert.equal(machine.state.trapsTaken, before, 'of 16 bits');
    });

    it('fires a chain where one instruction matches all of it', () => {
      counting();
      machine.setX({ 1: 0n });
      arm(type(6) | everywhere | data | chain | on.store, 70n, 1);
      arm(type(6) | everywhere | on.store | on.execute, place + 8n, 2);
      machine.hart.run(1000);
      assert.deepEqual([cause(), machine.csr('mepc'), machine.csr('mtval')], [3, loop + 4n, place + 8n]);
      assert.equal(machine.state.getX(1), 70n);
      assert.deepEqual(hitFields(), [0n, 1n, 1n, 0n]);
    });

    it('fires no chain of which instructions match parts, or some part never can', () => {
      for (const [first, second] of [
        [type(6) | everywhere | chain | on.execute, type(6) | everywhere | on.store],
        [type(6) | chain | on.execute, type(6) | everywhere | on.execute],
        [type(6) | everywhere | chain | on.execute, type(5) | bit(7)],
      ] as const) {
        counting();
        arm(first, loop, 0);
        arm(second, second === (type(6) | everywhere | on.store) ? place + 8n : loop, 1);
        const before = machine.state.trapsTaken;
        machine.hart.run(40);
        assert.equal(machine.state.trapsTaken, before);
      }
    });

    it('is on only in the address space and the machine that textra64 names', () => {
      const root = machine.table();
      machine.map(root, loop & ~0xfffn, Number(loop & ~0xfffn), flags.rwx);
      machine.map(root, place, Number(place), flags.rwx);
      machine.setCsr('hgatp', 5n << 44n);
      for (const [mode, extra, traps] of [
        [supervisorMode, (7n << 2n) | 2n, 1],
        [supervisorMode, (6n << 2n) | 2n, 0],
        [virtualSupervisorMode, (6n << 2n) | 2n, 1],
        [virtualSupervisorMode, (7n << 2n) | 2n, 0],
        [virtualSupervisorMode, (2n << 51n) | (6n << 48n), 1],
        [virtualSupervisorMode, (2n << 51n) | (2n << 48n), 0],
      ] as const) {
        machine.setCsr('satp', atp(root, { id: 7n }));
        machine.setCsr('vsatp', atp(root, { id: 6n }));
        arm(type(6) | everywhere | on.execute, loop);
        machine.setCsr('tdata3', extra);
        assert.equal(machine.csr('tdata3'), extra);
        counting(mode);
        const before = machine.state.trapsTaken;
        machine.hart.run(4);
        assert.equal(machine.state.trapsTaken - before, traps, extra.toString(16));
      }
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
    assert.equal(written(type(6) | (every >> 4n)), type(6) | 0x3e0_085fn);
    assert.equal(written(type(6) | (6n << 16n) | 3n), type(6) | (6n << 16n) | 3n, '16 bytes');
    assert.equal(written(type(6) | (3n << 16n) | on.execute), type(6) | on.execute, 'of no size');
    assert.equal(
      written(type(6) | data | (3n << 16n) | on.execute),
      type(6) | data | (3n << 16n) | on.execute,
    );
    assert.equal(written(type(6) | data | (6n << 16n) | on.store), type(6) | data | on.store);
    machine.setCsr('tselect', 3n);
    assert.equal(written(type(6) | chain | on.load), type(6) | on.load, 'no trigger after the last');
    machine.setCsr('tselect', 0n);
    assert.equal(written(type(6) | (5n << 16n) | match(9) | 0x41n), type(6) | (5n << 16n) | match(9) | 0x41n);
    assert.equal(written(type(3) | (every >> 4n)), type(3) | 0x7ff_ffc0n);
    assert.equal(written(type(5) | (every >> 4n)), type(5) | bit(58) | 0x1ac0n);
    assert.equal(written(0n), type(15));
  });

  it('matches ranges of 2^63 bytes at most', () => {
    const machine = new TestMachine();
    machine.setCsr('tdata1', 0n);
    machine.setCsr('tdata2', every);
    assert.equal(machine.csr('tdata2'), every);
    machine.setCsr('tdata1', type(6) | match(1) | on.load);
    assert.equal(machine.csr('tdata1'), type(6) | on.load, 'tdata2 stays as it is');
    machine.setCsr('tdata2', 0n);
    machine.setCsr('tdata1', type(6) | match(1) | on.load);
    assert.equal(machine.csr('tdata1'), type(6) | match(1) | on.load);
    machine.setCsr('tdata2', every);
    assert.equal(machine.csr('tdata2'), every & ~bit(62));
  });

  it('keeps of tdata3 what can be compared with', () => {
    const machine = new TestMachine();
    machine.setCsr('tdata3', every);
    assert.equal(machine.csr('tdata3'), (0x1fffn << 51n) | (0xffffn << 2n));
    machine.setCsr('tdata3', (4n << 48n) | 1n);
    assert.equal(machine.csr('tdata3'), 0n);
  });

  it('knows no guests where there is no hypervisor extension', () => {
    const isa = isaOf(defaultIsa.names.filter((name) => name !== 'H'));
    const machine = new TestMachine('reference', { isa });
    for (const [number, modes] of [
      [3, bit(25, 26)],
      [4, bit(11, 12)],
      [5, bit(11, 12)],
      [6, bit(23, 24)],
    ] as const) {
      machine.setCsr('tdata1', type(number) | (every >> 4n));
      assert.equal(machine.csr('tdata1') >> 60n, BigInt(number));
      assert.equal(machine.csr('tdata1') & modes, 0n);
    }
    machine.setCsr('tdata3', every);
    assert.equal(machine.csr('tdata3'), 0xffffn << 2n);
  });
});
