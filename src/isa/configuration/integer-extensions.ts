import type { ExtensionTable } from './extension.ts';

/** Unprivileged extensions of integer registers and memory. */
export const integerExtensions = {
  I: { summary: 'The base: integer computation, loads, stores and jumps.', isBase: true },
  M: { summary: 'Multiplication and division.', needs: ['Zmmul'] },
  A: { summary: 'Atomic instructions: Zaamo and Zalrsc.', parts: ['Zaamo', 'Zalrsc'] },
  C: { summary: 'Compressed instructions of 16 bits.', parts: ['Zca'], partsWith: { D: ['Zcd'] } },
  B: { summary: 'Bit manipulation: Zba, Zbb and Zbs.', parts: ['Zba', 'Zbb', 'Zbs'] },
  Zba: { summary: 'Bit manipulation for addresses: shift and add.' },
  Zbb: { summary: 'Bit manipulation: counts, rotations, minima, bytes.' },
  Zbc: { summary: 'Carry-less multiplication.' },
  Zbs: { summary: 'Single bits.' },
  Zicond: { summary: 'Conditional zero.' },
  Zmmul: { summary: 'Multiplication.' },
  Zaamo: { summary: 'Atomic read-modify-write.' },
  Zalrsc: { summary: 'Load-reserved and store-conditional.' },
  Zca: { summary: 'Compressed instructions without those of floating point.' },
  Zicsr: { summary: 'Access to control and status registers.', isBase: true },
  Zifencei: { summary: 'Fence between stores and instruction fetches.' },
  Zicntr: { summary: 'Counters of cycles, time and instructions.' },
  Zihpm: { summary: 'Hardware performance-monitoring counters.', needs: ['Zicntr'] },
  Zihintpause: { summary: 'Hint: this hart waits in a loop.' },
} as const satisfies ExtensionTable;
