import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'rolldown';
import { bundleOptions } from '../scripts/build-options.mjs';
import { linuxGuest, type LinuxGuest } from '../scripts/linux/linux-guest.ts';
import { median, type Bench, type Seconds } from './measure.ts';
import { runQemu } from './qemu.ts';
import { cell, ratio, table } from './table.ts';

/** The kernel's tests of its cryptography are left out: they may go on after the shell is there. */
const bootArguments = 'console=ttyS0 earlycon cryptomgr.notests guest=once';

/** What boots it. A clock of 1 GHz gives an instruction the nanosecond that it takes with `-icount shift=0`. */
const machines = {
  'Strata, 1 hart, 100 MHz': { harts: 1, clockHertz: 100_000_000 },
  'Strata, 1 hart, 1 GHz': { harts: 1, clockHertz: 1_000_000_000 },
  'Strata, 4 harts, 100 MHz': { harts: 4, clockHertz: 100_000_000 },
} as const;
const counting = 'QEMU -icount shift=0';
const peers = { QEMU: [], [counting]: ['-icount', 'shift=0'] } as const;

interface Boot extends Seconds {
  /** CPU seconds; not a number where the system does not tell. QEMU emulates, and translates, on one thread. */
  readonly mainThread: number;
  /** All of ours; of QEMU's those after the guest's clock started. */
  readonly instructions: number;
}

/**
 * Prints how long Debian's Linux takes to where its shell begins, on the bare machine and on QEMU with the same files.
 * There is no target for it. Fetches them if they are not there.
 */
export async function benchLinux({ rounds, qemu }: Bench): Promise<true> {
  const guest = linuxGuest();
  const folder = mkdtempSync(join(tmpdir(), 'strata-bench-'));
  const boots = new Map<string, Boot[]>();
  const note = (name: string, boot: Boot): unknown => boots.set(name, [...(boots.get(name) ?? []), boot]);
  try {
    const program = await bundle(folder);
    for (let round = 0; round < rounds; round++) {
      for (const [name, machine] of Object.entries(machines)) note(name, bootOnce(program, guest, machine));
      if (!qemu) continue;
      for (const [name, options] of Object.entries(peers)) note(name, bootQemu(guest, options));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  console.log('Debian’s Linux with busybox, from making the machine to where its shell begins; seconds:\n');
  print(new Map([...boots].map(([name, all]) => [name, medianBoot(all)])));
  console.log(
    `\n${guest.kernel.replace(/^.*\//, '')}, 512 MiB. Strata: built-in firmware, nothing compiled yet, bundled as shipped.\n`,
  );
  return true;
}

function print(boots: ReadonlyMap<string, Boot>): void {
  const peer = boots.get(counting);
  console.log(
    table(
      [
        '',
        'main thread',
        'all threads',
        'on the wall',
        'million instructions',
        'main to -icount',
        'all to -icount',
        'wall to -icount',
      ],
      [...boots].map(([name, { mainThread, cpu, wall, instructions }]) => [
        name,
        cell(known(mainThread), 2),
        cell(cpu, 2),
        cell(wall, 2),
        cell(known(instructions / 1e6)),
        ratio(known(mainThread), peer?.mainThread),
        ratio(cpu, peer?.cpu),
        ratio(wall, peer?.wall),
      ]),
    ),
  );
}

function known(number: number): number | undefined {
  return Number.isNaN(number) ? undefined : number;
}

function medianBoot(boots: readonly Boot[]): Boot {
  const of = (key: keyof Boot): number => median(boots.map((boot) => boot[key]));
  return { mainThread: of('mainThread'), cpu: of('cpu'), wall: of('wall'), instructions: of('instructions') };
}

/** Sources run by a loader call a function of it for each name of a function: that costs a tenth. */
async function bundle(folder: string): Promise<string> {
  const file = join(folder, 'linux-once.mjs');
  await build(bundleOptions({ entry: 'bench/linux-once.ts', file, production: true }));
  return file;
}

/** In a process of its own, in which V8 has compiled nothing so far. */
function bootOnce(
  program: string,
  { kernel, initrd }: LinuxGuest,
  { harts, clockHertz }: (typeof machines)[keyof typeof machines],
): Boot {
  const options = [program, kernel, initrd, bootArguments, String(harts), String(clockHertz)];
  return JSON.parse(execFileSync(process.execPath, options, { encoding: 'utf8' })) as Boot;
}

function bootQemu({ kernel, initrd }: LinuxGuest, options: readonly string[]): Boot {
  const guest = ['-kernel', kernel, '-initrd', initrd, '-append', bootArguments];
  const run = runQemu(['-m', '512M', '-serial', 'stdio', ...options, ...guest]);
  const instructions = options.length > 0 ? busyNanoseconds(run.output) : Number.NaN;
  return { ...run.seconds, mainThread: run.seconds.cpu, instructions };
}

/** What the guest prints last: seconds up, and seconds idle. With -icount shift=0 an instruction takes a nanosecond. */
function busyNanoseconds(output: string): number {
  const [, up = 'NaN', idle = 'NaN'] = /^(\d+\.\d+) (\d+\.\d+)$/m.exec(output) ?? [];
  return (Number(up) - Number(idle)) * 1e9;
}
