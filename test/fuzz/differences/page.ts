import type { KnownDifference } from './known-differences.ts';

/** The list of differences as a page of the documentation. */
export function differencesPage(differences: readonly KnownDifference[]): string {
  const rows = differences.map(({ id, what, clause }) => `## ${id}\n\n${what}\n\n${clause}\n`);
  return `# Where QEMU and Strata differ

\`npm run fuzz\` runs generated programs on both and compares all state. What differs is one of these; anything else
is a defect. The list is the harness's own data, \`test/fuzz/differences/known-differences.ts\`: it keeps generated
code from what would differ, leaves a value out, or tells from where on a program goes another way.

Never compared, because they count time, which passes differently: \`time\`, \`cycle\`, \`instret\` and their machine-mode
sources (ours count steps, ADR 1; QEMU's the host's time). Whether they may be read is compared. The address in
\`[v]stimecmp\` is therefore the beginning or the end of time.

${rows.join('\n')}`;
}
