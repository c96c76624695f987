import assert from 'node:assert/strict';
import { restoreRam, saveRam, snapshotBytes } from '../../src/machine/ram-snapshot.ts';

const block = 0x4000;

describe('machine/ram-snapshot', () => {
  it('keeps what two snapshots have in common once', () => {
    const ram = new Uint8Array(8 * block);
    for (const index of [1, 3, 6]) ram.fill(index, index * block, (index + 1) * block);
    const first = saveRam(ram, undefined);
    ram[3 * block + 77] = 200;
    ram.fill(0, 6 * block, 7 * block);
    ram[7 * block] = 1;
    const second = saveRam(ram, first);
    assert.equal(snapshotBytes([first]), 3 * block);
    assert.equal(snapshotBytes([second]), 3 * block);
    assert.equal(snapshotBytes([first, second]), 5 * block);
  });

  it('brings back either, and tells what changed', () => {
    const ram = new Uint8Array(4 * block).fill(1);
    const first = saveRam(ram, undefined);
    ram[2 * block + 5] = 9;
    const now = ram.slice();
    const second = saveRam(ram, first);
    const changed: number[] = [];
    restoreRam(ram, first, (offset) => changed.push(offset));
    assert.deepEqual(ram, new Uint8Array(4 * block).fill(1));
    restoreRam(ram, second, (offset) => changed.push(offset));
    assert.deepEqual(ram, now);
    assert.deepEqual(changed, [2 * block, 2 * block]);
  });
});
