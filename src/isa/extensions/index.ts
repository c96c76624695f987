import type { CompressedInstruction, Instruction } from '../instruction.ts';
import * as a from './a.ts';
import * as cComputation from './c-computation.ts';
import * as cControl from './c-control.ts';
import * as cFloatingPoint from './c-floating-point.ts';
import * as cMemory from './c-memory.ts';
import { additionalInstructions } from './floating-point/additional.ts';
import { arithmeticInstructions } from './floating-point/arithmetic.ts';
import { conversionInstructions } from './floating-point/conversions.ts';
import * as floatMemory from './floating-point/memory.ts';
import * as floatMoves from './floating-point/moves.ts';
import { signInstructions } from './floating-point/signs.ts';
import * as h from './h.ts';
import * as m from './m.ts';
import * as privileged from './privileged.ts';
import * as rv64iComputation from './rv64i-computation.ts';
import * as rv64iControl from './rv64i-control.ts';
import * as rv64iMemory from './rv64i-memory.ts';
import * as rv64iWord from './rv64i-word.ts';
import * as svinval from './svinval.ts';
import * as zacas from './zacas.ts';
import * as zawrs from './zawrs.ts';
import * as zba from './zba.ts';
import * as zbb from './zbb.ts';
import * as zbc from './zbc.ts';
import * as zbs from './zbs.ts';
import * as zcb from './zcb.ts';
import * as zicbo from './zicbo.ts';
import * as zicond from './zicond.ts';
import * as zicsr from './zicsr.ts';
import * as zifencei from './zifencei.ts';
import { mayBeCompressed, mayBeOperations } from './zimop.ts';

/** Every instruction of 32 bits, by extension; what a file of an extension exports is in it. */
export const allInstructions: readonly Instruction[] = [
  rv64iComputation,
  rv64iWord,
  rv64iControl,
  rv64iMemory,
  m,
  a,
  zba,
  zbb,
  zbc,
  zbs,
  zicond,
  floatMemory,
  floatMoves,
  signInstructions,
  zicbo,
  zawrs,
  zacas,
  mayBeOperations,
  arithmeticInstructions,
  conversionInstructions,
  additionalInstructions,
  zicsr,
  zifencei,
  privileged,
  h,
  svinval,
].flatMap((extension): readonly Instruction[] => Object.values(extension));

/** Every instruction of 16 bits. */
export const allCompressed: readonly CompressedInstruction[] = [
  cComputation,
  cControl,
  cMemory,
  cFloatingPoint,
  zcb,
  mayBeCompressed,
].flatMap((extension): readonly CompressedInstruction[] => Object.values(extension));
