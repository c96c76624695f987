import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DebianPackages } from './debian-packages.ts';
import { onlyEntry } from './only-entry.ts';

/** Where the parts of Debian's kernel for riscv64 lie. */
export interface DebianKernel {
  /** The file that a boot loader takes. */
  readonly image: string;
  /** The folder with the modules, `lib/modules/VERSION`. */
  readonly modules: string;
}

/**
 * Debian's kernel, fetched unless it is there. Up to Linux 6 one package has all of it; later that package only stands
 * for one with the kernel, which then lies in the modules' folder, and one with the modules.
 */
export function debianKernel(packages: DebianPackages): DebianKernel {
  const { name, folder } = packages.unpackedDependency('linux-image-riscv64', 'linux-image-');
  const boot = join(folder, 'boot');
  if (existsSync(boot)) return { image: onlyEntry(boot, /^vmlinu[xz]-/), modules: modulesOf(folder) };
  const part = (kind: string): string =>
    modulesOf(packages.unpacked(name.replace('linux-image-', `linux-${kind}-`)));
  return { image: join(part('binary'), 'vmlinuz'), modules: part('modules') };
}

function modulesOf(folder: string): string {
  return onlyEntry(join(folder, 'usr/lib/modules'));
}
