import assert from 'node:assert/strict';
import { HitLog } from '../../../src/debugger/breakpoints/hit-log.ts';

describe('debugger/breakpoints/hit-log', () => {
  it('counts what was hit before a mark, each once, in whatever order they were met', () => {
    const log = new HitLog();
    for (const step of [10, 30, 20, 30]) log.add({ step });
    log.add({ step: 20, stage: 1 });
    assert.deepEqual(
      [{ step: 5 }, { step: 10 }, { step: 20, stage: 1 }, { step: 20 }, { step: 30 }, { step: 31 }].map(
        (mark) => log.before(mark),
      ),
      [0, 0, 1, 2, 3, 4],
    );
  });

  it('forgets what comes after a mark when history takes another course there', () => {
    const log = new HitLog();
    for (const step of [10, 20, 30]) log.add({ step });
    log.forgetFrom({ step: 20 });
    assert.equal(log.before({ step: 100 }), 1);
  });

  it('keeps the number of hits that are too many to keep', () => {
    const log = new HitLog();
    for (let step = 0; step < 1_000_002; step++) log.add({ step });
    assert.equal(log.before({ step: 2_000_000 }), 1_000_002);
  });
});
