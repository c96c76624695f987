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

The last long run, of 23 November 2026, against QEMU 7.2.22: 252,000 cases of 10,091,596 generated instructions, of
which 5.4 million were executed (a case ends after 15 traps, and jumps skip some), in M, HS, U, VS and VU mode, with
2,531,650 traps into M, HS and VS mode; seeds 3000001 to 3126000 and 4000001 to 4126000, default engine. Sixteen of
the cases differed as nothing explained at first; this list explains them now, each by \`--replay\`. \`--qemu PROGRAM\`
compares with another version: what 10.0 does not do any more was 7.2's.

${rows.join('\n')}`;
}
