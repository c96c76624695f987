import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Frames, frameSize, megapageSize } from '../../../src/vmm/memory/frames.ts';

describe('vmm/memory/frames', () => {
  it('takes the lowest run that fits, aligned to its size', () => {
    const frames = new Frames(0x8000_0000, 4 * megapageSize);
    assert.equal(frames.allocate(frameSize, { kind: 'vmm' }), 0x8000_0000);
    assert.equal(frames.allocate(4 * frameSize, { kind: 'page-table', guest: 1 }), 0x8000_4000);
    assert.equal(frames.allocate(megapageSize, { kind: 'guest', guest: 1, gpa: 0x8000_0000 }), 0x8020_0000);
    assert.equal(frames.allocate(frameSize, { kind: 'page-table', guest: 1 }), 0x8000_1000);
  });

  it('knows the owner of every address, and where a guest sees it', () => {
    const frames = new Frames(0x8000_0000, 2 * megapageSize);
    frames.allocate(frameSize, { kind: 'vmm' });
    frames.allocate(megapageSize, { kind: 'guest', guest: 3, gpa: 0x9000_0000 });
    assert.deepEqual(frames.ownerOf(0x8000_0fff), { kind: 'vmm' });
    assert.deepEqual(frames.ownerOf(0x8000_1000), { kind: 'free' });
    assert.deepEqual(frames.ownerOf(0x8020_5123), { kind: 'guest', guest: 3, gpa: 0x9000_5000 });
    assert.equal(frames.ownerOf(0x7fff_ffff), undefined);
    assert.equal(frames.ownerOf(0x8040_0000), undefined);
  });

  it('never gives a frame to two owners, whatever is asked for', () => {
    const request = fc.record({
      frames: fc.constantFrom(1, 1, 1, 4, 512),
      guest: fc.integer({ min: 0, max: 3 }),
      kind: fc.constantFrom('guest' as const, 'page-table' as const, 'vmm' as const),
    });
    fc.assert(
      fc.property(fc.array(request, { maxLength: 40 }), (requests) => {
        const frames = new Frames(0x8000_0000, 8 * megapageSize);
        const taken = new Set<number>();
        for (const { frames: count, guest, kind } of requests) {
          const owner =
            kind === 'guest' ? { kind, guest, gpa: 0 } : kind === 'vmm' ? { kind } : { kind, guest };
          const start = frames.allocate(count * frameSize, owner);
          if (start === undefined) continue;
          assert.equal(start % (count * frameSize), 0);
          for (let at = start; at < start + count * frameSize; at += frameSize) {
            assert.ok(!taken.has(at), 'given out twice');
            taken.add(at);
            assert.equal(frames.ownerOf(at)?.kind, kind);
          }
        }
        assert.equal(frames.free, frames.size - taken.size * frameSize);
      }),
    );
  });

  it('comes back from a copy as it was', () => {
    const frames = new Frames(0x8000_0000, megapageSize);
    frames.allocate(frameSize, { kind: 'vmm' });
    const saved = frames.save();
    assert.equal(frames.save(), saved, 'a copy is shared while nothing changes');
    frames.allocate(frameSize, { kind: 'page-table', guest: 2 });
    assert.notDeepEqual(frames.save(), saved);
    frames.restore(saved);
    assert.deepEqual(frames.ownerOf(0x8000_1000), { kind: 'free' });
    assert.deepEqual(frames.ownerOf(0x8000_0000), { kind: 'vmm' });
  });
});
