import assert from 'node:assert/strict';
import fc from 'fast-check';
import { exitReasons, reasonNumber } from '../../../src/vmm/exits/reasons.ts';
import { ExitStatistics } from '../../../src/vmm/exits/statistics.ts';

describe('vmm/exits/statistics', () => {
  it('counts by reason, guest, device and pc, most frequent first', () => {
    const statistics = new ExitStatistics();
    for (let i = 0; i < 3; i++) statistics.count(0, reasonNumber['mmio-store'], 1, 0x8000_0010, 0);
    statistics.count(1, reasonNumber.hypercall, 0, 0x8000_0010, 0xffff_ffff);
    assert.equal(statistics.total, 4);
    assert.deepEqual(
      statistics.by((site) => site.reason),
      [
        { key: 'mmio-store', count: 3, share: 0.75 },
        { key: 'hypercall', count: 1, share: 0.25 },
      ],
    );
    assert.deepEqual(
      statistics.by((site) => site.guest).map(({ key }) => key),
      [0, 1],
    );
    assert.deepEqual(
      statistics.by((site) => site.device),
      [{ key: 0, count: 3, share: 0.75 }],
    );
    assert.deepEqual(
      statistics.by((site) => site.pc).map(({ key }) => key),
      [0x8000_0010n, 0xffff_ffff_8000_0010n],
    );
  });

  it('is exact for any mixture of sites', () => {
    const exit = fc.tuple(
      fc.nat(3),
      fc.nat(exitReasons.length - 1),
      fc.nat(3),
      fc.nat(40).map((n) => n * 2),
      fc.constantFrom(0, 0xffff_ffff),
    );
    fc.assert(
      fc.property(fc.array(exit, { maxLength: 300 }), (exits) => {
        const statistics = new ExitStatistics();
        const expected = new Map<string, number>();
        for (const [guest, reason, device, low, high] of exits) {
          statistics.count(guest, reason, device, low, high);
          const key = [guest, exitReasons[reason]?.id, device, low, high].join();
          expected.set(key, (expected.get(key) ?? 0) + 1);
        }
        const actual = [...statistics.sites()].map(({ guest, reason, device, pc = 0n, count }) => [
          [guest, reason, device === undefined ? 0 : device + 1, pc & 0xffff_ffffn, pc >> 32n].join(),
          count,
        ]);
        assert.deepEqual(actual, [...expected]);
      }),
    );
  });

  it('is bounded, and stays exact by reason, guest and device', () => {
    const statistics = new ExitStatistics(100);
    for (let pc = 0; pc < 5000; pc++) statistics.count(pc % 2, reasonNumber.hypercall, 0, pc, 0);
    assert.equal([...statistics.sites()].length, 102);
    assert.deepEqual(
      statistics.by((site) => site.guest).map(({ count }) => count),
      [2500, 2500],
    );
  });

  it('comes back from a copy as it was', () => {
    const statistics = new ExitStatistics();
    for (let pc = 0; pc < 500; pc++) statistics.count(0, reasonNumber.hypercall, 0, pc, 0);
    const saved = statistics.save();
    const before = [...statistics.sites()];
    for (let pc = 0; pc < 700; pc++) statistics.count(0, reasonNumber.hypercall, 0, pc, 0);
    statistics.restore(saved);
    assert.deepEqual([...statistics.sites()], before);
    statistics.count(0, reasonNumber.hypercall, 0, 3, 0);
    assert.equal([...statistics.sites()].length, before.length);
  });
});
