import assert from 'node:assert/strict';
import { csrr, csrw, li, loopForever, op, program, ramBase, sbi, start, wfi, x } from '../fixture.ts';

const csr = {
  sstatus: 0x100,
  sie: 0x104,
  stvec: 0x105,
  sepc: 0x141,
  scause: 0x142,
  stval: 0x143,
  sip: 0x144,
  scountovf: 0xda0,
};
const extension = {
  base: 0x10,
  time: 0x5449_4d45,
  ipi: 0x73_5049,
  hsm: 0x48_534d,
  srst: 0x5352_5354,
  susp: 0x5355_5350,
  pmu: 0x50_4d55,
};
const shutdown = sbi(extension.srst, 0, 0, 0);

describe('machine/firmware/builtin-firmware', () => {
  it('enters S mode at the entry, set up as OpenSBI does it', () => {
    const { machine } = start({ image: program([loopForever]) });
    const [hart] = machine.harts;
    assert.ok(hart);
    assert.deepEqual([hart.state.privilege, hart.state.virtual, hart.state.pc], [1, false, BigInt(ramBase)]);
    const value = (name: string): string => hart.csrs.peek(name).toString(16);
    // What OpenSBI 1.1 prints at its start on QEMU's board, but for guest external interrupts: GEILEN is 0 here.
    assert.deepEqual([value('medeleg'), value('mideleg')], ['f0b509', '2666']);
    assert.deepEqual([value('mcounteren'), value('scounteren'), value('mcountinhibit')], ['7f', '7', '78']);
    assert.equal(hart.csrs.peek('menvcfg') >> 63n, 1n);
    assert.equal(hart.trapRecords.list().length, 0);
  });

  it('answers calls and returns after them, changing a0 and a1 alone', () => {
    const { machine } = start({ image: program([...sbi(extension.base, 0), loopForever]) });
    const state = machine.harts[0]?.state;
    machine.run({ budget: sbi(extension.base, 0).length });
    assert.deepEqual([state?.getX(x.a0), state?.getX(x.a1)], [0n, 0x0300_0000n]);
    assert.deepEqual([state?.privilege, state?.pc], [1, BigInt(ramBase + 4 * sbi(extension.base, 0).length)]);
    assert.deepEqual([state?.getX(x.a6), state?.getX(x.a7)], [0n, 0x10n]);
  });

  it('shuts down with success, or failure where the reason is one', () => {
    const { machine } = start({ image: program(shutdown) });
    assert.deepEqual(machine.run({ budget: 100 }), { kind: 'exit', code: 0, by: 'sbi-srst' });
    const failed = start({ image: program(sbi(extension.srst, 0, 0, 1)) }).machine;
    assert.deepEqual(failed.run({ budget: 100 }), { kind: 'exit', code: 1, by: 'sbi-srst' });
  });

  it('reboots', () => {
    const words = sbi(extension.srst, 0, 1, 0);
    const { machine } = start({ image: program(words) });
    machine.run({ budget: words.length });
    assert.deepEqual(machine.run({ budget: 1 }), { kind: 'budget' });
    assert.equal(machine.harts[0]?.state.pc, BigInt(ramBase) + 4n);
    assert.equal(machine.steps, words.length + 1);
  });

  it('writes the legacy console and reads it', () => {
    const words = [...sbi(1, 0, 0x68), ...sbi(2, 0), ...sbi(1, 0, 0x69), ...sbi(2, 0), loopForever];
    const { machine, output } = start({ image: program(words) });
    machine.input('uart0', Uint8Array.of(0x7a));
    machine.run({ budget: sbi(1, 0, 0x68).length + sbi(2, 0).length });
    assert.equal(machine.harts[0]?.state.getX(x.a0), 0x7an);
    machine.run({ budget: 50 });
    assert.equal(machine.harts[0]?.state.getX(x.a0), 0xffff_ffff_ffff_ffffn);
    assert.equal(output(), 'hi');
  });

  it('sets the timer: a waiting hart is interrupted when it is due', () => {
    const handler = ramBase + 0x100;
    const words = [
      op('auipc', { rd: x.t0, imm: 0 }),
      op('addi', { rd: x.t0, rs1: x.t0, imm: 0x100 }),
      csrw(csr.stvec, x.t0),
      ...sbi(extension.time, 0, 2000),
      ...li(x.t0, 0x20),
      csrw(csr.sie, x.t0),
      op('csrrsi', { rd: 0, csr: csr.sstatus, zimm: 2 }),
      wfi,
      loopForever,
    ];
    const { machine } = start({
      image: program(words, new Map([[handler, [csrr(x.s0, csr.scause), ...shutdown]]])),
    });
    assert.equal(machine.run({ budget: 1000 }).kind, 'exit');
    assert.equal(machine.harts[0]?.state.getX(x.s0), 0x8000_0000_0000_0005n);
    assert.ok(machine.board.clock.ticks() >= 2000n && machine.board.clock.ticks() < 2010n);
  });

  it('starts a stopped hart, which interrupts back', () => {
    const second = ramBase + 0x200;
    const words = [
      ...sbi(extension.hsm, 0, 1, 0, 77).slice(0, -4),
      op('auipc', { rd: x.a1, imm: 0 }),
      op('addi', { rd: x.a1, rs1: x.a1, imm: 0x200 - 4 * (sbi(extension.hsm, 0, 1, 0, 77).length - 4) }),
      ...sbi(extension.hsm, 0),
      ...li(x.t0, 2),
      csrw(csr.sie, x.t0),
      wfi,
      csrr(x.s0, csr.sip),
      ...shutdown,
    ];
    const other = [
      op('addi', { rd: x.s1, rs1: x.a1, imm: 0 }),
      ...sbi(extension.ipi, 0, 1, 0),
      ...sbi(extension.hsm, 1),
    ];
    const { machine } = start({ image: program(words, new Map([[second, other]])), harts: 2 });
    assert.equal(machine.firmware?.isStarted(1), false);
    assert.equal(machine.run({ budget: 10_000 }).kind, 'exit');
    const [first, started] = machine.harts;
    assert.equal(started?.state.getX(x.s1), 77n);
    assert.equal((first?.state.getX(x.s0) ?? 0n) & 2n, 2n);
    assert.equal(machine.firmware?.isStarted(1), false, 'it stopped itself');
  });

  it('suspends a hart until an interrupt is pending, and resumes it where it asks', () => {
    const resume = ramBase + 0x200;
    const prefix = [...sbi(extension.time, 0, 3000), ...li(x.t0, 0x20), csrw(csr.sie, x.t0)];
    const words = [
      ...prefix,
      op('auipc', { rd: x.a1, imm: 0 }),
      op('addi', { rd: x.a1, rs1: x.a1, imm: 0x200 - 4 * prefix.length }),
      ...li(x.a0, -0x8000_0000),
      ...li(x.a2, 55),
      ...sbi(extension.hsm, 3),
      loopForever,
    ];
    const there = [op('addi', { rd: x.s1, rs1: x.a1, imm: 0 }), ...shutdown];
    const { machine } = start({ image: program(words, new Map([[resume, there]])) });
    assert.equal(machine.run({ budget: 1000 }).kind, 'exit');
    assert.equal(machine.harts[0]?.state.getX(x.s1), 55n);
    assert.ok(machine.board.clock.ticks() >= 3000n);
  });

  it('is one stage of the step of its trap: a stop before it has a position of its own', () => {
    const words = [...sbi(extension.base, 0), loopForever];
    const { machine } = start({ image: program(words) });
    const [hart] = machine.harts;
    assert.ok(hart);
    hart.onTrap = () => true;
    assert.equal(machine.run({ budget: 100 }).kind, 'trap');
    const position = machine.position;
    assert.deepEqual(position, { step: 3, stage: 0 });
    assert.deepEqual(machine.stage, { hart: 0, level: 'machine', name: 'firmware', index: 0 });
    assert.deepEqual([hart.state.privilege, hart.csrs.peek('mcause')], [3, 9n]);
    const pc = hart.state.pc;
    hart.onTrap = undefined;
    assert.equal(machine.run({ budget: 0 }).kind, 'budget');
    assert.deepEqual([machine.position, hart.state.privilege], [{ step: 3 }, 1]);
    machine.reset();
    const stopBeforeStage = () => machine.steps === position.step;
    assert.equal(machine.run({ until: position.step, stopBeforeStage }).kind, 'stage');
    assert.deepEqual([machine.position, hart.state.pc], [position, pc]);
  });

  it('lets a counter of cycles interrupt the supervisor when it overflows (PMU, Sscofpmf)', () => {
    const handler = ramBase + 0x100;
    const words = [
      op('auipc', { rd: x.t0, imm: 0 }),
      op('addi', { rd: x.t0, rs1: x.t0, imm: 0x100 }),
      csrw(csr.stvec, x.t0),
      ...sbi(extension.pmu, 2, 0, 1, 0, 1, 0),
      ...sbi(extension.pmu, 3, 0, 1, 1, -300),
      ...li(x.t0, 0x2000),
      csrw(csr.sie, x.t0),
      op('csrrsi', { rd: 0, csr: csr.sstatus, zimm: 2 }),
      loopForever,
    ];
    const there = [csrr(x.s0, csr.scause), csrr(x.s1, csr.scountovf), ...shutdown];
    const { machine } = start({ image: program(words, new Map([[handler, there]])) });
    assert.equal(machine.run({ budget: 1000 }).kind, 'exit');
    const state = machine.harts[0]?.state;
    assert.deepEqual([state?.getX(x.s0), state?.getX(x.s1)], [0x8000_0000_0000_000dn, 8n]);
    assert.ok(machine.steps > 300 && machine.steps < 360, `${machine.steps} steps`);
  });

  it('counts calls for the hart that makes them, also across a snapshot', () => {
    const words = [
      ...sbi(extension.pmu, 2, 0, 0x40, 4, 0xf_0005, 0),
      ...sbi(extension.time, 0, 2000),
      ...sbi(extension.time, 0, 3000),
      ...sbi(extension.pmu, 5, 6),
      loopForever,
    ];
    const { machine } = start({ image: program(words) });
    machine.run({ budget: words.length - 6 });
    const saved = machine.save();
    const hash = machine.hash();
    for (const again of [false, true]) {
      if (again) machine.restore(saved);
      assert.equal(machine.hash(), hash);
      machine.run({ budget: 6 });
      const state = machine.harts[0]?.state;
      assert.deepEqual([state?.getX(x.a0), state?.getX(x.a1)], [0n, 2n]);
    }
  });

  it('lets the system sleep until an interrupt is pending, and resumes it where it asks (SUSP)', () => {
    const resume = ramBase + 0x200;
    const prefix = [...sbi(extension.time, 0, 3000), ...li(x.t0, 0x20), csrw(csr.sie, x.t0)];
    const words = [
      ...prefix,
      op('auipc', { rd: x.a1, imm: 0 }),
      op('addi', { rd: x.a1, rs1: x.a1, imm: 0x200 - 4 * prefix.length }),
      ...li(x.a0, 0),
      ...li(x.a2, 55),
      ...sbi(extension.susp, 0),
      loopForever,
    ];
    const there = [op('addi', { rd: x.s1, rs1: x.a1, imm: 0 }), ...shutdown];
    const { machine } = start({ image: program(words, new Map([[resume, there]])), harts: 2 });
    assert.equal(machine.run({ budget: 1000 }).kind, 'exit');
    assert.equal(machine.harts[0]?.state.getX(x.s1), 55n);
    assert.ok(machine.board.clock.ticks() >= 3000n);
  });

  it("makes the supervisor's own trap of an exception that it does not delegate", () => {
    const handler = ramBase + 0x100;
    const words = [
      op('auipc', { rd: x.t0, imm: 0 }),
      op('addi', { rd: x.t0, rs1: x.t0, imm: 0x100 }),
      csrw(csr.stvec, x.t0),
      op('csrrsi', { rd: 0, csr: csr.sstatus, zimm: 2 }),
      0xffff_ffff,
    ];
    const there = [
      csrr(x.s0, csr.scause),
      csrr(x.s1, csr.sepc),
      csrr(x.a2, csr.stval),
      csrr(x.t2, csr.sstatus),
      ...shutdown,
    ];
    const { machine } = start({ image: program(words, new Map([[handler, there]])) });
    assert.equal(machine.run({ budget: 100 }).kind, 'exit');
    const state = machine.harts[0]?.state;
    assert.deepEqual(
      [state?.getX(x.s0), state?.getX(x.s1), state?.getX(x.a2)],
      [2n, BigInt(ramBase) + 16n, 0xffff_ffffn],
    );
    // SPP = S, SPIE = 1, SIE = 0.
    assert.equal((state?.getX(x.t2) ?? 0n) & 0x122n, 0x120n);
  });
});
