import assert from 'node:assert/strict';
import { ImageSet } from '../../../src/debugger/images/image-set.ts';
import { flatProfile } from '../../../src/debugger/profile/flat-profile.ts';
import { Profiler } from '../../../src/debugger/profile/profiler.ts';
import { StrataDebugger } from '../../../src/debugger/strata-debugger.ts';
import { ConsoleLogs } from '../../../src/debugger/target/console-logs.ts';
import { Target } from '../../../src/debugger/target/target.ts';
import { createMachine } from '../../../src/machine/machine.ts';
import { elfOfModule } from '../../../src/symbols/linux/module-elf.ts';
import { SymbolImage } from '../../../src/symbols/symbol-index.ts';
import { kernelBase, TinyGuest } from '../../vmm/tiny-guest.ts';

const root = 0x8040_0000;
const gigapage = (0x8000_0000n >> 2n) | 0xdfn;
const rounds = 100_000;

/** Software in HS mode that runs the same code as two guests, one after the other: a loop, and a call to end it. */
function hypervisor(): TinyGuest {
  return new TinyGuest()
    .li('t0', root)
    .li('t1', gigapage)
    .op('sd', { rs1: 't0', rs2: 't1', imm: 16 })
    .la('t0', 'handler')
    .csrw('stvec', 't0')
    .li('s0', 5)
    .label('enter')
    .li('t0', (8n << 60n) | BigInt(root >>> 12))
    .op('slli', { rd: 't1', rs1: 's0', imm: 44 })
    .op('or', { rd: 't0', rs1: 't0', rs2: 't1' })
    .csrw('hgatp', 't0')
    .li('t0', 0x180)
    .op('csrrs', { rd: 'zero', rs1: 't0', csr: 'hstatus' })
    .li('t0', 0x100)
    .op('csrrs', { rd: 'zero', rs1: 't0', csr: 'sstatus' })
    .la('t0', 'guest')
    .csrw('sepc', 't0')
    .op('sret')
    .label('guest')
    .li('t0', rounds)
    .label('again')
    .op('addi', { rd: 't0', rs1: 't0', imm: -1 })
    .branch('bne', 't0', 'zero', 'again')
    .op('ecall')
    .label('handler')
    .op('addi', { rd: 's0', rs1: 's0', imm: 1 })
    .li('t1', 7)
    .branch('bne', 's0', 't1', 'enter')
    .exit(0);
}

describe('debugger/profile, of guests of software of the machine', () => {
  it('tells them apart, though they run one image', () => {
    const bytes = hypervisor().bytes();
    const address = BigInt(kernelBase);
    const machine = createMachine({
      image: { segments: [{ address, bytes }], entry: address },
      ramBytes: 16 << 20,
      engine: 'interpreter',
    });
    const elf = elfOfModule(
      [{ address, type: 't', name: 'work' }],
      [{ address, size: bytes.length, code: bytes }],
    );
    const image = {
      name: 'guest.elf',
      path: '/guest.elf',
      stratum: 'process',
      guest: undefined,
      symbols: new SymbolImage('guest.elf', elf),
    } as const;
    const target = new Target({ machine, vmm: undefined, images: new ImageSet([image]) });
    const core = new StrataDebugger(target, new ConsoleLogs());
    const profiler = new Profiler({ core, target }, 997);
    core.resume({ kind: 'continue', direction: 'forward' });
    while (profiler.runSlice(100_000).kind === 'running');
    const { functions, strata } = flatProfile(profiler.profile);
    for (const rows of [strata, functions.map(({ frame, self }) => ({ ...frame, samples: self }))]) {
      const samples = ['vmid5', 'vmid6'].map(
        (name) => rows.find(({ guest }) => guest === name)?.samples ?? 0,
      );
      for (const each of samples) assert.ok(Math.abs(each - (2 * rounds) / 997) < 3, samples.join());
    }
  });
});
