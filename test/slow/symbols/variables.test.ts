import assert from 'node:assert/strict';
import { readLocation } from '../../../src/symbols/location-bytes.ts';
import type { SymbolImage } from '../../../src/symbols/symbol-index.ts';
import { sizeOf, underlying } from '../../../src/symbols/types.ts';
import type { FrameRegisters } from '../../../src/symbols/unwind.ts';
import type { VariableSymbol } from '../../../src/symbols/variable-index.ts';
import { GCC, GDB, QEMU, buildBytes, liveOptions, needsTools } from '../../symbols/toolchain.ts';
import { loadSymbols } from '../../symbols/variants.ts';
import { type LiveStop, type LiveVariable, liveStops, memoryOf } from './live-program.ts';

const SOURCES = ['start.S', 'shapes.c'];

describe('symbols/variable-index, on a running program', function () {
  needsTools(this, GCC, GDB, QEMU);

  for (const name of ['-gdwarf-4 -O0', '-gdwarf-5 -O1', '-gdwarf-4 -O2', '-gdwarf-5 -O2']) {
    it(`finds at every instruction the variables of every frame, with the values that gdb finds, ${name}`, () => {
      const options = name.split(' ');
      const image = loadSymbols(buildBytes(SOURCES, liveOptions(options)));
      let compared = 0;
      for (const stop of liveStops(SOURCES, options, 'main', 150)) compared += compareStop(image, stop);
      assert.ok(compared > 300, `${compared} values`);
    });
  }
});

/** Walks our frames and gdb's side by side; the number of values that both know. */
function compareStop(image: SymbolImage, stop: LiveStop): number {
  const readMemory = memoryOf(stop);
  let compared = 0;
  let index = 0;
  for (let frame: FrameRegisters | undefined = { pc: stop.pc, x: stop.x, pcKind: 'exact' }; frame;) {
    const registers: FrameRegisters = frame;
    const at = registers.pcKind === 'exact' ? registers.pc : registers.pc - 1n;
    for (const [depth, { name }] of image.framesAt(at).entries()) {
      const theirs = stop.frames[index++];
      // What called _start is nothing to compare, and gdb mistakes the beginning of add_in_assembly for it.
      if (!theirs || name === '_start' || name === 'add_in_assembly') return compared;
      assert.equal(name, theirs.name);
      const own = image.localsAt(at, depth);
      assert.deepEqual(
        [...new Set(own.map((variable) => variable.name))].toSorted(),
        [...new Set(theirs.variables.map((variable) => variable.name))].toSorted(),
        `${name} at ${at.toString(16)}`,
      );
      for (const variable of theirs.variables) {
        // An inlined variable that stands in a block gdb lists a second time, as optimized out.
        const twins = theirs.variables.filter((one) => one.name === variable.name);
        if (twins.length > 1 && !isKnown(variable)) continue;
        const mine = own.find((one) => one.name === variable.name);
        assert.ok(mine);
        compared += compareValue(
          mine,
          variable,
          registers,
          readMemory,
          `${name}!${mine.name} at ${at.toString(16)}`,
        );
      }
    }
    frame = image.unwind(registers, readMemory)?.registers;
  }
  return compared;
}

const isKnown = (one: LiveVariable): boolean => one.value !== undefined || one.address !== undefined;

function compareValue(
  own: VariableSymbol,
  theirs: LiveVariable,
  frame: FrameRegisters,
  readMemory: ReturnType<typeof memoryOf>,
  what: string,
): 0 | 1 {
  const location = own.locate(frame, readMemory);
  if (theirs.address !== undefined) {
    assert.deepEqual(location, { kind: 'address', address: theirs.address }, what);
    return 1;
  }
  const size = sizeOf(own.type) ?? 0;
  const found = readLocation(location, size, frame, readMemory);
  if (theirs.value === undefined) {
    // gdb evaluates values known only at the function's entry as optimized out, and so do we.
    const isScalar = underlying(own.type).kind !== 'struct' && underlying(own.type).kind !== 'array';
    assert.ok(!found.ok || !isScalar, what);
    return 0;
  }
  if (!found.ok) {
    // Recovering a caller's register or an entry value from call sites is more than is promised.
    assert.match(found.reason, /optimized out/, what);
    return 0;
  }
  const value = Buffer.from(found.bytes).readUIntLE(0, Math.min(size, 6));
  assert.equal(BigInt(value), BigInt.asUintN(Math.min(size, 6) * 8, theirs.value), what);
  return 1;
}
