import type { FlowOrder } from './flow-order.ts';

/** Blocks by number. */
export interface Loop {
  readonly head: number;
  readonly members: readonly number[];
}

/** For each block the smallest loop that it is in. */
export function innermostLoops(order: FlowOrder): (Loop | undefined)[] {
  const predecessors = order.successors.map((): number[] => []);
  for (const [from, targets] of order.successors.entries())
    for (const to of targets) predecessors[to]?.push(from);
  const loops = [...order.loops].map((head) => {
    const members = new Set([head]);
    // What is after the head and leads to it is in the loop, and so is all that leads there without passing the head.
    const waiting = (predecessors[head] as number[]).filter((from) => from >= head);
    for (let block = waiting.pop(); block !== undefined; block = waiting.pop()) {
      if (members.has(block) || block < head) continue;
      members.add(block);
      waiting.push(...(predecessors[block] as number[]));
    }
    return { head, members: [...members] };
  });
  const result: (Loop | undefined)[] = order.successors.map(() => undefined);
  for (const loop of loops.toSorted((left, right) => right.members.length - left.members.length)) {
    for (const member of loop.members) result[member] = loop;
  }
  return result;
}
