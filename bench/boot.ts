import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { mediansInTurns, type Bench, type Seconds } from './measure.ts';
import { runQemu } from './qemu.ts';
import { cell, ratio, table } from './table.ts';

/** Prints how long the sample kernel takes from nothing to its end. There is no target for it. */
export function benchBoot({ rounds, qemu }: Bench): true {
  const { bare, hosted, theirs } = mediansInTurns(rounds, {
    bare: () => bootOnce('bare').wall,
    hosted: () => bootOnce('hosted').wall,
    ...(qemu && { theirs: () => runQemu(qemuBoot).seconds.wall }),
  });
  console.log(
    'The sample kernel with run=hello, from making the machine to its end, in seconds on the wall:\n',
  );
  console.log(
    table(
      ['', 'Strata', 'QEMU', 'Strata/QEMU'],
      [
        ['on the bare machine', cell(bare, 2), cell(theirs, 2), ratio(bare, theirs)],
        ['as a guest', cell(hosted, 2), '', ratio(hosted, theirs)],
      ],
    ),
  );
  console.log(
    '\nStrata: without starting Node, nothing compiled yet. QEMU: the whole process, with OpenSBI.\n',
  );
  return true;
}

const qemuBoot: readonly string[] = [
  '-m',
  '128M',
  '-serial',
  'stdio',
  '-append',
  'run=hello',
  '-kernel',
  'sample-guests/kernel/build/pebble.elf',
];

/** In a process of its own, in which V8 has compiled nothing so far. */
function bootOnce(placement: 'bare' | 'hosted'): Seconds {
  const child = fileURLToPath(new URL('boot-once.ts', import.meta.url));
  const output = execFileSync(process.execPath, ['--import', 'tsx', child, placement], { encoding: 'utf8' });
  return JSON.parse(output) as Seconds;
}
