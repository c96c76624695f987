import assert from 'node:assert/strict';
import { StrataDebugger } from '../../../src/debugger/strata-debugger.ts';
import { ConsoleLogs } from '../../../src/debugger/target/console-logs.ts';
import { BareTarget, ramBase } from '../bare-target.ts';

const nop = 0x13;

const jumpBack = 0xfddff06f;

/** A hart at the beginning of instructions that do nothing, with a breakpoint at one of them. */
function makeCore(at: number): StrataDebugger {
  return makeBare(at).core;
}

function makeBare(at: number): { readonly bare: BareTarget; readonly core: StrataDebugger } {
  const bare = new BareTarget();
  bare.words(
    ramBase,
    Array.from({ length: 64 }, () => nop),
  );
  const core = new StrataDebugger(bare.target, new ConsoleLogs());
  core.setBreakpoints('instructions', [
    { kind: 'instruction', reference: `0x${(ramBase + 4 * at).toString(16)}`, offset: 0 },
  ]);
  return { bare, core };
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

  it('meets a breakpoint once, though an interrupt comes before its instruction has run', () => {
    const { bare, core } = makeBare(2);
    const clearSoftwareInterrupt = 0x3441_7073;
    const mret = 0x3020_0073;
    bare.words(ramBase + 0x200, [clearSoftwareInterrupt, mret]);
    bare.setCsr('mtvec', BigInt(ramBase + 0x200));
    core.resume({ kind: 'continue', direction: 'forward' });
    assert.equal(core.runSlice(10).kind, 'stopped');
    bare.setCsr('mie', 2n);
    bare.setCsr('mip', 2n);
    bare.setCsr('mstatus', 0x8n);
    core.resume({ kind: 'continue', direction: 'forward' });
    assert.equal(core.runSlice(5).kind, 'running');
    assert.equal(bare.hart.state.pc, BigInt(ramBase + 4 * 4), 'the handler has run, and two more');
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
