import type { CallNode } from './call-tree.ts';
import type { Profile } from './profile.ts';

/**
 * A line for each stack, its frames from the outermost on, and how many steps were spent in it: what flamegraph.pl,
 * inferno and speedscope read.
 */
export function foldedStacks({ tree, stepsPerSample }: Profile): string {
  const lines: string[] = [];
  const visit = ({ callees, samples }: CallNode, path: readonly string[]): void => {
    if (samples > 0) lines.push(`${path.join(';')} ${samples * stepsPerSample}\n`);
    for (const [{ name }, callee] of callees) visit(callee, [...path, name.replaceAll(/[;\s]+/g, ' ')]);
  };
  visit(tree.root, []);
  return lines.toSorted().join('');
}
