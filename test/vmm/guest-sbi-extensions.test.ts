import assert from 'node:assert/strict';
import { Laboratory } from './fixture.ts';
import { kernelBase, TinyGuest } from './tiny-guest.ts';

const base = 0x10;
const time = 0x5449_4d45;
const susp = 0x5355_5350;
const pmu = 0x50_4d55;

describe('vmm/guest-sbi-extensions', () => {
  it('are of version 3.0, with system suspend, without performance counters', () => {
    const guest = new TinyGuest().sbi(base, 0).op('addi', { rd: 's0', rs1: 'a1' });
    for (const [id, register] of [
      [susp, 's1'],
      [pmu, 's2'],
    ] as const)
      guest.sbi(base, 3, id).op('addi', { rd: register, rs1: 'a1' });
    const laboratory = new Laboratory({ a: guest.exit(0) });
    laboratory.runToEnd();
    const [vcpu] = laboratory.vmm.guests[0]?.vcpus ?? [];
    assert.deepEqual(
      [8, 9, 18].map((index) => vcpu?.getX(index)),
      [0x0300_0000n, 1n, 0n],
    );
  });

  it('suspend a guest until its timer is due, and start it anew where it asked to', () => {
    const resume = kernelBase + 0x400;
    const guest = new TinyGuest()
      .li('t0', 0x20)
      .csrw('sie', 't0')
      .sbi(time, 0, 5_000)
      .sbi(susp, 0, 0, resume, 0x1234)
      .exit(9);
    while (guest.bytes().length < 0x400) guest.op('ebreak');
    guest.op('addi', { rd: 's0', rs1: 'a1' }).csrr('s1', 'time').csrr('s2', 'satp').exit(0);
    const laboratory = new Laboratory({ a: guest });
    assert.equal(laboratory.runToEnd(), 0);
    const [vcpu] = laboratory.vmm.guests[0]?.vcpus ?? [];
    assert.equal(vcpu?.getX(8), 0x1234n);
    assert.ok((vcpu?.getX(9) ?? 0n) >= 5_000n);
    assert.equal(vcpu?.getX(18), 0n);
  });
});
