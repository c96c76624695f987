import type { Instruction } from '../instruction.ts';
import * as m from './m.ts';
import * as privileged from './privileged.ts';
import * as rv64iComputation from './rv64i-computation.ts';
import * as rv64iControl from './rv64i-control.ts';
import * as rv64iMemory from './rv64i-memory.ts';
import * as rv64iWord from './rv64i-word.ts';
import * as zicsr from './zicsr.ts';
import * as zifencei from './zifencei.ts';

/** Every instruction of 32 bits, by extension; what a file in this folder exports is in it. */
export const allInstructions: readonly Instruction[] = [
  rv64iComputation,
  rv64iWord,
  rv64iControl,
  rv64iMemory,
  m,
  zicsr,
  zifencei,
  privileged,
].flatMap((extension): readonly Instruction[] => Object.values(extension));
