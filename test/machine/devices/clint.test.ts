import assert from 'node:assert/strict';
import { Clint, noDeadline } from '../../../src/machine/devices/clint.ts';

describe('machine/devices/clint', () => {
  it('raises the software interrupt of the hart written to', () => {
    const { clint, lines } = board();
    clint.store(4, 4, 0xffff_ffffn);
    assert.equal(clint.load(4, 4), 1n);
    assert.deepEqual([lines.get('msip0'), lines.get('msip1')], [undefined, true]);
    clint.store(4, 4, 0n);
    assert.equal(lines.get('msip1'), false);
  });

  it('raises the timer interrupt from the moment mtime reaches mtimecmp', () => {
    const { clint, lines, clock } = board();
    clock.time = 99n;
    clint.store(0x4000, 8, 100n);
    assert.equal(lines.get('mtip0'), false);
    clock.time = 100n;
    clint.update();
    assert.deepEqual([lines.get('mtip0'), lines.get('mtip1')], [true, false]);
    clint.store(0x4000, 8, noDeadline);
    assert.equal(lines.get('mtip0'), false);
  });

  it('lets mtimecmp and mtime be written and read by halves', () => {
    const { clint, clock } = board();
    clint.store(0x4008, 4, 0x1111_1111n);
    clint.store(0x400c, 4, 0x2222_2222n);
    assert.equal(clint.load(0x4008, 8), 0x2222_2222_1111_1111n);
    clock.time = 0x1_0000_0002n;
    assert.deepEqual([clint.load(0xbff8, 4), clint.load(0xbffc, 4)], [2n, 1n]);
    clint.store(0xbffc, 4, 5n);
    assert.equal(clock.time, 0x5_0000_0002n);
  });

  it('reads zero where nothing is, and faults on narrow or unaligned accesses', () => {
    const { clint } = board();
    assert.equal(clint.load(0x100, 4), 0n);
    assert.equal(clint.load(0x4000, 2), undefined);
    assert.equal(clint.load(0x4004, 8), undefined);
    assert.equal(clint.store(0x4002, 4, 1n), false);
  });

  it('restores what it saved', () => {
    const { clint } = board();
    clint.store(0x4000, 8, 1234n);
    clint.store(4, 4, 1n);
    const other = board().clint;
    other.restore(clint.save());
    assert.deepEqual([other.deadline(0), other.load(4, 4)], [1234n, 1n]);
    clint.reset();
    assert.deepEqual([clint.deadline(0), clint.load(4, 4)], [noDeadline, 0n]);
    assert.equal(other.deadline(0), 1234n);
  });
});

function board() {
  const lines = new Map<string, boolean>();
  const clock = {
    time: 0n,
    ticks: () => clock.time,
  };
  const clint = new Clint({
    harts: 2,
    clock,
    setTime: (time) => (clock.time = time),
    softwareInterrupt: (hart, raised) => lines.set(`msip${hart}`, raised),
    timerInterrupt: (hart, raised) => lines.set(`mtip${hart}`, raised),
    comparisonChanged: () => {},
  });
  return { clint, lines, clock };
}
