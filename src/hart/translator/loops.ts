import { dominates, type FlowOrder } from './flow-order.ts';

/** Blocks by number. */
export interface Loop {
  readonly head: number;
  readonly members: readonly number[];
}

/**
 * For each block the smallest loop that it is in. The head of a loop dominates its members: what is reached past the head
 * as well is in none that the head begins.
 */
export function innermostLoops(order: FlowOrder): (Loop | undefined)[] {
  const { successors } = order;
  const predecessors = successors.map((): number[] => []);
  for (let from = 0; from < successors.length; from++)
    for (const to of successors[from] as readonly number[]) (predecessors[to] as number[]).push(from);
  const loops: Loop[] = [];
  for (const head of order.loops) {
    const members = new Set([head]);
    // What the head dominates and leads to it is in the loop, and so is all that leads there without passing the head.
    const waiting = (predecessors[head] as number[]).filter((from) => dominates(order, head, from));
    for (let block = waiting.pop(); block !== undefined; block = waiting.pop()) {
      if (members.has(block)) continue;
      members.add(block);
      for (const before of predecessors[block] as number[]) waiting.push(before);
    }
    loops.push({ head, members: [...members] });
  }
  const result = successors.map((): Loop | undefined => undefined);
  loops.sort((left, right) => right.members.length - left.members.length);
  for (const loop of loops) for (const member of loop.members) result[member] = loop;
  return result;
}
