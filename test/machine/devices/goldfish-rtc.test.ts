import assert from 'node:assert/strict';
import { GoldfishRtc } from '../../../src/machine/devices/goldfish-rtc.ts';

const start = 0x1_ffff_fff0n;

describe('machine/devices/goldfish-rtc', () => {
  it('shows the machine’s time from its start on, both halves of one moment', () => {
    const { rtc, pass } = clock();
    assert.equal(rtc.load(0, 4), 0xffff_fff0n);
    pass(0x20n);
    assert.equal(rtc.load(4, 4), 1n, 'latched by the low half');
    assert.equal(rtc.load(0, 4), 0x10n);
    assert.equal(rtc.load(4, 4), 2n);
  });

  it('can be set', () => {
    const { rtc, pass } = clock();
    rtc.store(4, 4, 5n);
    rtc.store(0, 4, 100n);
    pass(7n);
    assert.equal(rtc.load(0, 4), 107n);
    assert.equal(rtc.load(4, 4), 5n);
  });

  it('interrupts at its alarm, once that is enabled and until it is cleared', () => {
    const { rtc, pass, line } = clock();
    rtc.store(0x10, 4, 1n);
    rtc.store(0x0c, 4, 2n);
    assert.equal(rtc.deadline, undefined);
    rtc.store(0x08, 4, 0n);
    assert.equal(rtc.deadline, 16n);
    assert.equal(rtc.load(0x18, 4), 1n);
    pass(15n);
    assert.equal(line(), false);
    pass(1n);
    assert.equal(line(), true);
    assert.equal(rtc.load(0x18, 4), 0n);
    rtc.store(0x1c, 4, 1n);
    assert.equal(line(), false);
    rtc.store(0x08, 4, 100n);
    rtc.store(0x14, 4, 1n);
    assert.equal(rtc.deadline, undefined);
  });

  it('comes back from a copy as it was', () => {
    const { rtc } = clock();
    rtc.store(0x0c, 4, 2n);
    rtc.store(0x08, 4, 50n);
    const other = clock().rtc;
    other.restore(rtc.save());
    assert.deepEqual(other.save(), rtc.save());
    assert.equal(other.deadline, rtc.deadline);
  });
});

function clock(): {
  readonly rtc: GoldfishRtc;
  readonly pass: (nanoseconds: bigint) => void;
  readonly line: () => boolean;
} {
  let now = 0n;
  let isRaised = false;
  const rtc = new GoldfishRtc({
    now: () => now,
    start,
    interrupt: (raised) => {
      isRaised = raised;
    },
    alarmChanged: () => {},
  });
  const pass = (nanoseconds: bigint): void => {
    now += nanoseconds;
    rtc.update();
  };
  return { rtc, pass, line: () => isRaised };
}
