import type { FlowGraph } from './flow-graph.ts';

/** A flow graph's blocks by number, in an order in which loops are intervals. Number 0 is a root before all entries. */
export interface FlowOrder {
  /** Offsets of the blocks; the root has -1. */
  readonly offsets: readonly number[];
  readonly numberOf: ReadonlyMap<number, number>;
  readonly successors: readonly (readonly number[])[];
  /** For each block the blocks that it dominates immediately, in order. */
  readonly dominated: readonly (readonly number[])[];
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
    const irreducible = new Set<number>();
    for (const [from, targets] of order.successors.entries()) {
      for (const to of targets) {
        if (to <= from && !order.dominates(to, from)) irreducible.add(order.offsets[to] as number);
      }
    }
    const added = [...irreducible].filter((offset) => !roots.includes(offset));
    if (added.length === 0) return finish(graph, order, roots);
    roots.push(...added);
  }
}

interface PartialOrder {
  readonly offsets: readonly number[];
  readonly numberOf: ReadonlyMap<number, number>;
  readonly successors: readonly (readonly number[])[];
  readonly immediate: readonly number[];
  dominates(above: number, below: number): boolean;
}

function orderFrom(graph: FlowGraph, roots: readonly number[]): PartialOrder {
  const offsets = [-1, ...reversePostorder(graph, roots)];
  const numberOf = new Map(offsets.map((offset, number) => [offset, number]));
  const toNumbers = (targets: readonly number[]): number[] =>
    targets.map((offset) => numberOf.get(offset) as number);
  const successors = offsets.map((offset) =>
    toNumbers(offset === -1 ? roots : (graph.blocks.get(offset)?.successors ?? [])),
  );
  const immediate = immediateDominators(successors);
  const dominates = (above: number, below: number): boolean => {
    let at = below;
    while (at > above) at = immediate[at] as number;
    return at === above;
  };
  return { offsets, numberOf, successors, immediate, dominates };
}

function finish(graph: FlowGraph, order: PartialOrder, roots: readonly number[]): FlowOrder {
  const { offsets, numberOf, successors, immediate } = order;
  const dominated = offsets.map((): number[] => []);
  for (let block = 1; block < offsets.length; block++) dominated[immediate[block] as number]?.push(block);
  const loops = new Set<number>();
  const merges = new Set<number>();
  const waysIn = new Int32Array(offsets.length);
  for (const [from, targets] of successors.entries()) {
    for (const to of targets) {
      if (to > from) waysIn[to] = (waysIn[to] as number) + 1;
      else if (order.dominates(to, from)) loops.add(to);
    }
  }
  for (const [block, count] of waysIn.entries()) if (count > 1) merges.add(block);
  const copies = new Map<number, number>();
  for (const [block, targets] of successors.entries()) {
    const { length } = graph.blocks.get(offsets[block] as number)?.instructions ?? [];
    // It ends with a branch, then.
    if (targets.length !== 2 || !targets.includes(block) || length > longestUnrolled) continue;
    copies.set(block, Math.floor((2 * longestUnrolled) / length));
    for (const target of targets) if (target > block) merges.add(target);
  }
  const dispatched = roots.map((offset) => numberOf.get(offset) as number);
  for (const block of dispatched) merges.add(block);
  return { offsets, numberOf, successors, dominated, loops, merges, copies, dispatched };
}

function reversePostorder({ blocks }: FlowGraph, roots: readonly number[]): number[] {
  const postorder: number[] = [];
  const seen = new Set<number>();
  const visit = (root: number): void => {
    if (seen.has(root)) return;
    seen.add(root);
    const path: { readonly block: number; readonly left: number[] }[] = [];
    const enter = (block: number): void => {
      path.push({ block, left: [...(blocks.get(block)?.successors ?? [])] });
    };
    enter(root);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = top.left.pop();
      if (next === undefined) {
        postorder.push(top.block);
        path.pop();
      } else if (!seen.has(next)) {
        seen.add(next);
        enter(next);
      }
    }
  };
  // The last root comes first.
  for (let index = roots.length - 1; index >= 0; index--) visit(roots[index] as number);
  return postorder.toReversed();
}

/** For each block the number of its immediate dominator, by the iteration of Cooper, Harvey and Kennedy. */
function immediateDominators(successors: readonly (readonly number[])[]): number[] {
  const predecessors = successors.map((): number[] => []);
  for (const [from, targets] of successors.entries()) for (const to of targets) predecessors[to]?.push(from);
  const immediate = successors.map((_, block): number => (block === 0 ? 0 : -1));
  const meet = (left: number, right: number): number => {
    let [a, b] = [left, right];
    while (a !== b) {
      while (a > b) a = immediate[a] as number;
      while (b > a) b = immediate[b] as number;
    }
    return a;
  };
  for (let changed = true; changed;) {
    changed = false;
    for (let block = 1; block < successors.length; block++) {
      let best = -1;
      for (const from of predecessors[block] as number[]) {
        if ((immediate[from] as number) < 0) continue;
        best = best < 0 ? from : meet(best, from);
      }
      if (immediate[block] !== best) {
        immediate[block] = best;
        changed = true;
      }
    }
  }
  return immediate;
}

/** Instructions of a loop that is worth writing more than once; of its copies together, twice as many. */
const longestUnrolled = 12;
