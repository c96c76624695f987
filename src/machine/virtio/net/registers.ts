import type { DeviceRegister } from '../../device.ts';
import type { VirtioFeature } from '../virtio-function.ts';

/** The number of MRG_RXBUF. */
export const mergeableBuffers = 15;

/** Features of a network device (Virtio 5.1.3). */
export const netFeatures: readonly VirtioFeature[] = [
  { name: 'NET_F_MTU', bit: 3, summary: 'Says the largest packet that goes through.' },
  { name: 'NET_F_MAC', bit: 5, summary: 'Has a hardware address.' },
  { name: 'NET_F_MRG_RXBUF', bit: mergeableBuffers, summary: 'A frame can take several buffers.' },
  { name: 'NET_F_STATUS', bit: 16, summary: 'status is there.' },
];

/** The configuration space of a network device (Virtio 5.1.4). */
export const netConfiguration: readonly DeviceRegister[] = [
  ...Array.from({ length: 6 }, (_, index): DeviceRegister => ({
    name: `mac${index}`,
    offset: index,
    width: 1,
    access: 'read-only',
    reset: 0n,
    summary: `Byte ${index} of the hardware address.`,
    fields: [],
  })),
  {
    name: 'status',
    offset: 6,
    width: 2,
    access: 'read-only',
    reset: 1n,
    summary: 'How the connection is.',
    fields: [{ name: 'LINK_UP', high: 0, low: 0, summary: 'The cable is plugged in.' }],
  },
  {
    name: 'max_virtqueue_pairs',
    offset: 8,
    width: 2,
    access: 'read-only',
    reset: 1n,
    summary: 'Pairs of queues; there is one.',
    fields: [],
  },
  {
    name: 'mtu',
    offset: 10,
    width: 2,
    access: 'read-only',
    reset: 1500n,
    summary: 'Bytes of the largest packet.',
    fields: [],
  },
];
