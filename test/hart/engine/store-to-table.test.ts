import assert from 'node:assert/strict';
import { createMachine, type Machine } from '../../../src/machine/machine.ts';
import type { EngineName } from '../../../src/hart/harts.ts';
import { op } from '../fixture.ts';
import { TinyGuest } from '../../vmm/tiny-guest.ts';

const [root, middle, table] = [0x8030_0000, 0x8030_1000, 0x8030_2000];
const [first, second] = [0x8040_0000n, 0x8040_1000n];
/** Where it runs, stores to tables with it, and loads by them. */
const [span, page] = [3, 5];
const address = (span << 21) | (page << 12);
const satp = (8n << 60n) | BigInt(root / 0x1000);
const sum = 1n << 18n;
/** C.NOP */
const nop = 1;

describe('hart/engine, stores to page tables', () => {
  for (const engine of ['interpreter', 'translator'] as const)
    for (const harts of [1, 2])
      it(`drop what came of the entry in every context, with engine ${engine} and ${harts} harts`, () => {
        const reference = create('reference', harts);
        const machine = create(engine, harts);
        for (let step = 0; step < 4_000; step += 50) {
          reference.run({ budget: 50 });
          machine.run({ budget: 50 });
          assert.equal(machine.hash(), reference.hash(), `at step ${machine.steps}`);
        }
        const [turns, traps] = [18, 25].map((register) => machine.harts[0]?.state.getX(register) ?? 0n);
        assert.ok(turns !== undefined && turns > 40n, `${turns} turns`);
        assert.ok(traps !== undefined && traps >= turns - 1n, `${traps} traps`);
      });

  it('are done in wasm', () => {
    const machine = create('interpreter', 1);
    machine.run({ budget: 1_000 });
    const before = machine.departures.reasons.writeMiss ?? 0;
    machine.run({ budget: 10_000 });
    assert.equal((machine.departures.reasons.writeMiss ?? 0) - before, 0);
  });
});

function create(engine: EngineName, harts: number): Machine {
  return createMachine({ image: program().software().image, ramBytes: 16 << 20, engine, harts, quantum: 64 });
}

/**
 * Maps a page by turns to two places and to none, and loads and stores by it in two contexts: with SUM and without.
 * Counts turns (s2) and traps (s9); what it loads goes into s8.
 */
function program(): TinyGuest {
  const at = 8 * page;
  const guest = new TinyGuest()
    .la('t1', 'handler')
    .csrw('stvec', 't1')
    .li('t0', root)
    .li('t1', entry(0x8000_0000n, 0xcfn))
    .op('sd', { rs1: 't0', rs2: 't1', imm: 16 })
    .li('t1', entry(BigInt(middle), 1n))
    .op('sd', { rs1: 't0', rs2: 't1' })
    .li('t0', middle)
    .li('t1', entry(BigInt(table), 1n))
    .op('sd', { rs1: 't0', rs2: 't1', imm: 8 * span })
    // The other hart, if there is one, begins at `other`.
    .li('a0', 1)
    .la('a1', 'other')
    .li('a7', 0x48_534d)
    .op('ecall')
    .li('a0', table)
    .li('a1', entry(first, 0xcfn))
    .li('a2', entry(second, 0xcfn))
    .li('s1', address)
    .li('s7', sum)
    .li('t3', satp)
    .csrw('satp', 't3')
    .label('again')
    .op('addi', { rd: 's2', rs1: 's2', imm: 1 })
    .op('sd', { rs1: 'a0', rs2: 'a1', imm: at });
  load(guest).op('csrrs', { rs1: 's7', csr: 'sstatus' });
  load(guest).op('sd', { rs1: 'a0', rs2: 'a2', imm: at });
  load(guest).op('csrrc', { rs1: 's7', csr: 'sstatus' });
  load(guest).word(op('c.sd', { rs1: 10, rs2: 11, imm: at }) | (nop << 16));
  load(guest)
    .op('sd', { rs1: 'a0', rs2: 'zero', imm: at })
    .op('ld', { rd: 's3', rs1: 's1' })
    .jump('again')
    .label('handler')
    .op('addi', { rd: 's9', rs1: 's9', imm: 1 })
    .csrr('t1', 'sepc')
    .op('addi', { rd: 't1', rs1: 't1', imm: 4 })
    .csrw('sepc', 't1')
    .op('sret')
    .label('other')
    .la('t1', 'handler')
    .csrw('stvec', 't1')
    .li('s1', address)
    .li('t3', satp)
    .csrw('satp', 't3')
    .label('look');
  return load(guest).jump('look');
}

/** Loads by what is mapped, and stores by it. */
function load(guest: TinyGuest): TinyGuest {
  return guest
    .op('ld', { rd: 's3', rs1: 's1' })
    .op('slli', { rd: 's4', rs1: 's8', imm: 5 })
    .op('sub', { rd: 's8', rs1: 's4', rs2: 's8' })
    .op('add', { rd: 's8', rs1: 's8', rs2: 's3' })
    .op('sd', { rs1: 's1', rs2: 's8', imm: 16 });
}

/** A page-table entry. */
function entry(target: bigint, flags: bigint): bigint {
  return ((target >> 12n) << 10n) | flags;
}
