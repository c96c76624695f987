import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../root.ts';
import { withDebianPackages } from './debian-packages.ts';
import { guestsFolder } from './linux-guest.ts';
import { onlyEntry } from './only-entry.ts';

/** Files of a Linux that chooses by itself where it runs. */
export interface RelocatableLinux {
  /** An `Image`. */
  readonly kernel: string;
  /** Debian's busybox, which runs on it. */
  readonly busybox: string;
}

const compiler = 'riscv64-linux-gnu-';

/**
 * A small Linux with KASLR (RANDOMIZE_BASE), which Debian's kernel for riscv64 does not have: built from Debian's
 * sources unless that is done, which takes ten minutes of a processor. Throws where sources or tools cannot be had.
 */
export function relocatableLinux(): RelocatableLinux {
  const folder = join(guestsFolder, 'relocatable');
  const kernel = join(folder, 'Image');
  if (!existsSync(kernel)) {
    requireTools();
    const sources = withDebianPackages(
      guestsFolder,
      (packages) => packages.unpackedDependency('linux-source', 'linux-source-').folder,
    );
    mkdirSync(folder, { recursive: true });
    build(onlyEntry(join(sources, 'usr/src'), /^linux-source-.*\.tar\.xz$/), kernel);
  }
  const busybox = withDebianPackages(guestsFolder, (packages) => packages.unpacked('busybox-static'));
  return { kernel, busybox: join(busybox, 'usr/bin/busybox') };
}

/** Unpacks the sources, builds them in a folder that is gone afterwards, and leaves the `Image`. */
function build(archive: string, kernel: string): void {
  const work = mkdtempSync(join(tmpdir(), 'strata-linux-build-'));
  try {
    show('tar', ['-xf', archive, '-C', work]);
    const options = [
      `--directory=${onlyEntry(work)}`,
      `--jobs=${availableParallelism()}`,
      '--silent',
      `O=${join(work, 'build')}`,
      'ARCH=riscv',
      `CROSS_COMPILE=${compiler}`,
    ];
    const settings = join(root, 'scripts/linux/small-linux.config');
    show('make', [...options, `KCONFIG_ALLCONFIG=${settings}`, 'alldefconfig']);
    show('make', [...options, 'Image']);
    // What is there is there whole.
    copyFileSync(join(work, 'build/arch/riscv/boot/Image'), `${kernel}.partial`);
    renameSync(`${kernel}.partial`, kernel);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function requireTools(): void {
  const tools = [`${compiler}gcc`, 'make', 'flex', 'bison', 'bc', 'xz'];
  const missing = tools.filter((tool) => !isThere(tool));
  if (missing.length > 0)
    throw new Error(
      `${missing.join(', ')}: not found; apt-get install gcc-riscv64-linux-gnu make flex bison bc xz-utils`,
    );
}

function isThere(tool: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, tool)));
}

/** Runs a program whose output people see: it takes minutes. */
function show(program: string, args: readonly string[]): void {
  process.stderr.write(`${program} ${args.at(-1) ?? ''} …\n`);
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}
