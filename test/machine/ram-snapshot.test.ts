import assert from 'node:assert/strict';
import { MemoryHash } from '../../src/hart/engine/memory-hash.ts';
import { createMachineMemory } from '../../src/hart/layout.ts';
import { restoreRam, saveRam, snapshotBytes, type HashedRam } from '../../src/machine/ram-snapshot.ts';
import { noise } from '../noise.ts';

const block = 0x4000;
const ramBase = 0x8000_0000;

function ramOf(blocks: number, loaded: HashedRam['loaded'] = []): HashedRam & { readonly ram: Uint8Array } {
  const memory = createMachineMemory({ harts: 1, ramBase, ramSize: blocks * block });
  for (const { address, bytes } of loaded) memory.ram.set(bytes, address - ramBase);
  return { memory, hash: new MemoryHash(memory.wasm), loaded, ram: memory.ram };
}

describe('machine/ram-snapshot', () => {
  it('keeps what two snapshots have in common once', () => {
    const { ram, ...hashed } = ramOf(8);
    for (const index of [1, 3, 6]) ram.set(noise(block, index), index * block);
    const first = saveRam(hashed, undefined);
    ram.set(noise(block, 30), 3 * block);
    ram.fill(0, 6 * block, 7 * block);
    ram.set(noise(block, 7), 7 * block);
    const second = saveRam(hashed, first);
    assert.equal(snapshotBytes([first]), 3 * block);
    assert.equal(snapshotBytes([second]), 3 * block);
    assert.equal(snapshotBytes([first, second]), 5 * block);
  });

  it('brings back either, and tells what changed', () => {
    const { ram, ...hashed } = ramOf(4);
    ram.fill(1);
    const first = saveRam(hashed, undefined);
    ram[2 * block + 5] = 9;
    ram.fill(0, 3 * block);
    const now = ram.slice();
    const second = saveRam(hashed, first);
    const changed: number[] = [];
    restoreRam(hashed, first, (offset) => changed.push(offset));
    assert.deepEqual(ram, new Uint8Array(4 * block).fill(1));
    restoreRam(hashed, second, (offset) => changed.push(offset));
    assert.deepEqual(ram, now);
    assert.deepEqual(changed, [2 * block, 3 * block, 2 * block, 3 * block]);
  });

  it('packs what it keeps', () => {
    const { ram, ...hashed } = ramOf(4);
    ram.fill(1);
    assert.ok(snapshotBytes([saveRam(hashed, undefined)]) < (4 * block) / 20);
  });

  it('keeps no copy of a file’s blocks, but of those that are not as in the file', () => {
    // It begins in the middle of a block, and so shares the four whole ones.
    const file = noise(5 * block, 77);
    const { ram, ...hashed } = ramOf(8, [{ address: ramBase + block + 0x800, bytes: file }]);
    const whole = saveRam(hashed, undefined);
    assert.equal(whole.size, 6);
    assert.ok(snapshotBytes([whole]) <= 2 * block);
    const before = snapshotBytes([whole]);
    ram[3 * block] = 1;
    ram[3 * block + 1] = 2;
    assert.equal(snapshotBytes([saveRam(hashed, undefined)]), before + block);
    const atStart = ram.slice();
    const changed = saveRam(hashed, undefined);
    ram.fill(0);
    restoreRam(hashed, changed, () => undefined);
    assert.deepEqual(ram, atStart);
  });

  it('copies files whose words lie across those of RAM', () => {
    const bytes = noise(4 * block + 2, 5).subarray(2);
    const { ram, ...hashed } = ramOf(4, [{ address: ramBase, bytes }]);
    const saved = saveRam(hashed, undefined);
    assert.equal(snapshotBytes([saved]), 4 * block);
    ram.fill(3);
    restoreRam(hashed, saved, () => undefined);
    assert.deepEqual(ram, bytes.slice());
  });
});
