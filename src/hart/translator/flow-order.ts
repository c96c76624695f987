import type { Block, FlowGraph } from './flow-graph.ts';

/** A flow graph's blocks by number, in an order in which loops are intervals. Number 0 is a root before all entries. */
export interface FlowOrder {
  /** Offsets of the blocks; the root has -1. */
  readonly offsets: readonly number[];
  readonly numberOf: ReadonlyMap<number, number>;
  readonly successors: readonly (readonly number[])[];
  /** For each block the blocks that it dominates immediately, in order. */
  readonly dominated: readonly (readonly number[])[];
  /** For each block the number of its immediate dominator. */
  readonly immediate: readonly number[];
  /** Blocks to which some block leads back that they dominate. */
  readonly loops: ReadonlySet<number>;
  /** Blocks to which more than one way leads forward. */
  readonly merges: ReadonlySet<number>;
  /** How often a block that is a loop by itself is written one after the other, each time with a way out. */
  readonly copies: ReadonlyMap<number, number>;
  /** Blocks that the root leads to: the entries first, then those to which an edge leads into a loop's middle. */
  readonly dispatched: readonly number[];
}

/** Orders a graph, and finds which blocks have to be reached through the dispatch at the root. */
export function orderFlow(graph: FlowGraph): FlowOrder {
  const roots = [...graph.entries];
  for (;;) {
    const order = orderFrom(graph, roots);
    const { offsets, successors } = order;
    const known = roots.length;
    for (let from = 0; from < offsets.length; from++) {
      for (const to of successors[from] as readonly number[]) {
        const offset = offsets[to] as number;
        if (to <= from && !dominates(order, to, from) && !roots.includes(offset)) roots.push(offset);
      }
    }
    if (roots.length === known) return finish(graph, order, roots);
  }
}

interface PartialOrder {
  readonly offsets: readonly number[];
  readonly numberOf: ReadonlyMap<number, number>;
  readonly successors: readonly (readonly number[])[];
  /** For each block the number of its immediate dominator. */
  readonly immediate: readonly number[];
}

function orderFrom(graph: FlowGraph, roots: readonly number[]): PartialOrder {
  const offsets = [-1, ...reversePostorder(graph, roots)];
  const numberOf = new Map<number, number>();
  for (let number = 0; number < offsets.length; number++) numberOf.set(offsets[number] as number, number);
  const successors: number[][] = [];
  for (const offset of offsets) {
    const numbers: number[] = [];
    for (const target of offset === -1 ? roots : (graph.blocks.get(offset) as Block).successors)
      numbers.push(numberOf.get(target) as number);
    successors.push(numbers);
  }
  return { offsets, numberOf, successors, immediate: immediateDominators(successors) };
}

/** Whether all ways from the root to `below` lead through `above`; a block dominates itself. */
export function dominates(
  { immediate }: Pick<FlowOrder, 'immediate'>,
  above: number,
  below: number,
): boolean {
  let at = below;
  while (at > above) at = immediate[at] as number;
  return at === above;
}

function finish(graph: FlowGraph, order: PartialOrder, roots: readonly number[]): FlowOrder {
  const { offsets, numberOf, successors, immediate } = order;
  const dominated = offsets.map((): number[] => []);
  const loops = new Set<number>();
  const merges = new Set<number>();
  const waysIn = new Int32Array(offsets.length);
  for (let from = 0; from < offsets.length; from++) {
    if (from > 0) dominated[immediate[from] as number]?.push(from);
    for (const to of successors[from] as readonly number[]) {
      if (to <= from) {
        if (dominates(order, to, from)) loops.add(to);
        continue;
      }
      const ways = (waysIn[to] as number) + 1;
      waysIn[to] = ways;
      if (ways > 1) merges.add(to);
    }
  }
  const copies = new Map<number, number>();
  for (const block of loops) {
    const targets = successors[block] as readonly number[];
    const { length } = (graph.blocks.get(offsets[block] as number) as Block).instructions;
    // It ends with a branch, then.
    if (targets.length !== 2 || !targets.includes(block) || length > longestUnrolled) continue;
    copies.set(block, Math.floor((2 * longestUnrolled) / length));
    for (const target of targets) if (target > block) merges.add(target);
  }
  const dispatched = roots.map((offset) => numberOf.get(offset) as number);
  for (const block of dispatched) merges.add(block);
  return { offsets, numberOf, successors, dominated, immediate, loops, merges, copies, dispatched };
}

function reversePostorder({ blocks }: FlowGraph, roots: readonly number[]): number[] {
  const postorder: number[] = [];
  const seen = new Set<number>();
  /** The way from a root to the block under way, and how many successors of each are still to be seen. */
  const path: Block[] = [];
  const left: number[] = [];
  const enter = (offset: number): void => {
    if (seen.has(offset)) return;
    seen.add(offset);
    const block = blocks.get(offset) as Block;
    path.push(block);
    left.push(block.successors.length);
  };
  // The last root comes first.
  for (let root = roots.length - 1; root >= 0; root--) {
    enter(roots[root] as number);
    while (path.length > 0) {
      const top = path.length - 1;
      const { offset, successors } = path[top] as Block;
      const next = (left[top] as number) - 1;
      left[top] = next;
      if (next >= 0) {
        enter(successors[next] as number);
        continue;
      }
      postorder.push(offset);
      path.pop();
      left.pop();
    }
  }
  return postorder.toReversed();
}

/** For each block the number of its immediate dominator, by the iteration of Cooper, Harvey and Kennedy. */
function immediateDominators(successors: readonly (readonly number[])[]): number[] {
  const predecessors = successors.map((): number[] => []);
  for (let from = 0; from < successors.length; from++)
    for (const to of successors[from] as readonly number[]) (predecessors[to] as number[]).push(from);
  const immediate = successors.map((): number => -1);
  immediate[0] = 0;
  for (let changed = true; changed;) {
    changed = false;
    for (let block = 1; block < successors.length; block++) {
      let best = -1;
      for (const from of predecessors[block] as number[]) {
        if ((immediate[from] as number) >= 0) best = best < 0 ? from : meet(immediate, from, best);
      }
      if (immediate[block] === best) continue;
      immediate[block] = best;
      changed = true;
    }
  }
  return immediate;
}

/** Where the ways up from two blocks meet. */
function meet(immediate: readonly number[], left: number, right: number): number {
  let a = left;
  let b = right;
  while (a !== b) {
    if (a > b) a = immediate[a] as number;
    else b = immediate[b] as number;
  }
  return a;
}

/** Instructions of a loop that is worth writing more than once; of its copies together, twice as many. */
const longestUnrolled = 12;
