/**
 * Measures how fast Strata is, beside QEMU on the same guests: `npm run bench -- [PART…] [--rounds N] [--wall]`.
 * docs/performance.md explains the figures.
 */
import { cpus } from 'node:os';
import { benchBoot } from './boot.ts';
import { benchBreakpoints } from './breakpoints.ts';
import { benchCompute } from './compute.ts';
import { benchExits } from './exits.ts';
import { benchLinux } from './linux.ts';
import { benchMemory } from './memory.ts';
import type { Bench } from './measure.ts';
import { qemuVersion } from './qemu.ts';
import { benchSystemCalls } from './system-calls.ts';
import { readCommandLine } from './usage.ts';

/** Each prints its table, and says whether its target is reached. */
const parts = {
  compute: benchCompute,
  breakpoints: benchBreakpoints,
  exits: benchExits,
  calls: benchSystemCalls,
  boot: benchBoot,
  linux: benchLinux,
  memory: benchMemory,
} as const;
type Part = keyof typeof parts;

const titles: Readonly<Record<Part, string>> = {
  compute: 'work loads, in million instructions a second',
  breakpoints: 'what breakpoints and watchpoints elsewhere cost them',
  exits: 'VM exits a second, through the hosted VMM',
  calls: 'system calls a second, and changes of the process',
  boot: 'the sample kernel from nothing to its end',
  linux: 'Debian’s Linux to its shell; fetched if it is not there',
  memory: 'what the debug adapter takes after that boot',
};

/** Those that boot Linux, which is fetched for them. */
const asked: readonly Part[] = ['linux', 'memory'];

await main();

async function main(): Promise<void> {
  const names = Object.keys(parts) as Part[];
  const { parts: named, rounds, wall } = readCommandLine(titles);
  const wanted = names.filter((name) => (named.length === 0 ? !asked.includes(name) : named.includes(name)));
  const version = qemuVersion();
  const timeKind = wall ? 'wall' : 'cpu';
  console.log(`Node ${process.version} on ${cpus().length} × ${cpus()[0]?.model ?? 'an unknown processor'};`);
  console.log(version ?? 'qemu-system-riscv64 is not installed: there is nothing to compare with.');
  console.log(
    `Rates by ${timeKind === 'cpu' ? 'CPU time' : 'the wall clock'}; medians of ${rounds} measurements, by turns.\n`,
  );
  const bench: Bench = { rounds, timeKind, qemu: version !== undefined };
  for (const name of wanted) if (!(await parts[name](bench))) process.exitCode = 1;
}
