import assert from 'node:assert/strict';
import type { TranslationPolicy } from '../../../src/hart/translator/translation-policy.ts';
import { interruptCode } from '../../../src/hart/trap.ts';
import { TinyGuest } from '../../vmm/tiny-guest.ts';
import { Random } from '../engine/differential/random.ts';
import { op, ramBase, ramSize, TestMachine } from '../fixture.ts';

/** Soon enough for programs of a few thousand steps. */
const soon: TranslationPolicy = { interval: 128, pageHeat: 500, loopHeat: 20, changeHeat: 50, capacity: 8 };
const data = ramBase + 0x10_0000;

describe('hart/translator', () => {
  it('does what the reference does, stop by stop, before code is translated, while it is, and after', () => {
    const pair = new Pair(mixedLoops());
    pair.runRandomly(60_000);
    const { translations, functions } = pair.translation;
    assert.ok(translations > 0 && functions > 0);
    assert.ok(pair.interpreted < 30_000, `${pair.interpreted} of 60,000 were interpreted`);
  });

  it('goes on in translated code where a stop met a loop that calls return into', () => {
    const guest = new TinyGuest()
      .li('t0', ramBase + 0x1000)
      .li('s3', 15)
      .li('s4', 50)
      .la('s5', 'start')
      .label('start')
      .li('s2', 0)
      .label('again')
      .op('addi', { rd: 's2', rs1: 's2', imm: 1 })
      .op('and', { rd: 't1', rs1: 's2', rs2: 's3' })
      .branch('bne', 't1', 'zero', 'next')
      .op('jalr', { rd: 'ra', rs1: 't0' })
      .op('addi', { rd: 'a1', rs1: 'a1', imm: 1 })
      .label('next')
      .op('add', { rd: 'a0', rs1: 'a0', rs2: 's2' })
      .op('xor', { rd: 'a1', rs1: 'a1', rs2: 'a0' })
      .branch('bne', 's2', 's4', 'again')
      .op('jalr', { rd: 'zero', rs1: 's5' });
    const pair = new Pair(guest);
    const leaf = new TinyGuest().op('jalr', { rd: 'zero', rs1: 'ra' });
    for (const { physical } of pair.machines) physical.poke(ramBase + 0x1000, leaf.bytes());
    pair.run(20_000);
    const before = pair.interpreted;
    for (let count = 0; count < 400; count++) pair.run(50);
    const share = (pair.interpreted - before) / 20_000;
    assert.ok(share < 0.4, `${share} of it was interpreted`);
  });

  it('translates a page once the interpreter did as much in it as it takes, whatever else ran meanwhile', () => {
    const guest = new TinyGuest()
      .li('t0', ramBase + 0x1000)
      .li('s2', 40)
      .label('calls')
      .op('jalr', { rd: 'ra', rs1: 't0' })
      .op('addi', { rd: 's2', rs1: 's2', imm: -1 })
      .branch('bne', 's2', 'zero', 'calls')
      .label('rest')
      .jump('rest');
    // Far from as hot as it takes to be met by sampling.
    const leaf = new TinyGuest();
    for (let count = 0; count < 40; count++) leaf.op('addi', { rd: 'a0', rs1: 'a0', imm: count });
    leaf.op('jalr', { rd: 'zero', rs1: 'ra' });
    const policy = { ...soon, interval: 1 << 20 };
    const machine = new TestMachine('translator', { policy });
    machine.physical.poke(ramBase, guest.bytes());
    machine.physical.poke(ramBase + 0x1000, leaf.bytes());
    machine.hart.run(42 * 11);
    assert.equal(machine.translation()?.translations, 0);
    machine.hart.run(42 * 3);
    assert.equal(machine.translation()?.translations, 1);
  });

  it('extends by pairs of shifts, and keeps what the first one gave where that is used', () => {
    const guest = new TinyGuest().li('a0', 0x1234_5678_9abc_def1n).label('again');
    for (const second of ['srli', 'srai'] as const) {
      for (const imm of [16, 32, 40, 48, 56]) {
        guest
          .op('slli', { rd: 'a1', rs1: 'a0', imm })
          .op(second, { rd: 'a1', rs1: 'a1', imm })
          .op('add', { rd: 'a2', rs1: 'a2', rs2: 'a1' })
          .op('slli', { rd: 'a0', rs1: 'a0', imm })
          .op(second, { rd: 'a3', rs1: 'a0', imm })
          .op('xor', { rd: 'a2', rs1: 'a2', rs2: 'a3' })
          .op('slli', { rd: 'a4', rs1: 'a2', imm })
          .op(second, { rd: 'a4', rs1: 'a4', imm: imm - 8 })
          .op('xor', { rd: 'a0', rs1: 'a2', rs2: 'a4' });
      }
    }
    const pair = new Pair(guest.op('addi', { rd: 'a0', rs1: 'a0', imm: 1234 }).jump('again'));
    pair.runRandomly(20_000);
    assert.ok(pair.translation.translations > 0);
  });

  it('stores and loads a frame wherever it lies, in one page or in two, aligned or not', () => {
    for (const step of [8, 24, 6]) {
      const guest = new TinyGuest()
        .li('s1', data + 0x2000)
        .label('restart')
        .li('sp', data + 0xf00)
        .label('again')
        .op('sd', { rs1: 'sp', rs2: 'a0', imm: 0 })
        .op('sw', { rs1: 'sp', rs2: 'a1', imm: 28 })
        .op('addi', { rd: 'a0', rs1: 'a0', imm: 3 })
        .op('sd', { rs1: 'sp', rs2: 'a1', imm: -40 })
        .op('ld', { rd: 'a1', rs1: 'sp', imm: 8 })
        .op('lhu', { rd: 'a2', rs1: 'sp', imm: 2 })
        .op('add', { rd: 'a1', rs1: 'a1', rs2: 'a2' })
        .op('ld', { rd: 'a3', rs1: 'sp', imm: -40 })
        .op('xor', { rd: 'a0', rs1: 'a0', rs2: 'a3' })
        .op('addi', { rd: 'sp', rs1: 'sp', imm: step })
        .branch('bltu', 'sp', 's1', 'again')
        .jump('restart');
      const pair = new Pair(guest);
      pair.runRandomly(15_000);
      assert.ok(pair.translation.translations > 0);
    }
  });

  it('faults at the one access of several that it has to, and at none before it', () => {
    const guest = offRam(0x400, (loop) =>
      loop
        .op('sd', { rs1: 'a1', rs2: 'a2', imm: 0 })
        .op('addi', { rd: 'a2', rs1: 'a2', imm: 1 })
        .op('sd', { rs1: 'a1', rs2: 'a2', imm: 16 })
        .op('addi', { rd: 'a3', rs1: 'a3', imm: 1 })
        .op('sd', { rs1: 'a1', rs2: 'a3', imm: 8 })
        .op('addi', { rd: 'a1', rs1: 'a1', imm: 8 }),
    );
    const pair = new Pair(guest);
    pair.runRandomly(30_000);
    assert.ok(pair.machines[0].state.trapsTaken > 10);
    assert.ok(pair.translation.translations > 0);
  });

  it('takes an interrupt at each instruction of a loop', () => {
    const pair = new Pair(mixedLoops());
    pair.run(20_000);
    for (const machine of pair.machines) {
      machine.setCsr('mtvec', BigInt(ramBase + 0x2000));
      machine.setCsr('mie', 1n << BigInt(interruptCode.machineExternal));
    }
    for (let step = 0; step < 200; step++) {
      pair.run(37 + (step % 5));
      for (const machine of pair.machines) {
        machine.hart.setInterruptLine(interruptCode.machineExternal, 1);
        machine.setCsr('mstatus', machine.csr('mstatus') | 8n);
      }
      pair.run(1);
      assert.equal(pair.machines[0].state.pc, BigInt(ramBase + 0x2000));
      for (const machine of pair.machines) {
        machine.hart.setInterruptLine(interruptCode.machineExternal, 0);
        machine.hart.returnFromMachine();
        machine.state.privilege = 3;
      }
    }
  });

  it('sees what a hot loop writes into itself', () => {
    // Each round makes the other of two instructions of the one at `patched`.
    const guest = new TinyGuest()
      .la('s0', 'patched')
      .li('s1', op('addi', { rd: 10, rs1: 10, imm: 1 }))
      .li('s2', op('addi', { rd: 10, rs1: 10, imm: 100 }))
      .label('outer')
      .op('sw', { rs1: 's0', rs2: 's1', imm: 0 })
      .op('fence.i')
      .li('t0', 300)
      .label('again')
      .op('addi', { rd: 't0', rs1: 't0', imm: -1 })
      .label('patched')
      .op('addi', { rd: 'a0', rs1: 'a0', imm: 1 })
      .branch('bne', 't0', 'zero', 'again')
      .op('xor', { rd: 's1', rs1: 's1', rs2: 's2' })
      .op('xor', { rd: 's2', rs1: 's1', rs2: 's2' })
      .op('xor', { rd: 's1', rs1: 's1', rs2: 's2' })
      .jump('outer');
    const pair = new Pair(guest);
    pair.runRandomly(60_000);
    assert.ok(pair.translation.dropped > 2);
  });

  it('sees that a byte of an instruction is written', () => {
    // The first byte has the lowest bit of rd: each round counts in the other of a0 and a1.
    const guest = new TinyGuest()
      .la('s0', 'patched')
      .li('s1', 0x13)
      .label('outer')
      .op('xori', { rd: 's1', rs1: 's1', imm: 0x80 })
      .op('sb', { rs1: 's0', rs2: 's1', imm: 0 })
      .li('t0', 300)
      .label('again')
      .op('addi', { rd: 't0', rs1: 't0', imm: -1 })
      .label('patched')
      .op('addi', { rd: 'a0', rs1: 'zero', imm: 1 })
      .op('add', { rd: 'a2', rs1: 'a2', rs2: 'a0' })
      .op('add', { rd: 'a3', rs1: 'a3', rs2: 'a1' })
      .li('a0', 0)
      .li('a1', 0)
      .branch('bne', 't0', 'zero', 'again')
      .jump('outer');
    const pair = new Pair(guest);
    pair.runRandomly(60_000);
    assert.ok(pair.translation.dropped > 2);
  });

  it('stops at a breakpoint in a translated loop, each time it comes by, and runs on without it', () => {
    const pair = new Pair(mixedLoops());
    pair.run(10_000);
    const { pc } = pair.machines[0].state;
    for (const space of ['virtual', 'physical'] as const) {
      for (const { breakpoints } of pair.machines) breakpoints.add(space, pc);
      for (let visit = 0; visit < 20; visit++) assert.equal(pair.run(3000, 'pass-breakpoint'), 'breakpoint');
      for (const { breakpoints } of pair.machines) breakpoints.remove(space, pc);
      pair.runRandomly(5000);
    }
  });

  it('keeps no more functions than it may, and drops the one that was not used for longest', () => {
    // Sixteen pages call one another in turn; each has a loop.
    const guest = new TinyGuest().li('s0', ramBase + 0x1_0000).label('again');
    for (let page = 0; page < 16; page++) {
      guest.li('t1', ramBase + 0x1_0000 + 0x1000 * page).op('jalr', { rd: 'ra', rs1: 't1' });
    }
    guest.jump('again');
    const callee = new TinyGuest()
      .li('t0', 40)
      .label('loop')
      .op('addi', { rd: 't0', rs1: 't0', imm: -1 })
      .op('add', { rd: 'a0', rs1: 'a0', rs2: 't0' })
      .branch('bne', 't0', 'zero', 'loop')
      .op('jalr', { rd: 'zero', rs1: 'ra' });
    const pair = new Pair(guest);
    for (const { physical } of pair.machines) {
      for (let page = 0; page < 16; page++) physical.poke(ramBase + 0x1_0000 + 0x1000 * page, callee.bytes());
    }
    pair.runRandomly(150_000);
    assert.ok(pair.translation.functions <= soon.capacity);
    assert.ok(pair.translation.dropped > 5);
  });

  it('faults in the middle of a hot block as it would anywhere, and goes on from there', () => {
    const guest = offRam(0x2000, (loop) =>
      loop
        .op('addi', { rd: 'a2', rs1: 'a2', imm: 1 })
        .op('ld', { rd: 'a3', rs1: 'a1', imm: 0 })
        .op('sd', { rs1: 'a1', rs2: 'a2', imm: 0 })
        .op('addi', { rd: 'a1', rs1: 'a1', imm: 16 })
        .op('add', { rd: 'a4', rs1: 'a4', rs2: 'a3' }),
    );
    const pair = new Pair(guest);
    pair.runRandomly(60_000);
    assert.ok(pair.machines[0].state.trapsTaken > 10);
    assert.ok(pair.translation.translations > 0);
  });

  it('faults at a null pointer in a loop that was entered in its middle', () => {
    const guest = new TinyGuest()
      .la('t0', 'handler')
      .csrw('mtvec', 't0')
      .la('s5', 'outer')
      .jump('outer')
      .label('head')
      .op('addi', { rd: 's1', rs1: 's1', imm: 1 })
      .op('andi', { rd: 't1', rs1: 's1', imm: 3 })
      .branch('bne', 't1', 'zero', 'head')
      .label('middle')
      .op('ld', { rd: 'a1', rs1: 'a2', imm: 8 })
      .op('addi', { rd: 's2', rs1: 's2', imm: -1 })
      .branch('bne', 's2', 'zero', 'head')
      .op('jalr', { rd: 'zero', rs1: 's5' })
      .label('outer')
      .li('s2', 3)
      .li('a2', data)
      .op('addi', { rd: 's4', rs1: 's4', imm: 1 })
      .op('andi', { rd: 't1', rs1: 's4', imm: 1 })
      .branch('bne', 't1', 'zero', 'head')
      .li('a2', 0)
      .jump('middle')
      .label('handler')
      .csrr('t0', 'mepc')
      .op('addi', { rd: 't0', rs1: 't0', imm: 4 })
      .csrw('mepc', 't0')
      .op('mret');
    const pair = new Pair(guest);
    pair.run(20_000);
    for (let count = 0; count < 500; count++) pair.run(50);
    assert.ok(pair.machines[0].state.trapsTaken > 1000);
    assert.ok(pair.translation.translations > 0);
  });
});

/** Walks off the end of RAM, from so many bytes before it on, by what `loop` adds to a1; the handler turns it back. */
function offRam(before: number, loop: (guest: TinyGuest) => TinyGuest): TinyGuest {
  const guest = new TinyGuest()
    .la('t0', 'handler')
    .csrw('mtvec', 't0')
    .label('restart')
    .li('a1', ramBase + ramSize - before)
    .label('again');
  return loop(guest)
    .jump('again')
    .label('handler')
    .la('t0', 'restart')
    .csrw('mepc', 't0')
    .li('t0', 0x1800)
    .csrw('mstatus', 't0')
    .op('mret');
}

/** Arithmetic, loads and stores across pages, calls, an indirect call, nested loops, and a loop entered in its middle. */
function mixedLoops(): TinyGuest {
  return new TinyGuest()
    .li('sp', data + 0x8000)
    .label('outer')
    .li('s0', data + 0xf80)
    .li('s1', 30)
    .label('fill')
    .op('sd', { rs1: 's0', rs2: 's1', imm: 0 })
    .op('ld', { rd: 'a1', rs1: 's0', imm: -64 })
    .op('add', { rd: 'a0', rs1: 'a0', rs2: 'a1' })
    .op('addi', { rd: 's0', rs1: 's0', imm: 8 })
    .op('addi', { rd: 's1', rs1: 's1', imm: -1 })
    .branch('bne', 's1', 'zero', 'fill')
    .li('s2', 6)
    .branch('blt', 'a0', 'zero', 'middle')
    .label('calls')
    .jump('leaf', 'ra')
    .label('middle')
    .la('t0', 'leaf')
    .op('jalr', { rd: 'ra', rs1: 't0' })
    .op('addi', { rd: 's2', rs1: 's2', imm: -1 })
    .branch('bne', 's2', 'zero', 'calls')
    .li('t1', 3)
    .label('rows')
    .li('t2', 5)
    .label('columns')
    .op('mul', { rd: 'a2', rs1: 'a2', rs2: 'a0' })
    .op('addi', { rd: 't2', rs1: 't2', imm: -1 })
    .branch('bne', 't2', 'zero', 'columns')
    .op('addi', { rd: 't1', rs1: 't1', imm: -1 })
    .branch('bne', 't1', 'zero', 'rows')
    .jump('outer')
    .label('leaf')
    .op('addi', { rd: 'sp', rs1: 'sp', imm: -16 })
    .op('sd', { rs1: 'sp', rs2: 'ra', imm: 8 })
    .op('slli', { rd: 'a1', rs1: 'a0', imm: 3 })
    .op('xor', { rd: 'a0', rs1: 'a0', rs2: 'a1' })
    .op('addi', { rd: 'a0', rs1: 'a0', imm: 77 })
    .op('ld', { rd: 'ra', rs1: 'sp', imm: 8 })
    .op('addi', { rd: 'sp', rs1: 'sp', imm: 16 })
    .op('jalr', { rd: 'zero', rs1: 'ra' });
}

/** The same program by the reference evaluator and by the translator. */
class Pair {
  readonly machines = [
    new TestMachine('reference'),
    new TestMachine('translator', { policy: soon }),
  ] as const;
  readonly #random = new Random(7);

  constructor(guest: TinyGuest) {
    for (const { physical } of this.machines) physical.poke(ramBase, guest.bytes());
  }

  get translation() {
    return this.machines[1].translation() ?? assert.fail('there is a translator');
  }

  get interpreted(): number {
    return this.translation.interpreted;
  }

  run(budget: number, start: 'stop-at-breakpoint' | 'pass-breakpoint' = 'stop-at-breakpoint'): string {
    const [expected, actual] = this.machines.map(({ hart }) => hart.run(budget, start).kind);
    assert.equal(actual, expected);
    const [reference, translator] = this.machines;
    assert.deepEqual(translator.hart.stateBytes, reference.hart.stateBytes);
    return expected as string;
  }

  runRandomly(steps: number): void {
    for (let left = steps; left > 0;) {
      const budget = this.#random.weighted([
        [3, 1 + this.#random.below(20)],
        [2, 1 + this.#random.below(300)],
        [1, 1 + this.#random.below(8000)],
      ]);
      this.run(budget);
      left -= budget;
    }
    const [reference, translator] = this.machines;
    assert.ok(Buffer.from(translator.memory.ram).equals(reference.memory.ram), 'RAM is the same');
  }
}
