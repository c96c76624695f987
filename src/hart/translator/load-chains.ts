import type { Block, FlowGraph, PlacedInstruction } from './flow-graph.ts';
import type { FlowOrder } from './flow-order.ts';
import { innermostLoops } from './loops.ts';

/**
 * Loads whose address comes of what another load gave, in the same block or on the way round a loop: each waits for the
 * one before it, so that it counts how soon its address is known. For others it counts how few operations they take.
 */
export function chainedLoads(graph: FlowGraph, order: FlowOrder): ReadonlySet<PlacedInstruction> {
  const chained = new Set<PlacedInstruction>();
  const loops = innermostLoops(order);
  /** For each block, a bit for each register that holds at its end what came of a load. */
  const atEnd = new Int32Array(order.offsets.length);
  for (let changed = true; changed;) {
    changed = false;
    for (let number = 1; number < order.offsets.length; number++) {
      const block = graph.blocks.get(order.offsets[number] as number) as Block;
      let loaded = 0;
      const loop = loops[number];
      for (const before of loop?.members ?? []) {
        const leadsHere = order.successors[before]?.includes(number) ?? false;
        if (leadsHere && loops[before] === loop) loaded |= atEnd[before] as number;
      }
      for (const instruction of block.instructions) loaded = loadedAfter(instruction, loaded, chained);
      if (atEnd[number] === loaded) continue;
      atEnd[number] = loaded;
      changed = true;
    }
  }
  return chained;
}

function loadedAfter(placed: PlacedInstruction, loaded: number, chained: Set<PlacedInstruction>): number {
  const { decoded, traits } = placed;
  const { rd, rs1, rs2 } = decoded;
  const comesOfLoad = ((loaded >> rs1) & 1) === 1 || ((loaded >> rs2) & 1) === 1;
  if (traits.loads && ((loaded >> rs1) & 1) === 1) chained.add(placed);
  if (rd === 0 || traits.rdIsFloat) return loaded;
  return traits.loads || comesOfLoad ? loaded | (1 << rd) : loaded & ~(1 << rd);
}
