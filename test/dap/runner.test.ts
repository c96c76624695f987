import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import type { DebuggerCore, SliceResult } from '../../src/debugger/debugger.ts';
import { Runner } from '../../src/dap/runner.ts';

/** A debuggee whose every slice sleeps for a minute of the guest's time. */
class Sleeper implements Pick<DebuggerCore, 'resume' | 'runSlice'> {
  slices = 0;

  resume(): void {
    // Nothing to prepare.
  }

  runSlice(): SliceResult {
    this.slices++;
    return { kind: 'running', idleNanoseconds: 60e9 };
  }
}

describe('dap/runner', () => {
  const forward = { kind: 'continue', direction: 'forward' } as const;
  let core: Sleeper;
  let runner: Runner;

  beforeEach(() => {
    core = new Sleeper();
    runner = new Runner(
      core as Sleeper & DebuggerCore,
      () => undefined,
      () => undefined,
    );
  });
  afterEach(() => runner.dispose());

  it('runs once, however often a client says to go on', async () => {
    runner.resume(forward);
    runner.resume(forward);
    await wait(30);
    assert.equal(core.slices, 1);
  });

  it('lets a sleeping guest see input at once', async () => {
    runner.resume(forward);
    await wait(30);
    runner.wake();
    await wait(30);
    assert.equal(core.slices, 2);
  });
});
