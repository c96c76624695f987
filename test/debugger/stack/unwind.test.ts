import assert from 'node:assert/strict';
import { SampleSession } from '../sample-session.ts';

describe('debugger/stack/unwind', () => {
  it('shows what an interrupt interrupted in the kernel once, below its boundary', () => {
    const session = new SampleSession({ append: 'run="tick 2"' });
    session.core.setBreakpoints('functions', [
      { kind: 'function', name: 'scheduler_timer', condition: 'current == 0' },
    ]);
    session.runToStop();
    const names = session.frames.map(({ name }) => name);
    const entry = names.indexOf('pebble!trap_entry');
    assert.deepEqual(names.slice(entry, entry + 6), [
      'pebble!trap_entry',
      '— supervisor timer interrupt in VS —',
      'pebble!wait_for_interrupt',
      'pebble!scheduler_run',
      'pebble!kernel_main',
      'pebble!upper_half',
    ]);
    assert.equal(names.filter((name) => name === 'pebble!kernel_main').length, 1);
  });
});
