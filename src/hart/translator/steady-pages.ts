import type { Block, FlowGraph, PlacedInstruction } from './flow-graph.ts';
import type { FlowOrder } from './flow-order.ts';
import { innermostLoops, type Loop } from './loops.ts';

/** Accesses that share a memory of the page that the last one of them went to. */
export interface SteadyAccesses {
  readonly register: number;
  readonly array: 'read' | 'write';
  /** The block at the head of the loop that they are in; the root where they are all over the region. */
  readonly head: number;
}

/**
 * Loads and stores most of which go to the page of the one before: in a loop, by a register that walks in small steps
 * or stays where it is, and anywhere, by the stack pointer. What other registers point to may be elsewhere each time.
 */
export function steadyAccesses(
  graph: FlowGraph,
  order: FlowOrder,
): ReadonlyMap<PlacedInstruction, SteadyAccesses> {
  const result = new Map<PlacedInstruction, SteadyAccesses>();
  const shared = new Map<number, SteadyAccesses>();
  const loops = innermostLoops(order);
  const moved = new Map<Loop, ReadonlySet<number>>();
  for (const [offset, { instructions }] of graph.blocks) {
    const loop = loops[order.numberOf.get(offset) as number];
    if (loop !== undefined && !moved.has(loop)) {
      const blocks = loop.members.map((member) => graph.blocks.get(order.offsets[member] as number) as Block);
      moved.set(loop, registersMoved(blocks));
    }
    for (const instruction of instructions) {
      const { access: array } = instruction.traits;
      if (array === undefined) continue;
      const register = instruction.decoded.rs1;
      const isSteady = register === stackPointer || (loop !== undefined && !moved.get(loop)?.has(register));
      if (!isSteady) continue;
      const head = register === stackPointer ? 0 : (loop?.head ?? 0);
      const key = 2 * (32 * head + register) + (array === 'read' ? 0 : 1);
      const accesses = shared.get(key) ?? { register, array, head };
      shared.set(key, accesses);
      result.set(instruction, accesses);
    }
  }
  return result;
}

/** Registers that get values other than by adding a small constant to them. */
function registersMoved(blocks: readonly Block[]): Set<number> {
  const moved = new Set<number>();
  for (const { instructions } of blocks) {
    for (const instruction of instructions) {
      if (!isIncrement(instruction) && !instruction.traits.rdIsFloat) moved.add(instruction.decoded.rd);
    }
  }
  return moved;
}

function isIncrement({ decoded }: PlacedInstruction): boolean {
  return decoded.instruction.mnemonic === 'addi' && decoded.rd === decoded.rs1 && Math.abs(decoded.imm) <= 64;
}

const stackPointer = 2;
