import { floatOperands, mayBeInexact, unitBit, unitMask } from '../engine/float-unit.ts';
import { needsFloatingPoint } from '../../isa/floating-point-guards.ts';
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
  return instructions.reduce((mask, { decoded }) => {
    if (!needsFloatingPoint(decoded.instruction)) return mask;
    return mask | unitMask(decoded) | (mayBeInexact(decoded.instruction) ? unitBit.inexact : 0);
  }, 0);
}

/** The registers that a region needs locals for. */
export function usedRegisters({ blocks }: FlowGraph): UsedRegisters {
  const sets = {
    x: { all: new Set<number>(), written: new Set<number>() },
    f: { all: new Set<number>(), written: new Set<number>() },
  };
  for (const { instructions } of blocks.values()) {
    for (const { decoded } of instructions) {
      const floats = floatOperands(decoded.instruction);
      for (const operand of ['rd', 'rs1', 'rs2', 'rs3'] as const) {
        const register = decoded[operand];
        if (floats.has(operand)) sets.f.all.add(register);
        else if (register !== 0) sets.x.all.add(register);
      }
      if (floats.has('rd')) sets.f.written.add(decoded.rd);
      else if (decoded.rd !== 0) sets.x.written.add(decoded.rd);
    }
  }
  return {
    x: { all: inOrder(sets.x.all), written: inOrder(sets.x.written) },
    f: { all: inOrder(sets.f.all), written: inOrder(sets.f.written) },
  };
}

function inOrder(registers: ReadonlySet<number>): readonly number[] {
  return [...registers].toSorted((a, b) => a - b);
}
