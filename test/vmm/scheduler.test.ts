import assert from 'node:assert/strict';
import { Laboratory } from './fixture.ts';
import { TinyGuest } from './tiny-guest.ts';

const time = 0x5449_4d45;

/** Sleeps until `deadline` (ticks) by SBI timer and WFI, then ends with the number that it was given. */
function sleeper(deadline: number, code: number): TinyGuest {
  return new TinyGuest()
    .li('t0', 0x20)
    .csrw('sie', 't0')
    .sbi(time, 0, deadline)
    .op('wfi')
    .csrr('s0', 'time')
    .exit(code);
}

describe('vmm/scheduler', () => {
  it('lets time pass while all guests wait, to the first timer that is due', () => {
    const laboratory = new Laboratory({ a: sleeper(50_000, 0), b: sleeper(20_000, 0) });
    assert.equal(laboratory.runToEnd(1_000), 0);
    const [a, b] = laboratory.vmm.guests.map((guest) => guest.vcpus[0]?.getX(8) ?? 0n);
    assert.ok((b ?? 0n) >= 20_000n && (b ?? 0n) < 20_100n, String(b));
    assert.ok((a ?? 0n) >= 50_000n && (a ?? 0n) < 50_100n, String(a));
  });

  it('wakes one that waits while another computes, once its turn comes', () => {
    const spin = new TinyGuest().label('spin').jump('spin');
    const laboratory = new Laboratory({ a: sleeper(300, 0), b: spin }, { sliceSteps: 1_000 });
    laboratory.run(10_000);
    const [a] = laboratory.vmm.guests;
    assert.equal(a?.exitCode, 0);
    const woken = a?.vcpus[0]?.getX(8) ?? 0n;
    assert.ok(woken >= 300n && woken <= 410n, String(woken));
  });

  it('wakes one whose clock says a time of more than 63 bits', () => {
    const late = 1n << 63n;
    const guest = new TinyGuest()
      .li('t0', 0x200_bff8)
      .li('t1', late)
      .op('sd', { rs1: 't0', rs2: 't1' })
      .li('t0', 0x20)
      .csrw('sie', 't0')
      .sbi(time, 0, late + 5_000n)
      .op('wfi')
      .csrr('s0', 'time')
      .exit(0);
    const laboratory = new Laboratory({ a: guest });
    assert.equal(laboratory.runToEnd(), 0);
    const woken = laboratory.vmm.guests[0]?.vcpus[0]?.getX(8) ?? 0n;
    assert.ok(woken >= late + 5_000n && woken < late + 5_100n, String(woken - late));
  });

  it('ends with the first exit code that is not zero', () => {
    const laboratory = new Laboratory({ a: sleeper(500, 0), b: sleeper(300, 4), c: sleeper(100, 5) });
    assert.equal(laboratory.runToEnd(), 4);
    assert.deepEqual(
      laboratory.vmm.guests.map(({ exitCode }) => exitCode),
      [0, 4, 5],
    );
  });

  it('says that it is idle where nothing but input can go on', () => {
    const laboratory = new Laboratory({ a: new TinyGuest().op('wfi').exit(0) });
    assert.equal(laboratory.run(1_000).kind, 'idle');
    assert.equal(laboratory.vmm.currentVcpu, undefined);
    assert.equal(laboratory.vmm.guests[0]?.vcpus[0]?.status, 'waiting');
  });
});
