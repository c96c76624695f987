import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Frames, frameSize, megapageSize } from '../../../src/vmm/memory/frames.ts';
import { allPermissions, SecondStage } from '../../../src/vmm/memory/second-stage.ts';

const ramBase = 0x8000_0000;

function ram(megapages: number) {
  const size = megapages * megapageSize;
  return {
    memory: { ramBase, ramView: new DataView(new ArrayBuffer(size)) },
    frames: new Frames(ramBase, size),
  };
}

describe('vmm/memory/second-stage', () => {
  it('writes entries as the specification lays them out', () => {
    const { memory, frames } = ram(4);
    const tables = new SecondStage({ memory, frames, guest: 1 });
    tables.map(0x8000_0000, 0x8020_0000, megapageSize, allPermissions);
    assert.equal(tables.root % 0x4000, 0);
    assert.equal(tables.hgatp(5), (8n << 60n) | (5n << 44n) | BigInt(tables.root / 4096));
    const root = memory.ramView.getBigUint64(tables.root - ramBase + 2 * 8, true);
    assert.equal(root & 0x3ffn, 1n, 'a pointer has V alone');
    const table = Number(root >> 10n) * 4096;
    const entry = memory.ramView.getBigUint64(table - ramBase, true);
    assert.equal(entry, (0x80200n << 10n) | 0xdfn, 'D A U X W R V');
  });

  it('takes megapages where both addresses allow it, and 4 KiB pages elsewhere', () => {
    const { memory, frames } = ram(8);
    const tables = new SecondStage({ memory, frames, guest: 1 });
    tables.map(0x8000_0000, 0x8020_0000, megapageSize + frameSize, allPermissions);
    tables.map(0x8060_0000, 0x8080_1000, megapageSize, allPermissions);
    const sizes = [...tables.mappings()].map((mapping) => mapping.pageSize);
    assert.equal(sizes.filter((size) => size === megapageSize).length, 1);
    assert.equal(sizes.filter((size) => size === frameSize).length, 1 + 512);
    assert.equal(tables.lookup(0x8000_1234)?.hpa, 0x8020_1234);
    assert.equal(tables.lookup(0x8060_1234)?.hpa, 0x8080_2234);
    assert.equal(tables.lookup(0x8020_1000), undefined);
    assert.equal(tables.lookup(0x1000_0000), undefined);
  });

  it('reaches all 41 bits of guest-physical address, and none beyond', () => {
    const { memory, frames } = ram(4);
    const tables = new SecondStage({ memory, frames, guest: 1 });
    tables.map(2 ** 41 - frameSize, 0x8020_0000, frameSize, allPermissions);
    assert.equal(tables.lookup(2 ** 41 - 1)?.hpa, 0x8020_0fff);
    assert.equal(tables.lookup(2 ** 41), undefined);
  });

  it('changes the permissions of a page', () => {
    const { memory, frames } = ram(4);
    const tables = new SecondStage({ memory, frames, guest: 1 });
    tables.map(0x8000_0000, 0x8020_0000, frameSize, allPermissions);
    tables.protect(0x8000_0010, { read: true, write: false, execute: false });
    assert.deepEqual(tables.lookup(0x8000_0010), {
      hpa: 0x8020_0010,
      pageSize: frameSize,
      read: true,
      write: false,
      execute: false,
    });
  });

  it('never reaches a table, another guest or the VMM through what guests were given', () => {
    const size = fc.integer({ min: 1, max: 1100 }).map((pages) => pages * frameSize);
    fc.assert(
      fc.property(fc.array(size, { minLength: 1, maxLength: 4 }), fc.boolean(), (sizes, fragmented) => {
        const { memory, frames } = ram(16);
        frames.allocate(frameSize, { kind: 'vmm' });
        if (fragmented) frames.allocate(megapageSize, { kind: 'guest', guest: 99, gpa: 0 });
        const guests = sizes.map((bytes, guest) => {
          const tables = new SecondStage({ memory, frames, guest });
          for (let offset = 0; offset < bytes; offset += frameSize) {
            const gpa = ramBase + offset;
            const hpa = frames.allocate(frameSize, { kind: 'guest', guest, gpa });
            if (hpa !== undefined) tables.map(gpa, hpa, frameSize, allPermissions);
          }
          return tables;
        });
        guests.forEach((tables, guest) => {
          for (const { gpa, hpa } of tables.mappings())
            assert.deepEqual(frames.ownerOf(hpa), { kind: 'guest', guest, gpa });
        });
      }),
      { numRuns: 10 },
    );
  });
});
