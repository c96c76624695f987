import assert from 'node:assert/strict';
import type { StratumImage } from '../../../src/debugger/images/image-set.ts';
import { StrataDebugger } from '../../../src/debugger/strata-debugger.ts';
import { ConsoleLogs } from '../../../src/debugger/target/console-logs.ts';
import { elfOfList } from '../../../src/symbols/linux/listed-elf.ts';
import { SymbolImage } from '../../../src/symbols/symbol-index.ts';
import { someSymbols } from '../../symbols/linux/kallsyms-tables.ts';
import { atp, BareTarget, leaf } from '../bare-target.ts';
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
    assert.equal(names.at(-1), 'pebble!upper_half', 'no process has called the scheduler');
  });

  it('shows no trap below a kernel that turned its tables on by a fault', () => {
    const { bare, core, root } = faultingKernel();
    bare.setCsr('stvec', linked + 0x1000n);
    assert.deepEqual(namesAfter(core, 3), [
      'kernel!do_thing_0',
      '— instruction page fault in S —',
      '0x80200004',
    ]);
    bare.setCsr('satp', atp(root, 1n));
    assert.deepEqual(namesAfter(core, 1), ['kernel!do_thing_0']);
  });

  it('shows whence a kernel called an address where nothing is', () => {
    const { bare, core, root } = faultingKernel();
    bare.setCsr('satp', atp(root));
    bare.setCsr('stvec', linked + 0x1000n);
    bare.hart.state.setX(1, linked + 0x1044n);
    bare.enter({ privilege: 1, virtual: false }, 0n);
    assert.deepEqual(namesAfter(core, 2), [
      'kernel!do_thing_0',
      '— instruction page fault in S —',
      '0x0',
      'kernel!do_thing_4',
    ]);
  });
});

const linked = 0xffff_ffff_8000_0000n;
const loaded = 0x8020_0000;

/** A kernel that is about to write satp, with tables that map it high only. */
function faultingKernel(): {
  readonly bare: BareTarget;
  readonly core: StrataDebugger;
  readonly root: number;
} {
  const elf = elfOfList({
    symbols: someSymbols(linked, 100),
    image: new Uint8Array(0x2000),
    physicalAddress: BigInt(loaded),
  });
  assert.ok(elf);
  const symbols = new SymbolImage('kernel', elf);
  const image: StratumImage = { name: 'kernel', path: 'Image', stratum: 'kernel', guest: undefined, symbols };
  const bare = new BareTarget({ images: [image] });
  const core = new StrataDebugger(bare.target, new ConsoleLogs());
  const root = bare.table();
  for (let offset = 0; offset < 0x4000; offset += 0x1000)
    bare.map(root, linked + BigInt(offset), loaded + offset, leaf.rwx);
  const csrwSatpA0 = 0x1805_1073;
  const nop = 0x13;
  bare.words(
    loaded,
    Array.from({ length: 0x1000 }, () => nop),
  );
  bare.words(loaded, [csrwSatpA0]);
  bare.setCsr('pmpaddr0', (1n << 54n) - 1n);
  bare.setCsr('pmpcfg0', 0x1fn);
  bare.setCsr('medeleg', 1n << 12n);
  bare.hart.state.setX(10, atp(root));
  bare.enter({ privilege: 1, virtual: false }, BigInt(loaded));
  return { bare, core, root };
}

function namesAfter(core: StrataDebugger, steps: number): readonly string[] {
  core.resume({ kind: 'continue', direction: 'forward' });
  core.runSlice(steps);
  core.pause();
  return core.stackTrace(1).map(({ name }) => name);
}
