import type { Region } from './bus.ts';
import { memoryFolder } from './host-folder.ts';
import { isEmptySlot } from './devices/virtio-mmio.ts';
import { createMachine } from './machine.ts';
import type { PeripheralsConfiguration } from './peripherals.ts';
import { memoryStorage } from './virtio/block/storage.ts';

/** One of everything that can be plugged in, empty. */
const everyPeripheral: PeripheralsConfiguration = {
  disks: [{ storage: memoryStorage(new Uint8Array(512)), access: 'read-write', serial: '' }],
  randomSeed: 0,
  network: { kind: 'user' },
  shares: [{ tag: 'host', folder: memoryFolder({}), access: 'read-write' }],
  console: 'virtio',
};

/** The devices that a machine can have, where they are on the smallest one: for lists and documentation. */
export function everyDevice(): readonly Region[] {
  const machine = createMachine({
    image: { segments: [], entry: 0x8000_0000n },
    ramBytes: 16 * 2 ** 20,
    peripherals: everyPeripheral,
  });
  return machine.board.bus.regions.filter(({ device }) => !isEmptySlot(device));
}
