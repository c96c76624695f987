import { Option, program } from 'commander';
import { missingQemu } from '../guests/qemu.ts';
import { generateCase } from './generate/case.ts';
import { knownDifferences } from './differences/known-differences.ts';
import { casesPerImage, Fuzzer } from './fuzz.ts';
import type { StrataEngine } from './strata.ts';
import { presentCode, presentDifference } from './present.ts';
import { findRepertoire, type CommonRepertoire } from './repertoire.ts';
import { presentStatistics } from './report.ts';

interface Options {
  readonly minutes: string;
  readonly instructions?: string;
  readonly seed: string;
  readonly extensions?: string;
  readonly replay?: string;
  readonly engine: StrataEngine | 'each';
  readonly qemu: string;
}

program
  .name('npm run fuzz --')
  .description('Runs generated programs on Strata and on QEMU, and compares all state at every trap.')
  .option('--minutes <count>', 'how long', '1')
  .option('--instructions <count>', 'in place of minutes: until so many were generated')
  .option('--seed <number>', 'where to begin: the cases are numbered', '1')
  .option('--extensions <names>', 'only these, like M,A,C,H,Zba')
  .option('--replay <seed>', 'one case: its code, and what becomes of it')
  .addOption(
    new Option('--engine <name>', 'what is compared with QEMU')
      .choices(['interpreter', 'translator', 'reference', 'each'])
      .default('translator'),
  )
  .option('--qemu <program>', 'another qemu-system-riscv64', 'qemu-system-riscv64')
  .action(async (options: Options) => {
    process.exitCode = await main(options);
  });
await program.parseAsync();

async function main(options: Options): Promise<number> {
  const missing = missingQemu();
  if (missing !== undefined) throw new Error(missing);
  const only = options.extensions === undefined ? undefined : new Set(options.extensions.split(','));
  const repertoire = await findRepertoire(options.qemu, only);
  const engines: readonly StrataEngine[] =
    options.engine === 'each' ? ['interpreter', 'translator', 'reference'] : [options.engine];
  const fuzzer = new Fuzzer(repertoire, engines, (found) => {
    if ('why' in found) console.log(`\nseed ${found.original.seed}: ${found.why}`);
    else console.log(`\n${presentDifference(found, repertoire.stateCsrs)}`);
  });
  console.log(`Compared with ${options.qemu} -cpu ${repertoire.qemu.cpu}`);
  if (repertoire.leftOut.length > 0) console.log(`Not in that QEMU: ${repertoire.leftOut.join(', ')}`);
  try {
    if (options.replay !== undefined) await replay(fuzzer, Number(options.replay), repertoire);
    else await runFor(fuzzer, options);
  } finally {
    fuzzer.close();
  }
  console.log(presentStatistics(fuzzer.statistics, knownDifferences));
  console.log(`\n${fuzzer.unexplained.length} unexplained differences`);
  return fuzzer.unexplained.length === 0 ? 0 : 1;
}

async function replay(fuzzer: Fuzzer, seed: number, repertoire: CommonRepertoire): Promise<void> {
  console.log(presentCode(generateCase(seed, repertoire)).join('\n'));
  await fuzzer.run(seed, 1);
}

async function runFor(fuzzer: Fuzzer, { minutes, instructions, seed }: Options): Promise<void> {
  const start = performance.now();
  const end = start + Number(minutes) * 60_000;
  const enough = instructions === undefined ? Infinity : Number(instructions);
  const { statistics, unexplained } = fuzzer;
  let interrupted = false;
  // The image that runs comes to its end, and all that was seen is told.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => (interrupted = true));
  for (let next = Number(seed); ;) {
    await fuzzer.run(next);
    next += casesPerImage;
    const rate = Math.round(statistics.instructions / ((performance.now() - start) / 60_000));
    console.log(
      `${statistics.instructions} instructions (${rate} a minute), ${statistics.traps} traps, ${unexplained.length} unexplained; next seed ${next}`,
    );
    if (statistics.instructions >= enough || (instructions === undefined && performance.now() >= end)) return;
    if (unexplained.length >= 100 || interrupted) return;
  }
}
