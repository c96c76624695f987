import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { linuxGuest, type LinuxGuest } from '../scripts/linux/linux-guest.ts';
import { mediansInTurns, type Bench, type Seconds } from './measure.ts';
import { runQemu } from './qemu.ts';
import { cell, ratio, table } from './table.ts';

/** The kernel's tests of its cryptography are left out: they may go on after the shell is there. */
const bootArguments = 'console=ttyS0 earlycon cryptomgr.notests guest=once';

/**
 * Prints how long Debian's Linux takes to where its shell begins, on the bare machine and on QEMU with the same files.
 * There is no target for it. Fetches them if they are not there.
 */
export function benchLinux({ rounds, timeKind, qemu }: Bench): true {
  const guest = linuxGuest();
  let steps = 0;
  let instructions = 0;
  const { one, four, plain, counting } = mediansInTurns(rounds, {
    one: () => {
      const run = bootOnce(guest, 1);
      ({ steps } = run);
      return run.seconds[timeKind];
    },
    four: () => bootOnce(guest, 4).seconds[timeKind],
    ...(qemu && {
      plain: () => bootQemu(guest, []).seconds[timeKind],
      counting: () => {
        const run = bootQemu(guest, ['-icount', 'shift=0']);
        instructions = busyNanoseconds(run.output);
        return run.seconds[timeKind];
      },
    }),
  });
  console.log('Debian’s Linux with busybox, from making the machine to where its shell begins:\n');
  console.log(
    table(
      ['', 'seconds', 'million instructions', 'to QEMU', 'to QEMU -icount'],
      [
        ['Strata, 1 hart', cell(one, 1), cell(steps / 1e6), ratio(one, plain), ratio(one, counting)],
        ['Strata, 4 harts', cell(four, 1), '', '', ''],
        ['QEMU', cell(plain, 1), '', '', ''],
        ['QEMU -icount shift=0', cell(counting, 1), cell(instructions / 1e6), '', ''],
      ],
    ),
  );
  console.log(
    `\n${guest.kernel.replace(/^.*\//, '')}, 512 MiB. Strata: built-in firmware, nothing compiled yet.\n`,
  );
  return true;
}

/** In a process of its own, in which V8 has compiled nothing so far. */
function bootOnce(
  { kernel, initrd }: LinuxGuest,
  harts: number,
): { readonly steps: number; readonly seconds: Seconds } {
  const child = fileURLToPath(new URL('linux-once.ts', import.meta.url));
  const options = ['--import', 'tsx', child, kernel, initrd, bootArguments, String(harts)];
  return JSON.parse(execFileSync(process.execPath, options, { encoding: 'utf8' })) as ReturnType<
    typeof bootOnce
  >;
}

function bootQemu({ kernel, initrd }: LinuxGuest, options: readonly string[]): ReturnType<typeof runQemu> {
  const guest = ['-kernel', kernel, '-initrd', initrd, '-append', bootArguments];
  return runQemu(['-m', '512M', '-serial', 'stdio', ...options, ...guest]);
}

/** What the guest prints last: seconds up, and seconds idle. With -icount shift=0 an instruction takes a nanosecond. */
function busyNanoseconds(output: string): number {
  const [, up = 'NaN', idle = 'NaN'] = /^(\d+\.\d+) (\d+\.\d+)$/m.exec(output) ?? [];
  return (Number(up) - Number(idle)) * 1e9;
}
