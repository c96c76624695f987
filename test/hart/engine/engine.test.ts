import assert from 'node:assert/strict';
import { hartMode } from '../../../src/hart/hart-mode.ts';
import { atp, flags, op, ramBase, TestMachine } from '../fixture.ts';

const addi = (imm: number): number => op('addi', { rd: 10, rs1: 10, imm });
const stop = op('jal', { rd: 0, imm: 0 });
const jalr = (rd: number, rs1: number): number => op('jalr', { rd, rs1, imm: 0 });

describe('hart/engine/engine', () => {
  it('sees stores into a page that became code after it was written', () => {
    const machine = new TestMachine('interpreter');
    const other = ramBase + 0x1000;
    // x5 points to the other page, x6 and x7 hold instructions for it: add 1, and then add 16.
    machine.program([
      op('sw', { rs1: 5, rs2: 6, imm: 0 }),
      jalr(1, 5),
      op('sw', { rs1: 5, rs2: 7, imm: 0 }),
      jalr(1, 5),
      stop,
    ]);
    machine.program([0, 0, jalr(0, 1)], other);
    machine.setX({ 5: BigInt(other), 6: BigInt(addi(1)), 7: BigInt(addi(16)) });
    machine.hart.run(20);
    assert.equal(machine.state.getX(10), 17n);
  });

  it('drops an instruction whose second half is stored to', () => {
    const machine = new TestMachine('interpreter');
    // The loop stores the high half of x6 into the instruction that it runs first.
    machine.program([addi(1), op('sh', { rs1: 5, rs2: 6, imm: 2 }), op('jal', { rd: 0, imm: -8 })]);
    machine.setX({ 5: BigInt(ramBase), 6: BigInt(addi(100) >>> 16) });
    machine.hart.run(1 + 3 * 3);
    assert.equal(machine.state.getX(10), 1n + 3n * 100n);
  });

  describe('with an instruction that crosses into the next page', () => {
    const start = ramBase + 0xffe;

    it('sees that its second half was stored to, by whatever instruction', () => {
      const machine = new TestMachine('interpreter');
      // The pages' last and first two bytes hold it; the store and the way back follow.
      machine.program([addi(1), op('sh', { rs1: 5, rs2: 6, imm: 0 }), jalr(0, 7)], start);
      const fields = { 5: BigInt(ramBase + 0x1000), 6: BigInt(addi(100) >>> 16), 7: BigInt(start) };
      machine.setX(fields);
      machine.state.pc = BigInt(start);
      machine.hart.run(1 + 3 * 3);
      assert.equal(machine.state.getX(10), 1n + 3n * 100n);
    });

    it('sees that the next page is another one now', () => {
      const machine = new TestMachine('interpreter');
      const root = machine.table();
      machine.map(root, 0x1000n, ramBase, flags.rwx);
      machine.map(root, 0x2000n, ramBase + 0x1000, flags.rwx);
      machine.program([addi(1), stop], start);
      machine.write(ramBase + 0x3000, BigInt(addi(100) >>> 16) | (BigInt(stop) << 16n));
      machine.setCsr('satp', atp(root));
      machine.enter(hartMode(1, false), 0x1ffen);
      machine.hart.run(5);
      assert.equal(machine.state.getX(10), 1n);
      machine.map(root, 0x2000n, ramBase + 0x3000, flags.rwx);
      machine.hart.fence({ kind: 'supervisor' });
      machine.state.pc = 0x1ffen;
      machine.hart.run(5);
      assert.equal(machine.state.getX(10), 101n);
    });

    it('finds room for both pages where there is hardly any', () => {
      const machine = new TestMachine('interpreter', { predecodedPages: 2 });
      // By way of a third page, so that the crossing one is the first that has to make room.
      machine.program([op('jal', { rd: 0, imm: 0x4000 })]);
      machine.program([op('jal', { rd: 0, imm: start - ramBase - 0x4000 })], ramBase + 0x4000);
      machine.program([addi(1), op('jal', { rd: 0, imm: ramBase - start - 4 })], start);
      machine.hart.run(400);
      assert.equal(machine.state.getX(10), 100n);
    });

    it('runs it on as far as the budget goes, and returns to it by a branch', () => {
      const machine = new TestMachine('interpreter');
      machine.program([addi(1), op('bne', { rs1: 10, rs2: 11, imm: -4 }), addi(1000), stop], start);
      machine.setX({ 11: 50n });
      machine.state.pc = BigInt(start);
      for (let step = 0; step < 100; step++) {
        machine.hart.run(1);
        assert.equal(machine.state.getX(10), BigInt((step >> 1) + 1));
      }
      machine.hart.run(1);
      assert.equal(machine.state.getX(10), 1050n);
    });
  });

  it('fetches nothing of an instruction that the budget does not reach', () => {
    const machine = new TestMachine('interpreter');
    const root = machine.table();
    const accessed = 0x40n;
    machine.map(root, 0x1000n, ramBase, flags.rwx);
    const leaf = machine.map(root, 0x2000n, ramBase + 0x1000, flags.rwx & ~Number(accessed));
    machine.program([op('jal', { rd: 0, imm: 0x1000 })]);
    machine.program([stop], ramBase + 0x1000);
    machine.setCsr('satp', atp(root));
    machine.enter(hartMode(1, false), 0x1000n);
    machine.hart.run(1);
    assert.deepEqual([machine.state.pc, machine.read(leaf) & accessed], [0x2000n, 0n]);
    machine.hart.run(1);
    assert.deepEqual([machine.state.pc, machine.read(leaf) & accessed], [0x2000n, accessed]);
  });

  it('forgets all it translated at a fence, however much that is', () => {
    const machine = new TestMachine('interpreter');
    const root = machine.table();
    const pages = 200;
    machine.map(root, 0x1000n, ramBase, flags.rwx);
    const remap = (to: number): void => {
      for (let page = 0; page < pages; page++) {
        machine.map(root, 0x10_0000n + BigInt(page * 0x1000), to + page * 0x1000, flags.rwx);
      }
    };
    // Adds up the first words of all pages in x10.
    machine.program([
      op('ld', { rd: 12, rs1: 5, imm: 0 }),
      op('add', { rd: 10, rs1: 10, rs2: 12 }),
      op('add', { rd: 5, rs1: 5, rs2: 6 }),
      op('bne', { rs1: 5, rs2: 7, imm: -12 }),
      stop,
    ]);
    for (let page = 0; page < pages; page++) {
      machine.write(ramBase + 0x1_0000 + page * 0x1000, 1n);
      machine.write(ramBase + 0x10_0000 + page * 0x1000, 1000n);
    }
    machine.setCsr('satp', atp(root));
    for (const [place, sum] of [
      [ramBase + 0x1_0000, 200n],
      [ramBase + 0x10_0000, 200_000n],
    ] as const) {
      remap(place);
      machine.hart.fence({ kind: 'supervisor' });
      machine.setX({ 5: 0x10_0000n, 6: 0x1000n, 7: 0x10_0000n + BigInt(pages * 0x1000), 10: 0n });
      machine.enter(hartMode(1, false), 0x1000n);
      machine.hart.run(4 * pages);
      assert.equal(machine.state.getX(10), sum);
    }
  });

  it('runs a program that needs more pages than are kept predecoded', () => {
    const machine = new TestMachine('interpreter', { predecodedPages: 2 });
    const pages = 5;
    for (let page = 0; page < pages; page++) {
      const next = page === pages - 1 ? -(pages - 1) * 0x1000 : 0x1000;
      machine.program([addi(1), op('jal', { rd: 0, imm: next - 4 })], ramBase + page * 0x1000);
    }
    machine.hart.run(2 * 1000);
    assert.equal(machine.state.getX(10), 1000n);
  });

  describe('with breakpoints', () => {
    it('stops at the virtual address that was meant, and not at another of the same page', () => {
      const machine = aliased();
      machine.breakpoints.add('virtual', 0x1004n);
      for (const [address, kind] of [
        [0x1000n, 'breakpoint'],
        [0x5000n, 'budget'],
        [0x1000n, 'breakpoint'],
      ] as const) {
        machine.enter(hartMode(1, false), address);
        assert.equal(machine.hart.run(5).kind, kind, address.toString(16));
      }
    });

    it('stops at a physical address wherever it is mapped', () => {
      const machine = aliased();
      machine.breakpoints.add('physical', BigInt(ramBase + 4));
      for (const address of [0x1000n, 0x5000n]) {
        machine.enter(hartMode(1, false), address);
        assert.deepEqual(machine.hart.run(5), { kind: 'breakpoint', pc: address + 4n });
      }
    });

    it('stops before the fetch has left a trace in the page table', () => {
      const accessed = 0x40n;
      for (const space of ['virtual', 'physical'] as const) {
        for (const offset of [0, 0xffe]) {
          const machine = new TestMachine('interpreter');
          const root = machine.table();
          const leaves = [0, 0x1000].map((page) =>
            machine.map(root, BigInt(0x1000 + page), ramBase + page, flags.rwx & ~Number(accessed)),
          );
          const traces = (): readonly bigint[] => leaves.map((leaf) => machine.read(leaf) & accessed);
          machine.program([addi(1), stop], ramBase + offset);
          machine.setCsr('satp', atp(root));
          machine.enter(hartMode(1, false), 0x1000n + BigInt(offset));
          machine.breakpoints.add(space, BigInt((space === 'virtual' ? 0x1000 : ramBase) + offset));
          for (let time = 0; time < 2; time++) {
            assert.equal(machine.hart.run(5).kind, 'breakpoint');
            assert.deepEqual(traces(), [0n, 0n]);
          }
          assert.equal(machine.hart.run(1, 'pass-breakpoint').kind, 'budget');
          assert.deepEqual(traces(), [accessed, offset === 0 ? 0n : accessed]);
        }
      }
    });

    it('stops at one that was added to code that ran already, and no more when it is gone', () => {
      const machine = new TestMachine('interpreter');
      machine.program([addi(1), op('jal', { rd: 0, imm: -4 })]);
      assert.equal(machine.hart.run(100).kind, 'budget');
      machine.breakpoints.add('virtual', BigInt(ramBase + 4));
      assert.equal(machine.hart.run(100).kind, 'breakpoint');
      machine.breakpoints.remove('virtual', BigInt(ramBase + 4));
      assert.equal(machine.hart.run(100).kind, 'budget');
    });

    it('passes only the one at which it begins', () => {
      const machine = new TestMachine('interpreter');
      machine.program([addi(1), addi(1), addi(1), stop]);
      machine.breakpoints.add('virtual', BigInt(ramBase + 8));
      assert.deepEqual(machine.hart.run(100, 'pass-breakpoint'), {
        kind: 'breakpoint',
        pc: BigInt(ramBase + 8),
      });
      machine.breakpoints.add('virtual', BigInt(ramBase + 12));
      assert.equal(machine.hart.run(100, 'pass-breakpoint').kind, 'breakpoint');
      assert.equal(machine.state.getX(10), 3n);
    });

    it('stops where code is written over an armed place', () => {
      const machine = new TestMachine('interpreter');
      machine.program([addi(1), addi(1), stop]);
      machine.breakpoints.add('virtual', BigInt(ramBase + 4));
      assert.equal(machine.hart.run(100).kind, 'breakpoint');
      machine.program([addi(5), addi(7)]);
      machine.state.pc = BigInt(ramBase);
      assert.equal(machine.hart.run(100).kind, 'breakpoint');
      assert.equal(machine.state.getX(10), 6n);
    });
  });
});

/** One page of RAM at two virtual addresses. */
function aliased(): TestMachine {
  const machine = new TestMachine('interpreter');
  const root = machine.table();
  machine.map(root, 0x1000n, ramBase, flags.rwx);
  machine.map(root, 0x5000n, ramBase, flags.rwx);
  machine.program([addi(1), addi(1), stop]);
  machine.setCsr('satp', atp(root));
  return machine;
}
