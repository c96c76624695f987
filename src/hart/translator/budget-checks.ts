import type { Block, FlowGraph } from './flow-graph.ts';
import type { FlowOrder } from './flow-order.ts';

/**
 * For each block, how much of the budget there has to be at its start; 0 where a block before has looked already. What
 * is looked at is enough for all ways from there to the next look: there is one at each loop's head, and wherever the
 * dispatch leads. Each look is a way out of the region, with all its registers; so there are to be few.
 */
export function budgetChecks(graph: FlowGraph, order: FlowOrder): Int32Array {
  const { offsets, successors, copies } = order;
  const needs = new Int32Array(offsets.length);
  const looks = new Set([...order.loops, ...order.dispatched]);
  for (let block = offsets.length - 1; block > 0; block--) {
    const { instructions } = graph.blocks.get(offsets[block] as number) as Block;
    // All copies of a block are paid for at once.
    const own = instructions.length * (copies.get(block) ?? 1);
    let most = 0;
    for (const next of successors[block] as readonly number[]) {
      // What leads back, leads to a loop's head or the dispatch.
      if (next <= block || looks.has(next)) continue;
      const need = needs[next] as number;
      if (own + need > longestWay) looks.add(next);
      else if (need > most) most = need;
    }
    needs[block] = own + most;
  }
  return needs.map((need, block) => (looks.has(block) ? need : 0));
}

/**
 * Instructions: where less is left of the budget, they are for the interpreter. Harts that take turns have a thousand each
 * time; to look but every 64 gained V8's compiler hardly more.
 */
const longestWay = 24;
