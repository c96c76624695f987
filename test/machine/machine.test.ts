import assert from 'node:assert/strict';
import type { EngineName } from '../../src/hart/harts.ts';
import type { MachineConfiguration } from '../../src/machine/configuration.ts';
import { createMachine } from '../../src/machine/machine.ts';
import { InputLog } from '../../src/machine/input-log.ts';
import {
  clint,
  csrr,
  csrw,
  finish,
  li,
  loopForever,
  op,
  program,
  ramBase,
  start,
  store,
  uart,
  wfi,
  x,
} from './fixture.ts';

const csr = {
  mstatus: 0x300,
  mie: 0x304,
  mtvec: 0x305,
  mepc: 0x341,
  mcause: 0x342,
  time: 0xc01,
  mhartid: 0xf14,
};

for (const engine of ['reference', 'interpreter', 'translator'] as const) {
  describe(`machine/machine with engine ${engine}`, () => {
    it('ends with the code that the finisher gets, and stays ended', () => {
      const { machine } = bare(engine, [...finish(0x0007_3333), loopForever]);
      assert.deepEqual(machine.run({ budget: 100_000 }), { kind: 'exit', code: 7, by: 'finisher' });
      const steps = machine.steps;
      assert.deepEqual(machine.run({ budget: 10 }), { kind: 'exit', code: 7, by: 'finisher' });
      assert.equal(machine.steps, steps);
      assert.equal(steps, finish(0x0007_3333).length);
    });

    it('hands hart id and device tree to the first instruction', () => {
      const { machine } = bare(engine, [loopForever]);
      const state = machine.harts[0]?.state;
      const tree = Number(state?.getX(x.a1));
      assert.equal(state?.getX(x.a0), 0n);
      assert.deepEqual([...machine.board.physical.peek(tree, 4)], [0xd0, 0x0d, 0xfe, 0xed]);
    });

    it('stops after exactly the steps it was given', () => {
      const { machine } = bare(engine, [
        op('addi', { rd: 10, rs1: 10, imm: 1 }),
        op('jal', { rd: 0, imm: -4 }),
      ]);
      assert.deepEqual(machine.run({ budget: 1001 }), { kind: 'budget' });
      assert.deepEqual([machine.steps, machine.harts[0]?.state.getX(10)], [1001, 501n]);
      assert.deepEqual(machine.run({ until: 1001 }), { kind: 'budget' });
      machine.run({ until: 1003, budget: 100 });
      assert.equal(machine.steps, 1003);
    });

    it('sends bytes to its console', () => {
      const { machine, output } = bare(engine, [
        ...li(x.t0, uart),
        ...li(x.t1, 0x21),
        store('sb', x.t0, x.t1),
        ...finish(0x5555),
      ]);
      machine.run({ budget: 100_000 });
      assert.equal(output(), '!');
    });

    it('stops at a breakpoint, and passes it when it runs on', () => {
      const { machine } = bare(engine, [
        op('addi', { rd: 10, rs1: 10, imm: 1 }),
        op('jal', { rd: 0, imm: -4 }),
      ]);
      const pc = BigInt(ramBase) + 4n;
      machine.breakpoints.add('virtual', pc);
      for (const steps of [1, 3, 5]) {
        assert.deepEqual(machine.run({ budget: 100 }), { kind: 'breakpoint', hart: 0, pc });
        assert.equal(machine.steps, steps);
      }
    });

    it('stops at a breakpoint on its first instruction', () => {
      const { machine } = bare(engine, [loopForever]);
      machine.breakpoints.add('virtual', BigInt(ramBase));
      assert.equal(machine.run({ budget: 5 }).kind, 'breakpoint');
      assert.equal(machine.steps, 0);
    });

    it('lets time jump to the timer that a waiting hart has set, as one step', () => {
      const { machine } = bare(engine, sleeper(5000));
      assert.deepEqual(machine.run({ budget: 10_000 }), { kind: 'exit', code: 0, by: 'finisher' });
      assert.ok(machine.board.clock.ticks() >= 5000n && machine.board.clock.ticks() < 5010n);
      assert.equal(machine.steps, sleeper(5000).length + 1);
    });

    it('waits for input where no timer is set, and wakes by it', () => {
      const { machine } = bare(engine, echo);
      assert.deepEqual(machine.run({ budget: 100_000 }), { kind: 'idle' });
      assert.deepEqual(machine.run({ budget: 100_000 }), { kind: 'idle' });
      machine.input('uart0', Uint8Array.of(0x41));
      assert.deepEqual(machine.run({ budget: 100_000 }), { kind: 'exit', code: 0x41, by: 'finisher' });
    });

    it('has the same history for the same input, however it is run', () => {
      const { machine } = bare(engine, echo);
      machine.run({ budget: 100_000 });
      machine.input('uart0', Uint8Array.of(0x41));
      const end = machine.steps + 5;
      machine.run({ until: end });
      const hash = machine.hash();
      const input = InputLog.fromRecord(machine.inputLog.record());
      const again = bare(engine, echo, { input }).machine;
      while (again.steps < end) again.run({ budget: 1 });
      assert.equal(again.hash(), hash);
      machine.reset();
      assert.notEqual(machine.hash(), hash);
      machine.run({ until: end });
      assert.equal(machine.hash(), hash);
    });

    it('shows recorded input at its step, also to a hart that never waits', () => {
      const poll = [
        ...li(x.t0, uart),
        op('lbu', { rd: x.a0, rs1: x.t0, imm: 5 }),
        op('jal', { rd: 0, imm: -4 }),
      ];
      const input = new InputLog([{ step: 101, port: 'uart0', bytes: Uint8Array.of(1) }]);
      const { machine } = bare(engine, poll, { input });
      // Steps 1, 3, 5 … 101 and 103 read the line status.
      machine.run({ until: 102 });
      assert.equal(machine.harts[0]?.state.getX(x.a0), 0x60n);
      const again = bare(engine, poll, { input }).machine;
      again.run({ until: 200 });
      assert.equal(again.harts[0]?.state.getX(x.a0), 0x61n);
      machine.run({ until: 104 });
      assert.equal(machine.harts[0]?.state.getX(x.a0), 0x61n);
    });

    it('interrupts at the step at which the timer is due', () => {
      const handler = ramBase + 0x100;
      const words = [
        op('auipc', { rd: x.t0, imm: 0 }),
        op('addi', { rd: x.t0, rs1: x.t0, imm: 0x100 }),
        csrw(csr.mtvec, x.t0),
        ...li(x.t0, clint + 0x4000),
        ...li(x.t1, 50),
        store('sd', x.t0, x.t1),
        ...li(x.t1, 0x80),
        csrw(csr.mie, x.t1),
        op('csrrsi', { rd: 0, csr: csr.mstatus, zimm: 8 }),
        loopForever,
      ];
      const image = program(words, new Map([[handler, [loopForever]]]));
      const { machine } = start({ image, firmware: 'none', engine });
      const [hart] = machine.harts;
      machine.run({ until: 500 });
      assert.equal(hart?.state.trapsTaken, 0);
      assert.equal((hart?.csrs.peek('mip') ?? 0n) & 0x80n, 0x80n);
      machine.run({ until: 501 });
      assert.deepEqual([hart?.state.trapsTaken, hart?.state.pc], [1, BigInt(handler)]);
      const again = start({ image, firmware: 'none', engine }).machine;
      again.run({ until: 501 });
      assert.equal(again.hash(), machine.hash());
    });

    it('restores code that has changed since', () => {
      const change = [
        op('auipc', { rd: x.t0, imm: 0 }),
        ...li(x.t1, op('addi', { rd: x.a0, rs1: x.a0, imm: 1 })),
        op('addi', { rd: x.a0, rs1: x.a0, imm: 2 }),
        store('sw', x.t0, x.t1, 12),
        op('jal', { rd: 0, imm: -8 }),
      ];
      const { machine } = bare(engine, change);
      machine.run({ until: 3 });
      const saved = machine.save();
      machine.run({ until: 100 });
      machine.restore(saved);
      machine.run({ until: 4 });
      assert.equal(machine.harts[0]?.state.getX(x.a0), 2n);
    });

    it('goes on from what it saved as it did before', () => {
      const { machine } = bare(engine, sleeper(5000));
      machine.run({ budget: 6 });
      const saved = machine.save();
      const hash = machine.hash();
      machine.run({ budget: 100_000 });
      const end = machine.hash();
      machine.restore(saved);
      assert.equal(machine.hash(), hash);
      assert.deepEqual(machine.run({ budget: 100_000 }), { kind: 'exit', code: 0, by: 'finisher' });
      assert.equal(machine.hash(), end);
      const other = bare(engine, sleeper(5000)).machine;
      other.restore(saved);
      assert.equal(other.hash(), hash);
    });

    it('reboots when told to, with its steps going on', () => {
      const words = [
        ...li(x.s0, ramBase / 2),
        op('slli', { rd: x.s0, rs1: x.s0, imm: 1 }),
        ...li(x.s1, 7),
        store('sd', x.s0, x.s1, 0x400),
        ...finish(0x7777),
      ];
      const { machine } = bare(engine, words);
      assert.deepEqual(machine.run({ budget: words.length + 1 }), { kind: 'budget' });
      assert.equal(machine.steps, words.length + 1);
      assert.equal(machine.harts[0]?.state.pc, BigInt(ramBase) + 4n);
      assert.deepEqual([...machine.board.physical.peek(ramBase + 0x400, 1)], [0]);
      assert.equal(machine.board.clock.ticks(), 0n);
    });

    it('ends by a store to tohost, once that has retired', () => {
      const toHost = BigInt(ramBase) + 0x1000n;
      const words = [
        op('auipc', { rd: x.t0, imm: 0x1000 }),
        ...li(x.t1, (9 << 1) | 1),
        store('sd', x.t0, x.t1, 8),
        store('sd', x.t0, x.t1),
        loopForever,
      ];
      const { machine } = start({
        image: { ...program(words), htif: { toHost, fromHost: undefined } },
        firmware: 'none',
        engine,
      });
      machine.run({ budget: 2 });
      assert.deepEqual(machine.run({ budget: 1000 }), { kind: 'exit', code: 9, by: 'tohost' });
      assert.equal(machine.steps, 4);
    });

    it('stops at a trap that an observer asks for', () => {
      const { machine } = bare(engine, [op('ecall')]);
      const [hart] = machine.harts;
      if (hart) hart.onTrap = ({ trap }) => trap.code === 11;
      const stop = machine.run({ budget: 100 });
      assert.equal(stop.kind === 'trap' && stop.trap.pc, BigInt(ramBase));
      assert.equal(machine.steps, 1);
    });

    it('runs several harts in turn, the same way each time', () => {
      const words = [
        csrr(x.t2, csr.mhartid),
        ...li(x.t0, uart),
        op('addi', { rd: x.t1, rs1: x.t2, imm: 0x30 }),
        store('sb', x.t0, x.t1),
        ...li(x.s0, 700),
        op('addi', { rd: x.s0, rs1: x.s0, imm: -1 }),
        op('bne', { rs1: x.s0, rs2: 0, imm: -4 }),
        op('jal', { rd: 0, imm: -20 }),
      ];
      const several = { harts: 3 };
      const { machine, output } = bare(engine, words, several);
      machine.run({ until: 20_000 });
      assert.match(output(), /^012012/);
      const other = bare(engine, words, several).machine;
      for (let step = 0; step < 20_000; step += 1237) other.run({ until: step });
      other.run({ until: 20_000 });
      assert.equal(other.hash(), machine.hash());
    });
  });
}

describe('machine/machine', () => {
  it('says what is wrong with a configuration', () => {
    const image = program([loopForever]);
    const outside = { entry: 0x1000n, segments: [] };
    const far = { entry: image.entry, segments: [{ address: 0x9000_0000n, bytes: new Uint8Array(8) }] };
    assert.throws(() => createMachine({}), wrong('invalid-machine-image'));
    assert.throws(() => createMachine({ image: outside }), wrong('invalid-machine-image'));
    assert.throws(() => createMachine({ image: far }), wrong('invalid-machine-image'));
    assert.throws(() => createMachine({ image, ramBytes: 1 << 20 }), wrong('invalid-machine-memory'));
    assert.throws(() => createMachine({ image, ramBytes: 4096 * 2 ** 20 }), wrong('invalid-machine-memory'));
    assert.throws(() => createMachine({ image, harts: 9 }), wrong('invalid-machine-harts'));
    assert.throws(() => createMachine({ image, clockHertz: 15_000_000 }), wrong('invalid-machine-clock'));
  });

  it('refuses input for a console that is not there', () => {
    const { machine } = start({ image: program([loopForever]) });
    assert.throws(() => machine.input('uart7', Uint8Array.of(1)), { code: 'unknown-console' });
  });

  it('has up to 2 GiB of memory', () => {
    const { machine } = start({ image: program([loopForever]), ramBytes: (2048 << 20) >>> 0 });
    machine.run({ budget: 10 });
    assert.equal(machine.board.physical.poke(0xffff_fff8, new Uint8Array(8)), 8);
  });
});

function bare(engine: EngineName, words: readonly number[], more: Partial<MachineConfiguration> = {}) {
  return start({ image: program(words), firmware: 'none', engine, ...more });
}

const wrong = (code: string) => ({ code, blame: 'user' });

/** Sets mtimecmp, waits for it with interrupts off, and ends. */
function sleeper(ticks: number): number[] {
  return [
    ...li(x.t0, clint + 0x4000),
    ...li(x.t1, ticks),
    store('sd', x.t0, x.t1),
    ...li(x.t1, 0x80),
    csrw(csr.mie, x.t1),
    wfi,
    ...finish(0x5555),
  ];
}

/** Waits for a byte by the PLIC's interrupt line, then fails with that byte as its code. */
const echo = [
  ...li(x.t0, 0x0c00_0028), // priority of source 10
  ...li(x.t1, 1),
  store('sw', x.t0, x.t1),
  ...li(x.t0, 0x0c00_2000), // enables of M mode
  ...li(x.t1, 1 << 10),
  store('sw', x.t0, x.t1),
  ...li(x.t0, uart),
  ...li(x.t1, 1),
  store('sb', x.t0, x.t1, 1),
  op('slli', { rd: x.t1, rs1: x.t1, imm: 11 }),
  csrw(csr.mie, x.t1),
  wfi,
  op('lbu', { rd: x.s0, rs1: x.t0, imm: 0 }),
  op('slli', { rd: x.s0, rs1: x.s0, imm: 16 }),
  ...li(x.t1, 0x3333),
  op('or', { rd: x.t1, rs1: x.t1, rs2: x.s0 }),
  ...li(x.t0, 0x10_0000),
  store('sw', x.t0, x.t1),
  loopForever,
];
