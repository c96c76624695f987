import type { KnownDifference } from './differences/known-differences.ts';
import type { Statistics } from './statistics.ts';

/** What a run met, as lines. */
export function presentStatistics(statistics: Statistics, known: readonly KnownDifference[]): string {
  const { byMode, byExtension, byMnemonic, executed, byCause, explained, tolerated } = statistics;
  const what = new Map(known.map((each) => [each.id, each.what]));
  const lines = [
    `${statistics.cases} cases of ${statistics.instructions} instructions, ${statistics.traps} traps`,
    list('by mode', byMode),
    list('executed by mode', executed),
    list('by extension', byExtension),
    `${byMnemonic.size} mnemonics, the fewest: ${[...byMnemonic]
      .toSorted(([, a], [, b]) => a - b)
      .slice(0, 5)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ')}`,
    list('by level and cause', byCause),
  ];
  const differences = (title: string, counts: ReadonlyMap<string, number>): void => {
    if (counts.size === 0) return;
    lines.push(title);
    for (const [id, count] of counts)
      lines.push(`  ${String(count).padStart(8)}  ${id}${what.has(id) ? `: ${what.get(id)}` : ''}`);
  };
  differences('values that differ as known:', tolerated);
  differences('cases that part where it is known:', explained);
  return lines.join('\n');
}

function list(title: string, counts: ReadonlyMap<string, number>): string {
  const rows = [...counts].toSorted(([, a], [, b]) => b - a).map(([name, count]) => `${name} ${count}`);
  return `${title}: ${rows.join(', ')}`;
}
