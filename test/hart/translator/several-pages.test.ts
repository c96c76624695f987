import assert from 'node:assert/strict';
import { pageBytes } from '../../../src/common/page.ts';
import { hartMode } from '../../../src/hart/hart-mode.ts';
import { pteBit } from '../../../src/hart/translation/page-table.ts';
import type { TranslationPolicy } from '../../../src/hart/translator/translation-policy.ts';
import { TinyGuest } from '../../vmm/tiny-guest.ts';
import { Random } from '../engine/differential/random.ts';
import { atp, flags, op, ramBase, TestMachine } from '../fixture.ts';

const policy: TranslationPolicy = {
  interval: 128,
  pageHeat: 500,
  loopHeat: 20,
  changeHeat: 50,
  capacity: 16,
};
const code = 0x4000_0000n;
const data = 0x5000_0000n;
/** Where the pages of code lie, and another version of the second one. */
const places = [ramBase + 0x5000, ramBase + 0x2000, ramBase + 0x8000] as const;
const otherPlace = ramBase + 0xb000;
const patched = 0x10;

describe('hart/translator: regions of several pages', () => {
  it('do what the reference does, and need no interpreter where control changes pages', () => {
    const pair = new Pair();
    pair.runRandomly(40_000);
    assert.ok(pair.merged > 0);
    const before = pair.interpreted;
    pair.run(20_000);
    assert.ok(pair.interpreted - before < 1000, `${pair.interpreted - before} of 20,000 were interpreted`);
  });

  it('see that a page of theirs is mapped elsewhere, or not at all, from one visit to the next', () => {
    const pair = new Pair();
    for (let visit = 0; visit < 60; visit++) {
      pair.run(1000 + pair.random.below(50));
      pair.remap(visit % 2 === 0 ? otherPlace : places[1]);
    }
    assert.ok(pair.merged > 0);
  });

  it('fetch from a page, and so set its A bit, when they come to it and no sooner', () => {
    const pair = new Pair();
    pair.run(20_000);
    assert.ok(pair.merged > 0);
    for (let step = 0; step < 300; step++) {
      pair.forgetAccesses();
      pair.run(1 + pair.random.below(12));
    }
  });

  it('see what is stored to any of their pages', () => {
    const pair = new Pair();
    for (let change = 0; change < 40; change++) {
      pair.run(1500 + pair.random.below(50));
      pair.patch(op('addi', { rd: 10, rs1: 10, imm: change }));
    }
    assert.ok(pair.merged > 0);
  });

  it('stop at breakpoints in any of their pages', () => {
    const pair = new Pair();
    pair.run(20_000);
    for (const offset of [patched, 0x1000 + patched, 0x2000 + patched]) {
      for (const { breakpoints } of pair.machines) breakpoints.add('virtual', code + BigInt(offset));
      for (let visit = 0; visit < 10; visit++) assert.equal(pair.run(3000, 'pass-breakpoint'), 'breakpoint');
      for (const { breakpoints } of pair.machines) breakpoints.remove('virtual', code + BigInt(offset));
      pair.run(10_000);
    }
    assert.ok(pair.merged > 2);
  });
});

/** Three pages that call one another, directly and not; one falls into the next, and one jumps back. */
function program(): TinyGuest {
  return (
    new TinyGuest()
      .label('start')
      .li('s0', 7)
      .op('addi', { rd: 'a0', rs1: 'a0', imm: 3 })
      .label('again')
      .jump('second', 'ra')
      .op('add', { rd: 'a1', rs1: 'a1', rs2: 'a0' })
      .op('addi', { rd: 'a0', rs1: 'a0', imm: 1 })
      .li('t0', code + 0x2000n)
      .op('jalr', { rd: 'ra', rs1: 't0' })
      .op('addi', { rd: 's0', rs1: 's0', imm: -1 })
      .branch('bne', 's0', 'zero', 'again')
      .jump('edge', 'ra')
      .jump('start')
      .padTo(pageBytes - 12)
      .label('edge')
      .op('sd', { rs1: 'sp', rs2: 'a0', imm: 16 })
      .op('xori', { rd: 'a0', rs1: 'a0', imm: 0x55 })
      .op('addi', { rd: 'a3', rs1: 'a3', imm: 1 })
      // The second page begins.
      .op('slli', { rd: 'a2', rs1: 'a0', imm: 1 })
      .op('jalr', { rd: 'zero', rs1: 'ra' })
      .label('second')
      .op('addi', { rd: 'sp', rs1: 'sp', imm: -16 })
      .op('sd', { rs1: 'sp', rs2: 'ra', imm: 0 })
      .op('addi', { rd: 'a0', rs1: 'a0', imm: 100 })
      .jump('third', 'ra')
      .op('ld', { rd: 'ra', rs1: 'sp', imm: 0 })
      .op('addi', { rd: 'sp', rs1: 'sp', imm: 16 })
      .op('jalr', { rd: 'zero', rs1: 'ra' })
      .padTo(2 * pageBytes - 64)
      .label('odd')
      .op('addi', { rd: 'a5', rs1: 'a5', imm: 3 })
      .op('jalr', { rd: 'zero', rs1: 'ra' })
      .padTo(2 * pageBytes)
      .label('third')
      .li('t1', 4)
      .label('loop')
      .op('add', { rd: 'a4', rs1: 'a4', rs2: 't1' })
      .op('addi', { rd: 't1', rs1: 't1', imm: -1 })
      .branch('bne', 't1', 'zero', 'loop')
      .op('addi', { rd: 'a0', rs1: 'a0', imm: 5 })
      .op('andi', { rd: 't2', rs1: 'a4', imm: 4 })
      .branch('bne', 't2', 'zero', 'odd')
      .op('jalr', { rd: 'zero', rs1: 'ra' })
      .padTo(3 * pageBytes)
  );
}

/** The program in S mode, its pages scattered in memory, by the reference evaluator and by the translator. */
class Pair {
  readonly machines = [new TestMachine('reference'), new TestMachine('translator', { policy })] as const;
  readonly random = new Random(11);
  readonly #leaves: readonly number[];

  constructor() {
    const leaves = this.machines.map((machine) => {
      const bytes = program().bytes();
      for (const [page, place] of places.entries())
        machine.physical.poke(place, bytes.subarray(page * pageBytes, (page + 1) * pageBytes));
      machine.physical.poke(otherPlace, bytes.subarray(pageBytes, 2 * pageBytes));
      machine.physical.store(otherPlace + patched, 4, BigInt(op('addi', { rd: 10, rs1: 10, imm: 7 }) >>> 0));
      const root = machine.table();
      machine.map(root, data, ramBase + 0xd000, flags.rwx);
      const made = places.map((place, page) =>
        machine.map(root, code + BigInt(page * pageBytes), place, flags.rwx),
      );
      machine.hart.onTrap = () => true;
      machine.setCsr('menvcfg', 1n << 61n);
      machine.setCsr('satp', atp(root));
      machine.enter(hartMode(1, false), code);
      machine.setX({ 2: data + 0x800n });
      return made;
    });
    this.#leaves = leaves[0] as number[];
  }

  get merged(): number {
    return this.#translation.merged;
  }

  get interpreted(): number {
    return this.#translation.interpreted;
  }

  get #translation() {
    return this.machines[1].translation() ?? assert.fail('there is a translator');
  }

  run(budget: number, start: 'stop-at-breakpoint' | 'pass-breakpoint' = 'stop-at-breakpoint'): string {
    const [expected, actual] = this.machines.map(({ hart }) => hart.run(budget, start).kind);
    assert.equal(actual, expected);
    const [reference, translator] = this.machines;
    assert.deepEqual(translator.hart.stateBytes, reference.hart.stateBytes);
    const entries = this.machines.map((machine) => this.#leaves.map((leaf) => machine.read(leaf)));
    assert.deepEqual(entries[1], entries[0]);
    return expected as string;
  }

  runRandomly(steps: number): void {
    for (let left = steps; left > 0;) {
      const budget = 1 + this.random.below(this.random.chance(20) ? 4000 : 60);
      this.run(budget);
      left -= budget;
    }
  }

  /** The second page is this one now; now and then it traps at first, and the table is written again. */
  remap(place: number): void {
    const leaf = this.#leaves[1] as number;
    for (const machine of this.machines) machine.write(leaf, 0n);
    const trapping = this.random.below(40);
    const stops = this.machines.map(({ hart }) => hart.run(trapping).kind);
    assert.equal(stops[1], stops[0]);
    const [reference, translator] = this.machines;
    assert.deepEqual(translator.hart.stateBytes, reference.hart.stateBytes);
    for (const machine of this.machines) {
      machine.write(leaf, (BigInt(place / pageBytes) << 10n) | BigInt(flags.rwx));
      if (machine.state.mode.privilege === 1) continue;
      machine.enter(hartMode(1, false), machine.csr('mepc'));
    }
  }

  forgetAccesses(): void {
    for (const machine of this.machines) {
      for (const leaf of this.#leaves) machine.write(leaf, machine.read(leaf) & ~BigInt(pteBit.accessed));
    }
  }

  /** Another instruction in the second page. */
  patch(word: number): void {
    const bytes = Uint8Array.from([0, 8, 16, 24], (by) => word >> by);
    for (const { physical } of this.machines) physical.poke(places[1] + patched, bytes);
  }
}
