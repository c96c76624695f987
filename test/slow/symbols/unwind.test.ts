import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { SymbolImage } from '../../../src/symbols/symbol-index.ts';
import type { FrameRegisters } from '../../../src/symbols/unwind.ts';
import { type LiveStop, liveStops, memoryOf } from './live-program.ts';
import {
  GCC,
  GDB,
  OBJCOPY,
  QEMU,
  build,
  buildBytes,
  liveOptions,
  needsTools,
  run,
  scratchFile,
} from '../../symbols/toolchain.ts';
import { loadSymbols } from '../../symbols/variants.ts';

const SOURCES = ['start.S', 'shapes.c'];

describe('symbols/unwind', function () {
  needsTools(this, GCC, GDB, QEMU, OBJCOPY);
  this.timeout(60_000);

  for (const name of ['-gdwarf-4 -O0', '-gdwarf-5 -O0 -fno-omit-frame-pointer', '-gdwarf-5 -O2']) {
    it(`finds at every instruction the frames that gdb finds, ${name}`, () => {
      const options = name.split(' ');
      const image = loadSymbols(buildBytes(SOURCES, liveOptions(options)));
      const stops = liveStops(SOURCES, options, 'main', 120);
      let deepest = 0;
      for (const stop of stops) {
        const own = stack(image, stop);
        const theirs = stop.frames.filter(({ isInlined }) => !isInlined);
        if (image.functionAt(stop.pc)?.name === 'add_in_assembly') continue;
        deepest = Math.max(deepest, own.length);
        for (const [index, { pc, sp }] of theirs.entries()) {
          // gdb also guesses what _start was called by.
          if (image.functionAt(pc)?.name === '_start') break;
          assert.deepEqual(
            [own[index]?.pc, own[index]?.x[2]],
            [pc, sp],
            `frame ${index} at ${stop.pc.toString(16)}`,
          );
        }
        const names = own.flatMap((frame) =>
          image.framesAt(frame.pcKind === 'exact' ? frame.pc : frame.pc - 1n).map((one) => one.name),
        );
        const expected = stop.frames.map((frame) => frame.name);
        assert.deepEqual(
          names.slice(0, expected.indexOf('main') + 1),
          expected.slice(0, expected.indexOf('main') + 1),
        );
      }
      assert.ok(stops.length === 120 && deepest >= 4, `${stops.length} stops, ${deepest} frames`);
    });
  }

  it('follows frame pointers, and ra in a function without frame, where there is no call frame information', () => {
    const options = ['-O0', '-fno-omit-frame-pointer'];
    const bare = scratchFile('no-cfi.elf');
    run(OBJCOPY, [
      '--remove-section=.debug_frame',
      '--remove-section=.eh_frame',
      build(SOURCES, liveOptions(options)),
      bare,
    ]);
    const image = loadSymbols(new Uint8Array(readFileSync(bare)));
    const stops = liveStops(SOURCES, options, 'main', 120);
    const methods = new Set<string>();
    let followed = 0;
    for (const stop of stops) {
      const here = image.functionAt(stop.pc);
      // While a frame is set up or taken down, only call frame information knows.
      if (!here || stop.frames[0]?.line === here.line || stop.frames.length < 3) continue;
      const caller = image.unwind({ pc: stop.pc, x: stop.x, pcKind: 'exact' }, memoryOf(stop));
      methods.add(caller?.method ?? 'none');
      const outer = stop.frames.find(
        ({ isInlined }, index) => index > 0 && !isInlined && !stop.frames[index - 1]?.isInlined,
      );
      if (caller?.registers.pc === outer?.pc) followed++;
    }
    assert.ok(followed > 30, `${followed}`);
    assert.ok(methods.has('frame-pointer'));
  });
});

/** All frames that the unwinder finds, without those of inlined calls. */
function stack(image: SymbolImage, stop: LiveStop): readonly FrameRegisters[] {
  const frames: FrameRegisters[] = [{ pc: stop.pc, x: stop.x, pcKind: 'exact' }];
  for (let last = frames[0]; last && frames.length < 50;) {
    last = image.unwind(last, memoryOf(stop))?.registers;
    if (last) frames.push(last);
  }
  return frames;
}
