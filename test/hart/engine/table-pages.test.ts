import assert from 'node:assert/strict';
import { TablePages } from '../../../src/hart/engine/table-pages.ts';
import { createMachineMemory } from '../../../src/hart/layout.ts';
import type { MachineImage } from '../../../src/machine/image.ts';
import { createMachine, type Machine } from '../../../src/machine/machine.ts';
import { createHostedMachine } from '../../../src/vmm/hosted-machine.ts';
import { TinyGuest } from '../../vmm/tiny-guest.ts';

describe('hart/engine/table-pages', () => {
  it('has stores watched from the first context that depends on a page to the last', () => {
    const memory = createMachineMemory({ harts: 1, ramBase: 0x8000_0000, ramSize: 0x10_0000 });
    const pages = new TablePages(memory);
    const calls: string[] = [];
    pages.attach({
      watchStores: (page) => calls.push(`watch ${page - memory.ramOffset}`),
      tableChanged: (page) => calls.push(`changed ${page}`),
      leaveTable: (page) => calls.push(`leave ${page}`),
    });
    pages.changed(0x3ffc, 8, 'data');
    pages.hold(3);
    pages.hold(3);
    pages.changed(0x2ffc, 4, 'data');
    pages.changed(0x2ffc, 0x5000, 'data');
    pages.release(3);
    assert.ok(pages.has(3));
    pages.release(3);
    assert.ok(!pages.has(3));
    pages.changed(0x3000, 8, 'data');
    assert.deepEqual(calls, ['watch 12288', 'changed 3']);
  });

  it('gives up a table that is written again and again, and one that came back not so soon', () => {
    const memory = createMachineMemory({ harts: 1, ramBase: 0x8000_0000, ramSize: 0x10_0000 });
    const pages = new TablePages(memory);
    const left: number[] = [];
    let stores = 0;
    pages.attach({
      watchStores: () => undefined,
      tableChanged: () => assert.fail('new entries change nothing'),
      leaveTable: (page) => {
        left.push(stores);
        pages.release(page);
      },
    });
    for (stores = 1; stores <= 100; stores++) {
      if (!pages.has(3)) pages.hold(3);
      pages.changed(0x3008, 8, 'new');
    }
    assert.deepEqual(left, [16, 48]);
  });

  for (const [where, create] of [
    ['on the bare machine', createBare],
    ['in a guest', createGuest],
  ] as const) {
    it(`shows a program that never fences what its tables say, ${where}`, () => {
      const reference = create('reference');
      const machine = create('interpreter');
      for (let step = 0; step < 3_000; step += 100) {
        reference.run({ budget: 100 });
        machine.run({ budget: 100 });
        assert.equal(machine.hash(), reference.hash(), `at step ${machine.steps}`);
      }
      assert.ok((machine.harts[0]?.state.getX(18) ?? 0n) > 100n, 'it went round');
    });

    it(`lets neither a snapshot nor a breakpoint change the course of such a program, ${where}`, () => {
      const machine = create('interpreter');
      machine.run({ until: 2_000 });
      const hash = machine.hash();
      machine.reset();
      // A whole turn, step by step: the tables say this at one place, and that at another.
      for (let step = 1_000; step < 1_008; step++) {
        machine.run({ until: step });
        const saved = machine.save();
        machine.run({ until: 2_000 });
        assert.equal(machine.hash(), hash, `after running on from ${step}`);
        machine.restore(saved);
        machine.breakpoints.add('virtual', BigInt(step));
        machine.run({ until: 2_000 });
        assert.equal(machine.hash(), hash, `after a snapshot at ${step}`);
        machine.restore(saved);
      }
    });
  }
});

type EngineName = 'interpreter' | 'reference';

function createBare(engine: EngineName): Machine {
  return createMachine({ image: forgetful(), ramBytes: 16 << 20, engine });
}

function createGuest(engine: EngineName): Machine {
  const guest = { name: 'guest', memoryBytes: 16 << 20, software: { image: forgetful() } };
  return createHostedMachine({ guests: [guest], engine }).machine;
}

/**
 * Maps address 0 by turns to two places, and clears A and D of the entry at each turn; loads from it (s1), stores to
 * it, and counts the turns (s2). Its own code is mapped where it is.
 */
function forgetful(): MachineImage {
  const [root, table, first, second] = [0x8030_0000, 0x8030_1000, 0x8040_0000n, 0x8060_0000n];
  return new TinyGuest()
    .li('t0', root)
    .li('t1', entry(0x8000_0000n, 0xcfn))
    .op('sd', { rs1: 't0', rs2: 't1', imm: 16 })
    .li('t1', entry(BigInt(table), 1n))
    .op('sd', { rs1: 't0', rs2: 't1' })
    .li('t0', table)
    .li('t1', entry(first, 0x0fn))
    .li('t2', entry(second, 0x0fn))
    .op('sd', { rs1: 't0', rs2: 't1' })
    .li('t3', (8n << 60n) | BigInt(root / 0x1000))
    .csrw('satp', 't3')
    .label('again')
    .op('ld', { rd: 's1', rs1: 'zero' })
    .op('addi', { rd: 's2', rs1: 's2', imm: 1 })
    .op('sd', { rs1: 'zero', rs2: 's2' })
    .op('ld', { rd: 's3', rs1: 't0' })
    .op('sd', { rs1: 't0', rs2: 't2' })
    .op('ld', { rd: 's4', rs1: 'zero' })
    .op('sd', { rs1: 't0', rs2: 't1' })
    .jump('again')
    .software().image;
}

/** A page-table entry. */
function entry(address: bigint, flags: bigint): bigint {
  return ((address >> 12n) << 10n) | flags;
}
