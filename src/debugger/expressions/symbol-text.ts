import type { Surroundings } from './surroundings.ts';

/** A label without a size reaches no further than this; beyond it lies something that has no name. */
const reachOfLabels = 0x1000n;

/** The symbol that a virtual address lies in: `processes+0x1e8`; `undefined` where there is none. */
export function symbolText(address: bigint, surroundings: Surroundings): string | undefined {
  for (const { symbols } of surroundings.images()) {
    const found = symbols.symbolAt(address);
    if (found === undefined) continue;
    const { symbol, offset } = found;
    const reach = symbol.size === 0n ? reachOfLabels : symbol.size;
    if (offset < reach) return offset === 0n ? symbol.name : `${symbol.name}+0x${offset.toString(16)}`;
  }
  return undefined;
}
