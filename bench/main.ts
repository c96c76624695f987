/**
 * Measures how fast Strata is, beside QEMU on the same guests: `npm run bench -- [PART…] [--rounds N] [--wall]`.
 * docs/performance.md explains the figures.
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { benchBoot } from './boot.ts';
import { benchBreakpoints } from './breakpoints.ts';
import { benchCompute } from './compute.ts';
import { benchExits } from './exits.ts';
import { benchLinux } from './linux.ts';
import { benchMemory } from './memory.ts';
import type { Bench } from './measure.ts';
import { qemuVersion } from './qemu.ts';
import { benchSystemCalls } from './system-calls.ts';

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

/** Those that boot Linux, which is fetched for them. */
const asked: readonly Part[] = ['linux', 'memory'];

await main();

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { rounds: { type: 'string', default: '3' }, wall: { type: 'boolean', default: false } },
  });
  const names = Object.keys(parts) as Part[];
  const wanted =
    positionals.length === 0
      ? names.filter((name) => !asked.includes(name))
      : names.filter((name) => positionals.includes(name));
  const rounds = Number(values.rounds);
  if (wanted.length < positionals.length || !Number.isInteger(rounds) || rounds < 1) {
    console.error(`npm run bench -- [${names.join('|')}]… [--rounds N] [--wall]`);
    process.exitCode = 2;
    return;
  }
  const version = qemuVersion();
  const timeKind = values.wall ? 'wall' : 'cpu';
  console.log(`Node ${process.version} on ${cpus().length} × ${cpus()[0]?.model ?? 'an unknown processor'};`);
  console.log(version ?? 'qemu-system-riscv64 is not installed: there is nothing to compare with.');
  console.log(
    `Rates by ${timeKind === 'cpu' ? 'CPU time' : 'the wall clock'}; medians of ${rounds} measurements, by turns.\n`,
  );
  const bench: Bench = { rounds, timeKind, qemu: version !== undefined };
  for (const name of wanted) if (!(await parts[name](bench))) process.exitCode = 1;
}
