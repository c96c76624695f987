import { mayBeInexact, unitBit, unitMask } from '../engine/float-unit.ts';
import type { Block, FlowGraph } from './flow-graph.ts';

/** Registers by number, in order. */
export interface UsedRegisters {
  readonly x: Used;
  readonly f: Used;
}

/** Of one kind. */
interface Used {
  readonly all: readonly number[];
  readonly written: readonly number[];
}

/** What all instructions of a block ask of the floating-point unit: looked at before the first of them. */
export function unitMaskOf({ instructions }: Block): number {
  let mask = 0;
  for (const { decoded, traits } of instructions) {
    if (!traits.needsFloats) continue;
    mask |= unitMask(decoded) | (mayBeInexact(decoded.instruction) ? unitBit.inexact : 0);
  }
  return mask;
}

/** The registers that a region needs locals for. */
export function usedRegisters({ blocks }: FlowGraph): UsedRegisters {
  // A bit for each.
  let [xAll, xWritten, fAll, fWritten] = [0, 0, 0, 0];
  for (const { instructions } of blocks.values()) {
    for (const { decoded, traits } of instructions) {
      const [rd, rs1, rs2, rs3] = [1 << decoded.rd, 1 << decoded.rs1, 1 << decoded.rs2, 1 << decoded.rs3];
      if (traits.rdIsFloat) fWritten |= rd;
      else xWritten |= rd;
      if (!traits.needsFloats) {
        xAll |= rs1 | rs2;
        continue;
      }
      if (traits.rs1IsFloat) fAll |= rs1;
      else xAll |= rs1;
      if (traits.rs2IsFloat) fAll |= rs2;
      else xAll |= rs2;
      if (traits.rs3IsFloat) fAll |= rs3;
      else xAll |= rs3;
    }
  }
  const notZero = ~1;
  return {
    x: { all: inOrder((xAll | xWritten) & notZero), written: inOrder(xWritten & notZero) },
    f: { all: inOrder(fAll | fWritten), written: inOrder(fWritten) },
  };
}

function inOrder(registers: number): readonly number[] {
  const numbers: number[] = [];
  for (let number = 0; number < 32; number++) if ((registers >>> number) & 1) numbers.push(number);
  return numbers;
}
