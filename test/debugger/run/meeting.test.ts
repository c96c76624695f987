import assert from 'node:assert/strict';
import { StrataDebugger } from '../../../src/debugger/strata-debugger.ts';
import { ConsoleLogs } from '../../../src/debugger/target/console-logs.ts';
import { BareTarget, ramBase } from '../bare-target.ts';

const nop = 0x13;

const jumpBack = 0xfddff06f;

/** A hart at the beginning of instructions that do nothing, with a breakpoint at one of them. */
function makeCore(at: number): StrataDebugger {
  const bare = new BareTarget();
  bare.words(
    ramBase,
    Array.from({ length: 64 }, () => nop),
  );
  const core = new StrataDebugger(bare.target, new ConsoleLogs());
  core.setBreakpoints('instructions', [
    { kind: 'instruction', reference: `0x${(ramBase + 4 * at).toString(16)}`, offset: 0 },
  ]);
  return core;
}

describe('debugger/run: where a resumption begins', () => {
  it('meets a breakpoint at the very first instruction if nobody saw the debuggee there', () => {
    const core = makeCore(0);
    core.resume({ kind: 'continue', direction: 'forward', isUnseen: true });
    const result = core.runSlice(10);
    assert.equal(result.kind === 'stopped' && result.stop.reason.kind, 'breakpoint');
    assert.deepEqual(core.stop?.mark, { step: 0 });
  });

  it('passes it otherwise, and once it was met', () => {
    const core = makeCore(0);
    core.resume({ kind: 'continue', direction: 'forward' });
    assert.equal(core.runSlice(10).kind, 'running');
    const other = makeCore(0);
    other.resume({ kind: 'continue', direction: 'forward', isUnseen: true });
    other.runSlice(10);
    other.resume({ kind: 'continue', direction: 'forward' });
    assert.equal(other.runSlice(10).kind, 'running');
  });

  it('goes back to a stop that is exactly where a checkpoint is', () => {
    const bare = new BareTarget({ engine: 'interpreter' });
    // Ten instructions round and round: their first runs at every tenth step.
    bare.words(ramBase, [...Array.from({ length: 9 }, () => nop), jumpBack]);
    const core = new StrataDebugger(bare.target, new ConsoleLogs());
    core.resume({ kind: 'continue', direction: 'forward' });
    core.runSlice(50_000_005);
    core.pause();
    core.setBreakpoints('instructions', [
      { kind: 'instruction', reference: `0x${ramBase.toString(16)}`, offset: 0 },
    ]);
    core.resume({ kind: 'continue', direction: 'backward' });
    const result = core.runSlice(1000);
    assert.deepEqual(result.kind === 'stopped' && result.stop.mark, { step: 50_000_000 });
  });

  it('meets a breakpoint where a pause lands', () => {
    const core = makeCore(10);
    core.resume({ kind: 'continue', direction: 'forward' });
    assert.equal(core.runSlice(10).kind, 'running');
    assert.equal(core.pause().reason.kind, 'breakpoint');
    core.resume({ kind: 'continue', direction: 'forward' });
    assert.equal(core.pause().reason.kind, 'pause', 'it was met already');
  });
});
