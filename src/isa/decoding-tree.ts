import type { Encoding } from './instruction.ts';

interface Encoded {
  readonly encoding: Encoding;
}

/**
 * Splits on the bits that every candidate fixes, until those that remain differ only in that one is a special
 * case of another (`pause` of `fence`, `c.jr` of `c.mv`): these are tried, the most special first.
 */
export type DecodingTree<T extends Encoded> =
  | { readonly kind: 'split'; readonly mask: number; readonly branches: ReadonlyMap<number, DecodingTree<T>> }
  | { readonly kind: 'leaf'; readonly candidates: readonly T[] };

/** The most special candidate whose encoding the word has. */
export function findEncoding<T extends Encoded>(tree: DecodingTree<T>, word: number): T | undefined {
  let node: DecodingTree<T> | undefined = tree;
  while (node?.kind === 'split') node = node.branches.get(word & node.mask);
  return node?.candidates.find(({ encoding }) => ((word & encoding.mask) ^ encoding.match) === 0);
}

/** Builds the tree once; `tested` are the bits already split on. */
export function buildTree<T extends Encoded>(candidates: readonly T[], tested = 0): DecodingTree<T> {
  const common = candidates.reduce((mask, { encoding }) => mask & encoding.mask, ~tested);
  if (common === 0) return { kind: 'leaf', candidates: candidates.toSorted(bySpecialty) };
  const groups = new Map<number, T[]>();
  for (const candidate of candidates) {
    const key = candidate.encoding.match & common;
    const group = groups.get(key);
    if (group) group.push(candidate);
    else groups.set(key, [candidate]);
  }
  const branches = new Map(
    [...groups].map(([key, group]) => [key, buildTree(group, tested | common)] as const),
  );
  return { kind: 'split', mask: common, branches };
}

function bySpecialty(a: Encoded, b: Encoded): number {
  return fixedBits(b) - fixedBits(a);
}

function fixedBits({ encoding }: Encoded): number {
  return encoding.mask.toString(2).replaceAll('0', '').length;
}
