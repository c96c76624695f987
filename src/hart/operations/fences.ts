import type { Operation } from './operation.ts';

/** Harts run one after the other and see memory in order: there is nothing to do. */
export const fence: Operation = () => 'next';

/** Likewise: code that is written is noticed at the write. */
export const fenceI: Operation = () => 'next';

/** Likewise: cached translations follow page tables by themselves (ADR 5), those of other address spaces are apart. */
export const translationFence: Operation = () => 'next';
