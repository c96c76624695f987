import assert from 'node:assert/strict';
import { memoryFolder } from '../../../src/machine/host-folder.ts';
import { createMachine } from '../../../src/machine/machine.ts';
import type { PeripheralsConfiguration } from '../../../src/machine/peripherals.ts';
import { memoryStorage } from '../../../src/machine/virtio/block/storage.ts';
import { machineMemory } from '../../../src/machine/virtio/direct-memory.ts';
import { createHostedMachine } from '../../../src/vmm/hosted-machine.ts';
import { fuzzDevices, type FuzzTally } from './fuzz.ts';

const mebibyte = 0x10_0000;
const nothing = { segments: [], entry: 0x8000_0000n };

function peripherals(): PeripheralsConfiguration {
  const folder = memoryFolder({ 'a.txt': 'hello\n', 'sub/b': 'b' });
  return {
    disks: [
      { storage: memoryStorage(new Uint8Array(0x8000)), access: 'read-write', serial: 'fuzz' },
      { storage: memoryStorage(new Uint8Array(0x8000)), access: 'read-only', serial: 'fuzz' },
    ],
    randomSeed: 1,
    network: { kind: 'switch', web: folder },
    console: 'virtio',
    shares: [{ tag: 'fuzz', folder, access: 'read-write' }],
  };
}

/** Tries the devices of a bare machine; the hart's registers, which lie before RAM, must stay as they are. */
export function fuzzBareMachine(count: number, seed: number): FuzzTally {
  const machine = createMachine({ image: nothing, ramBytes: 16 * mebibyte, peripherals: peripherals() });
  const { bus, physical, harts } = machine.board;
  const before = Uint8Array.from(harts[0]?.state.bytes ?? []);
  // What the CLINT and the PLIC are told reaches mip, and nothing else of a hart.
  const regions = bus.regions.filter(({ name }) => name !== 'clint' && name !== 'plic');
  const tally = fuzzDevices(
    { regions, memory: machineMemory(physical, 'a device'), ramBytes: 16 * mebibyte },
    count,
    seed,
  );
  for (const line of [9, 11]) harts[0]?.setInterruptLine(line, 0);
  assert.deepEqual(Uint8Array.from(harts[0]?.state.bytes ?? []), before, 'the hart is as it was');
  fuzzDevices(
    { regions: bus.regions, memory: machineMemory(physical, 'a device'), ramBytes: 16 * mebibyte },
    count >> 4,
    seed,
  );
  return tally;
}

/** Tries the devices of one guest of the VMM; its neighbour's memory and both page tables must stay as they are. */
export function fuzzGuest(count: number, seed: number): FuzzTally {
  const memoryBytes = 6 * mebibyte;
  const { machine, vmm } = createHostedMachine({
    guests: ['a', 'b'].map((name) => ({
      name,
      memoryBytes,
      software: { image: nothing },
      peripherals: peripherals(),
    })),
  });
  const [guest, neighbour] = vmm.guests;
  assert.ok(guest && neighbour);
  const canary = Uint8Array.from({ length: memoryBytes }, (_, index) => (index * 31) ^ (index >>> 11));
  assert.ok(neighbour.memory.write(neighbour.memory.base, canary));
  const everythingElse = (): string => {
    // All of RAM but what backs the guest.
    const backed = new Set<number>();
    for (const { hpa, pageSize } of guest.tables.mappings())
      for (let at = hpa; at < hpa + pageSize; at += 4096) backed.add(at);
    const { ram, ramBase } = machine.board.memory;
    let sum = 0;
    for (let at = 0; at < ram.length; at += 4096) {
      if (backed.has(ramBase + at)) continue;
      const words = new Uint32Array(ram.buffer, ram.byteOffset + at, 1024);
      for (let index = 0; index < 1024; index++) sum = (Math.imul(sum, 31) + (words[index] ?? 0)) | 0;
    }
    return `${backed.size} ${sum}`;
  };
  const before = everythingElse();
  // Resets would clear the memory that chains lie in.
  const regions = guest.bus.regions.filter(({ name }) => name !== 'finisher');
  const tally = fuzzDevices({ regions, memory: guest.memory, ramBytes: memoryBytes }, count, seed);
  assert.equal(everythingElse(), before, 'nothing but the guest’s own memory was written');
  assert.deepEqual(neighbour.memory.read(neighbour.memory.base, memoryBytes), canary);
  return tally;
}
