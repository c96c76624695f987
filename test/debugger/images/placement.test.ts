import assert from 'node:assert/strict';
import type { StratumImage } from '../../../src/debugger/images/image-set.ts';
import type { Stop } from '../../../src/debugger/stop.ts';
import { StrataDebugger } from '../../../src/debugger/strata-debugger.ts';
import { ConsoleLogs } from '../../../src/debugger/target/console-logs.ts';
import { elfOfList } from '../../../src/symbols/linux/listed-elf.ts';
import { SymbolImage } from '../../../src/symbols/symbol-index.ts';
import { someSymbols } from '../../symbols/linux/kallsyms-tables.ts';
import { atp, BareTarget, leaf } from '../bare-target.ts';

const linked = 0xffff_ffff_8000_0000n;
const loaded = 0x8020_0000;
const size = 0x2000;

interface Kernel {
  readonly bare: BareTarget;
  readonly core: StrataDebugger;
  /** Its page table. */
  readonly root: number;
}

/** A machine with a kernel of instructions that do nothing, linked high, loaded low, and mapped `slide` higher still. */
function makeKernel(slide: bigint): Kernel {
  const elf = elfOfList({
    symbols: someSymbols(linked, 100),
    image: new Uint8Array(size),
    physicalAddress: BigInt(loaded),
  });
  assert.ok(elf);
  const symbols = new SymbolImage('kernel', elf);
  const image: StratumImage = { name: 'kernel', path: 'Image', stratum: 'kernel', guest: undefined, symbols };
  const bare = new BareTarget({ images: [image] });
  const core = new StrataDebugger(bare.target, new ConsoleLogs());
  const root = bare.table();
  bare.words(
    loaded,
    Array.from({ length: 2 * size }, () => 0x13),
  );
  for (let offset = 0; offset < 4 * size; offset += 0x1000)
    bare.map(root, linked + slide + BigInt(offset), loaded + offset, leaf.rwx);
  // All of physical memory, for the time before tables are on, is open to S mode.
  bare.setCsr('pmpaddr0', (1n << 54n) - 1n);
  bare.setCsr('pmpcfg0', 0x1fn);
  bare.enter({ privilege: 1, virtual: false }, BigInt(loaded) + 0x1000n);
  return { bare, core, root };
}

function turnOn({ bare, root }: Kernel, slide: bigint): void {
  bare.setCsr('satp', atp(root));
  bare.enter({ privilege: 1, virtual: false }, linked + slide + 0x1000n);
}

function stopOf(core: StrataDebugger): Stop {
  core.resume({ kind: 'continue', direction: 'forward' });
  const result = core.runSlice(1000);
  return result.kind === 'stopped' ? result.stop : assert.fail(result.kind);
}

function innermost(core: StrataDebugger): string | undefined {
  return core.stackTrace(1)[0]?.name;
}

function valueOf(core: StrataDebugger, text: string): string {
  const result = core.evaluate(text, undefined);
  return result.ok ? result.variable.value : result.message;
}

describe('debugger/images/placement', () => {
  for (const slide of [0n, 0x1240_0000n]) {
    const name = `a kernel that runs ${slide === 0n ? 'where it is linked' : 'elsewhere'}`;

    it(`stops by name in ${name}, before its tables are on and afterwards`, () => {
      const kernel = makeKernel(slide);
      const { bare, core } = kernel;
      const [bound] = core.setBreakpoints('functions', [{ kind: 'function', name: 'kernel!do_thing_3' }]);
      assert.equal(bound?.verified, true);
      assert.equal(stopOf(core).reason.kind, 'breakpoint');
      assert.equal(bare.hart.state.pc, BigInt(loaded) + 0x1030n);
      assert.equal(innermost(core), 'kernel!do_thing_3');
      turnOn(kernel, slide);
      assert.equal(stopOf(core).reason.kind, 'breakpoint');
      assert.equal(bare.hart.state.pc, linked + slide + 0x1030n);
      assert.equal(innermost(core), 'kernel!do_thing_3');
    });

    it(`gives symbols of ${name} the addresses of the space in force`, () => {
      const kernel = makeKernel(slide);
      const { core } = kernel;
      const offset = 0x1000n + 1600n + 0x1000n;
      assert.match(
        valueOf(core, '&kernel!jiffies'),
        new RegExp(`0x${(BigInt(loaded) + offset).toString(16)}`),
      );
      turnOn(kernel, slide);
      core.setBreakpoints('functions', [{ kind: 'function', name: 'do_thing_9' }]);
      stopOf(core);
      assert.match(
        valueOf(core, '&kernel!jiffies'),
        new RegExp(`0x${(linked + slide + offset).toString(16)}`),
      );
      const rows = core.disassemble({ space: 'current', address: linked + slide + 0x1090n }, 0n, 0, 1);
      assert.equal(rows[0]?.symbol, 'do_thing_9');
    });
  }

  it('stops nowhere else at the address where the kernel was linked', () => {
    const { bare, core, root } = makeKernel(0x1240_0000n);
    core.setBreakpoints('functions', [{ kind: 'function', name: 'kernel!do_thing_3' }]);
    const other = loaded + 0x40_0000;
    bare.map(root, linked + 0x1000n, other, leaf.rwx);
    bare.words(
      other,
      Array.from({ length: 1024 }, () => 0x13),
    );
    bare.setCsr('satp', atp(root));
    bare.enter({ privilege: 0, virtual: false }, linked + 0x1000n);
    bare.map(root, linked + 0x1000n, other, leaf.urwx);
    core.resume({ kind: 'continue', direction: 'forward' });
    assert.equal(core.runSlice(100).kind, 'running');
  });
});
