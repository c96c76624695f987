import type { Block, FlowGraph, PlacedInstruction } from './flow-graph.ts';
import type { FlowOrder } from './flow-order.ts';

/**
 * The registers by which code of a block walks through memory, or stays at one place: most of its accesses by them are
 * to the page of the access before. What other registers point to may be anywhere each time.
 */
export function steadyRegisters(graph: FlowGraph, order: FlowOrder): (block: number) => ReadonlySet<number> {
  const loops = innermostLoops(order);
  const unsteady = new Map<readonly number[], Set<number>>();
  return (block) => {
    const loop = loops[block];
    if (loop === undefined) return framePointers;
    let moved = unsteady.get(loop);
    if (moved === undefined) {
      moved = registersMoved(loop.map((member) => graph.blocks.get(order.offsets[member] as number) as Block));
      unsteady.set(loop, moved);
    }
    return new Set(allRegisters.filter((register) => !moved.has(register)));
  };
}

/** Registers that get values other than by adding a small constant to them. */
function registersMoved(blocks: readonly Block[]): Set<number> {
  const moved = new Set<number>();
  for (const { instructions } of blocks) {
    for (const instruction of instructions) {
      if (!isIncrement(instruction)) moved.add(instruction.decoded.rd);
    }
  }
  return moved;
}

function isIncrement({ decoded }: PlacedInstruction): boolean {
  return decoded.instruction.mnemonic === 'addi' && decoded.rd === decoded.rs1 && Math.abs(decoded.imm) <= 64;
}

/** For each block the members of the smallest loop that it is in. */
function innermostLoops(order: FlowOrder): (readonly number[] | undefined)[] {
  const predecessors = order.successors.map((): number[] => []);
  for (const [from, targets] of order.successors.entries()) for (const to of targets) predecessors[to]?.push(from);
  const loops = [...order.loops].map((head) => {
    const members = new Set([head]);
    // What is after the head and leads to it is in the loop, and so is all that leads there without passing the head.
    const waiting = (predecessors[head] as number[]).filter((from) => from >= head);
    for (let block = waiting.pop(); block !== undefined; block = waiting.pop()) {
      if (members.has(block) || block < head) continue;
      members.add(block);
      waiting.push(...(predecessors[block] as number[]));
    }
    return [...members];
  });
  const result: (readonly number[] | undefined)[] = order.successors.map(() => undefined);
  for (const loop of loops.toSorted((left, right) => right.length - left.length)) {
    for (const member of loop) result[member] = loop;
  }
  return result;
}

const allRegisters = Array.from({ length: 31 }, (_, index) => index + 1);
/** The stack pointer, and the frame pointer where there is one. */
const framePointers: ReadonlySet<number> = new Set([2, 8]);
