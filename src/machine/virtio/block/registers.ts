import type { DeviceRegister } from '../../device.ts';
import type { VirtioFeature } from '../virtio-function.ts';

/** Features of a block device (Virtio 5.2.3). */
export const blockFeatures: readonly VirtioFeature[] = [
  { name: 'BLK_F_SEG_MAX', bit: 2, summary: 'seg_max is there.' },
  { name: 'BLK_F_BLK_SIZE', bit: 6, summary: 'blk_size is there.' },
  { name: 'BLK_F_FLUSH', bit: 9, summary: 'Knows the command to flush.' },
  { name: 'BLK_F_TOPOLOGY', bit: 10, summary: 'Says how its blocks lie.' },
  {
    name: 'BLK_F_CONFIG_WCE',
    bit: 11,
    summary: 'The driver can choose between writing back and writing through.',
  },
  { name: 'BLK_F_DISCARD', bit: 13, summary: 'Knows the command to discard sectors.' },
  { name: 'BLK_F_WRITE_ZEROES', bit: 14, summary: 'Knows the command to write zeroes.' },
];

/** Offered by a disk that is not to be written. */
export const readOnlyFeature: VirtioFeature = {
  name: 'BLK_F_RO',
  bit: 5,
  summary: 'Cannot be written.',
};

/** Segments of a discard or of writing zeroes in one request. */
export const mostSegments = 64;
/** Sectors in each of them. */
export const mostSectors = 0xffff;
/** Descriptors of data in a request: the queue's, but for its header and its status. */
export const blockQueueSize = 256;

const field = (
  name: string,
  offset: number,
  width: DeviceRegister['width'],
  summary: string,
  reset = 0n,
): DeviceRegister => ({ name, offset, width, access: 'read-only', reset, summary, fields: [] });

/** The configuration space of a block device (Virtio 5.2.4). */
export const blockConfiguration: readonly DeviceRegister[] = [
  field('capacity', 0, 8, 'Size in sectors of 512 bytes.'),
  field('size_max', 8, 4, 'Largest segment; not limited.'),
  field('seg_max', 12, 4, 'Most segments in a request.', BigInt(blockQueueSize - 2)),
  field('cylinders', 16, 2, 'Geometry; not given.'),
  field('heads', 18, 1, 'Geometry; not given.'),
  field('sectors', 19, 1, 'Geometry; not given.'),
  field('blk_size', 20, 4, 'Bytes of a block.', 512n),
  field('physical_block_exp', 24, 1, 'Logical blocks in a physical one, as a power of two.', 3n),
  field('alignment_offset', 25, 1, 'Offset of the first aligned logical block.'),
  field('min_io_size', 26, 2, 'Smallest good size of an access, in blocks.', 8n),
  field('opt_io_size', 28, 4, 'Best size of an access, in blocks; none is given.'),
  {
    ...field('writeback', 32, 1, '1: what was written is safe after a flush; 0: at once.', 1n),
    access: 'read-write',
  },
  field('num_queues', 34, 2, 'Queues; there is one.', 1n),
  field('max_discard_sectors', 36, 4, 'Most sectors that one segment discards.', BigInt(mostSectors)),
  field('max_discard_seg', 40, 4, 'Most segments of a discard.', BigInt(mostSegments)),
  field('discard_sector_alignment', 44, 4, 'Alignment of discarded sectors.', 8n),
  field('max_write_zeroes_sectors', 48, 4, 'Most sectors that one segment zeroes.', BigInt(mostSectors)),
  field('max_write_zeroes_seg', 52, 4, 'Most segments of writing zeroes.', BigInt(mostSegments)),
  field('write_zeroes_may_unmap', 56, 1, 'Zeroed sectors may be given up.', 1n),
];
