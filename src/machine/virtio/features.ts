import type { VirtioFeature } from './virtio-function.ts';

/** Numbers of the features that every device of ours offers (Virtio 6). */
export const ringFeature = {
  indirectDescriptors: 28,
  eventIndex: 29,
  version1: 32,
  ringReset: 40,
} as const;

/** What every queue of ours can do. */
export const ringFeatures: readonly VirtioFeature[] = [
  {
    name: 'RING_INDIRECT_DESC',
    bit: ringFeature.indirectDescriptors,
    summary: 'A descriptor can stand for a table of descriptors.',
  },
  {
    name: 'RING_EVENT_IDX',
    bit: ringFeature.eventIndex,
    summary: 'Each side says from which entry on it wants to be notified.',
  },
  { name: 'VERSION_1', bit: ringFeature.version1, summary: 'Not the legacy interface.' },
  { name: 'RING_RESET', bit: ringFeature.ringReset, summary: 'A queue can be reset by itself.' },
];
