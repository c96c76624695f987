import type { MachineMemory } from '../memory.ts';

/** What `run` returns: why it left wasm. pc is exact, and nothing of the instruction there has happened. */
export const exitCode = {
  budget: 0,
  /** The record at pc is not decoded. */
  decode: 1,
  /** The execute TLB has no entry for `missAddress`, which is pc or the next page's first byte. */
  fetchMiss: 2,
  readMiss: 3,
  writeMiss: 4,
  /** The instruction at pc is one that TypeScript does. */
  slow: 5,
  breakpoint: 6,
  /** Translated code begins at pc; only between the two functions of the module. */
  region: 7,
  /** The loop that begins at pc was come by often enough to be translated by itself. */
  hotLoop: 8,
  /** The interpreter did as many instructions in the page of pc as were to be done before it is translated. */
  hotPage: 9,
} as const;

/** Where a hart's own things lie in the memory. */
export type HartPlace = MachineMemory['harts'][number];
