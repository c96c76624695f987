import assert from 'node:assert/strict';
import { Laboratory } from './fixture.ts';
import { TinyGuest } from './tiny-guest.ts';

const sta = 0x53_5441;
const base = 0x10;
const shared = 0x8030_0000;
const allOnes = 0xffff_ffff_ffff_ffffn;

/** Asks for its steal time at `shared`, then computes until `ticks` of its time have gone by. */
function asks(ticks: number): TinyGuest {
  return computesUntil(ticks, new TinyGuest().sbi(sta, 0, shared, 0, 0));
}

function computesUntil(ticks: number, guest = new TinyGuest()): TinyGuest {
  return guest
    .li('t0', ticks)
    .label('spin')
    .csrr('t1', 'time')
    .branch('bltu', 't1', 't0', 'spin')
    .li('t0', shared)
    .op('ld', { rd: 's2', rs1: 't0', imm: 8 })
    .exit(0);
}

function twoThatCompute(): Laboratory {
  return new Laboratory({ a: asks(5_000), b: computesUntil(5_000) }, { sliceSteps: 1_000 });
}

function structure(laboratory: Laboratory): DataView {
  const bytes = laboratory.vmm.guests[0]?.memory.read(shared, 64);
  return new DataView((bytes ?? assert.fail()).buffer);
}

describe('vmm/steal-time', () => {
  it('tells a guest for how long others had the hart', () => {
    const laboratory = new Laboratory({ a: asks(10_000), b: computesUntil(10_000) }, { sliceSteps: 1_000 });
    laboratory.runToEnd();
    const [a] = laboratory.vmm.guests;
    const view = structure(laboratory);
    const nanoseconds = view.getBigUint64(8, true);
    // A tick is 100 ns, and every other slice is the other guest's.
    assert.ok(nanoseconds > 400_000n && nanoseconds < 600_000n, String(nanoseconds));
    assert.equal(a?.vcpus[0]?.getX(18), nanoseconds);
    const [vcpu] = a?.vcpus ?? [];
    assert.equal(vcpu && a?.stealTime(vcpu).nanoseconds, nanoseconds);
    const sequence = view.getUint32(0, true);
    assert.ok(sequence > 8 && sequence % 2 === 0, String(sequence));
    assert.equal(view.getUint32(4, true), 0);
    assert.equal(view.getUint8(16), 0);
  });

  it('shows to its siblings that a vCPU is preempted', () => {
    const laboratory = new Laboratory({ a: asks(10_000), b: computesUntil(10_000) }, { sliceSteps: 1_000 });
    const seen = new Set<string>();
    for (let turn = 0; turn < 40; turn++) {
      laboratory.run(500);
      const owner = laboratory.vmm.currentVcpu?.index === 0 ? 'running' : 'preempted';
      seen.add(`${owner} ${structure(laboratory).getUint8(16)}`);
    }
    assert.deepEqual([...seen].toSorted(), ['preempted 1', 'running 0']);
  });

  it('counts no time in which a vCPU waits', () => {
    const waits = new TinyGuest().sbi(sta, 0, shared, 0, 0);
    waits.li('t0', 0x20).csrw('sie', 't0').sbi(0x5449_4d45, 0, 50_000).op('wfi').exit(0);
    const laboratory = new Laboratory({ a: waits });
    laboratory.runToEnd();
    assert.equal(structure(laboratory).getBigUint64(8, true), 0n);
  });

  it('is the same again from a snapshot', () => {
    const first = twoThatCompute();
    first.run(20_500);
    const saved = first.machine.save();
    first.runToEnd();
    const second = twoThatCompute();
    second.machine.restore(saved);
    second.runToEnd();
    assert.equal(structure(second).getBigUint64(8, true), structure(first).getBigUint64(8, true));
    assert.notEqual(structure(first).getBigUint64(8, true), 0n);
  });

  const refused: readonly (readonly [string, readonly (number | bigint)[], bigint])[] = [
    ['an address that is not aligned', [shared + 32, 0, 0], -3n],
    ['flags', [shared, 0, 1], -3n],
    ['memory that is not there', [0x1000_0000, 0, 0], -5n],
    ['memory beyond 64 bits', [shared, 1, 0], -5n],
  ];
  for (const [what, args, error] of refused)
    it(`refuses ${what}`, () => {
      const guest = new TinyGuest().sbi(sta, 0, ...args).op('addi', { rd: 's0', rs1: 'a0' });
      const laboratory = new Laboratory({ a: guest.exit(0) });
      laboratory.runToEnd();
      assert.equal(laboratory.vmm.guests[0]?.vcpus[0]?.getX(8), BigInt.asUintN(64, error));
    });

  it('stops when the guest says so', () => {
    const guest = computesUntil(
      5_000,
      new TinyGuest().sbi(sta, 0, shared, 0, 0).sbi(sta, 0, allOnes, allOnes, 0),
    );
    const laboratory = new Laboratory({ a: guest, b: computesUntil(5_000) }, { sliceSteps: 1_000 });
    laboratory.runToEnd();
    assert.equal(structure(laboratory).getBigUint64(8, true), 0n);
  });

  it('is offered to guests, and nested acceleration is not: guests have no hypervisor extension', () => {
    const nacl = 0x4e41_434c;
    const guest = new TinyGuest()
      .sbi(base, 3, sta)
      .op('addi', { rd: 's0', rs1: 'a1' })
      .sbi(base, 3, nacl)
      .op('addi', { rd: 's1', rs1: 'a1' })
      .exit(0);
    const laboratory = new Laboratory({ a: guest });
    laboratory.runToEnd();
    const [vcpu] = laboratory.vmm.guests[0]?.vcpus ?? [];
    assert.deepEqual([vcpu?.getX(8), vcpu?.getX(9)], [1n, 0n]);
  });
});
