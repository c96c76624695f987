import assert from 'node:assert/strict';
import { looksLikeSystemMap, readSystemMap } from '../../../src/symbols/linux/system-map.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('symbols/linux/system-map', () => {
  it('reads symbols by address, without those of modules', () => {
    const text = 'ffffffff80002000 T _stext\nffffffff80000000 T _start\nffffffff01000000 t probe\t[virtio]\n';
    assert.deepEqual(readSystemMap(bytes(text)), [
      { address: 0xffff_ffff_8000_0000n, type: 'T', name: '_start' },
      { address: 0xffff_ffff_8000_2000n, type: 'T', name: '_stext' },
    ]);
  });

  it('tells other files apart', () => {
    assert.equal(looksLikeSystemMap(bytes('ffffffff80000000 T _start\n')), true);
    for (const text of ['', '\u007fELF', 'The real System.map is in the linux-image-dbg package\n'])
      assert.equal(readSystemMap(bytes(text)), undefined, text);
  });
});
