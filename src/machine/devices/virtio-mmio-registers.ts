import type { DeviceRegister, RegisterField } from '../device.ts';

type Access = DeviceRegister['access'];

function described<const Name extends string>(
  name: Name,
  offset: number,
  access: Access,
  summary: string,
  { reset = 0n, fields = [] }: { readonly reset?: bigint; readonly fields?: readonly RegisterField[] } = {},
): DeviceRegister & { readonly name: Name } {
  return { name, offset, width: 4, access, reset, summary, fields };
}

const bit = (name: string, number: number, summary: string): RegisterField => ({
  name,
  high: number,
  low: number,
  summary,
});

/** "virt" */
export const magic = 0x7472_6976n;
/** "STRA" */
export const vendor = 0x4152_5453n;

/** The registers of a virtio device on MMIO, version 2 (Virtio 4.2.2). */
export const virtioMmioRegisters = [
  described('MagicValue', 0x000, 'read-only', 'The letters "virt".', { reset: magic }),
  described('Version', 0x004, 'read-only', '2: not the legacy interface.', { reset: 2n }),
  described('DeviceID', 0x008, 'read-only', 'What kind of device it is; 0: nothing is plugged in.', {
    fields: [
      {
        name: 'ID',
        high: 31,
        low: 0,
        summary: 'Virtio 5.',
        values: { 0: 'none', 1: 'network', 2: 'block', 3: 'console', 4: 'entropy', 9: '9P' },
      },
    ],
  }),
  described('VendorID', 0x00c, 'read-only', 'Who made it.', { reset: vendor }),
  described('DeviceFeatures', 0x010, 'read-only', 'Features that the device offers, 32 at a time.'),
  described('DeviceFeaturesSel', 0x014, 'write-only', 'Which 32 of them DeviceFeatures shows.'),
  described('DriverFeatures', 0x020, 'write-only', 'Features that the driver accepts, 32 at a time.'),
  described('DriverFeaturesSel', 0x024, 'write-only', 'Which 32 of them DriverFeatures sets.'),
  described('QueueSel', 0x030, 'write-only', 'The queue that the other Queue registers are about.'),
  described('QueueNumMax', 0x034, 'read-only', 'The largest size of the queue; 0: there is none.'),
  described('QueueNum', 0x038, 'write-only', 'The size of the queue.'),
  described('QueueReady', 0x044, 'read-write', '1: the device may use the queue.'),
  described('QueueNotify', 0x050, 'write-only', 'The number of a queue that has new buffers.'),
  described('InterruptStatus', 0x060, 'read-only', 'Why the device interrupts.', {
    fields: [
      bit('CONFIGURATION', 1, 'Its configuration or its status changed.'),
      bit('USED_BUFFER', 0, 'It has used a buffer of some queue.'),
    ],
  }),
  described('InterruptACK', 0x064, 'write-only', 'Clears these bits of InterruptStatus.'),
  described('Status', 0x070, 'read-write', 'How far the driver is; writing 0 resets the device.', {
    fields: [
      bit('FAILED', 7, 'The driver gave up.'),
      bit('DEVICE_NEEDS_RESET', 6, 'The driver did what it must not: only a reset helps.'),
      bit('FEATURES_OK', 3, 'Features are agreed upon.'),
      bit('DRIVER_OK', 2, 'The driver is ready: the device works.'),
      bit('DRIVER', 1, 'The guest knows how to drive it.'),
      bit('ACKNOWLEDGE', 0, 'The guest has found it.'),
    ],
  }),
  described('QueueDescLow', 0x080, 'write-only', 'Address of the descriptor table, low half.'),
  described('QueueDescHigh', 0x084, 'write-only', 'Its high half.'),
  described('QueueDriverLow', 0x090, 'write-only', 'Address of the available ring, low half.'),
  described('QueueDriverHigh', 0x094, 'write-only', 'Its high half.'),
  described('QueueDeviceLow', 0x0a0, 'write-only', 'Address of the used ring, low half.'),
  described('QueueDeviceHigh', 0x0a4, 'write-only', 'Its high half.'),
  described('SHMSel', 0x0ac, 'write-only', 'Which region of shared memory; the device has none.'),
  described('SHMLenLow', 0x0b0, 'read-only', 'Its length, low half.', { reset: 0xffff_ffffn }),
  described('SHMLenHigh', 0x0b4, 'read-only', 'Its high half.', { reset: 0xffff_ffffn }),
  described('SHMBaseLow', 0x0b8, 'read-only', 'Its address, low half.', { reset: 0xffff_ffffn }),
  described('SHMBaseHigh', 0x0bc, 'read-only', 'Its high half.', { reset: 0xffff_ffffn }),
  described('QueueReset', 0x0c0, 'read-write', 'Writing 1 resets the queue; 0 once that is done.'),
  described('ConfigGeneration', 0x0fc, 'read-only', 'Changes when the configuration does.'),
] as const;

/** Offset of the configuration space, whose registers are those of the kind of device. */
export const configurationOffset = 0x100;
