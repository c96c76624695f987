import assert from 'node:assert/strict';
import { GCC, buildBytes, liveOptions, needsTools } from './toolchain.ts';
import { loadSymbols } from './variants.ts';

const SOURCES = ['start.S', 'shapes.c'];
const zeros = (_: bigint, length: number): Uint8Array => new Uint8Array(length);

describe('symbols/unwind', function () {
  needsTools(this, GCC);

  it('ends at a caller of zero, at unreadable memory, and where a frame would be its own caller', () => {
    const image = loadSymbols(buildBytes(SOURCES, liveOptions(['-O0'])));
    const [walk] = image.functionsNamed('walk');
    const [add] = image.functionsNamed('add_in_assembly');
    assert.ok(walk && add);
    const x = Array.from({ length: 32 }, () => 0x8000_2000n);
    const body = image.prologueEnd(walk);
    assert.equal(image.unwind({ pc: body, x, pcKind: 'exact' }, zeros), undefined);
    assert.equal(
      image.unwind({ pc: body, x, pcKind: 'exact' }, () => undefined),
      undefined,
    );
    assert.equal(image.unwind({ pc: add.low + 1n, x, pcKind: 'return-address' }, zeros), undefined);
    assert.equal(image.unwind({ pc: add.low, x: [0n, 0n], pcKind: 'exact' }, zeros), undefined);
  });
});
