import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.ts';
import { DebianPackages } from './debian-packages.ts';
import { busyboxInitramfs } from './initramfs.ts';
import { modulesInOrder } from './kernel-modules.ts';

/** Files of real systems, which nobody here wrote. */
export interface LinuxGuest {
  /** Debian's kernel for riscv64, an `Image`. */
  readonly kernel: string;
  /** busybox, with the modules for virtio devices. */
  readonly initrd: string;
  readonly openSbi: { readonly jump: string; readonly dynamic: string };
  readonly uBoot: {
    /** To be entered in S mode, over firmware. */
    readonly supervisor: string;
    readonly machine: string;
  };
}

/** In .cache/guests of the repository, which git ignores. */
const folder = join(root, '.cache', 'guests');

const modules = ['virtio_mmio', 'virtio_blk', 'virtio_net', 'virtio_rng', 'ext4'];

/** The files of the Linux guest, fetched and made if they are not there yet. Throws where they cannot be had. */
export function linuxGuest(): LinuxGuest {
  const packages = new DebianPackages(folder);
  const image = packages.unpacked(packages.dependencyOf('linux-image-riscv64', 'linux-image-'));
  const busybox = join(packages.unpacked('busybox-static'), 'usr/bin/busybox');
  const openSbi = join(packages.unpacked('opensbi', 'firmware'), 'usr/lib/riscv64-linux-gnu/opensbi/generic');
  const uBoot = join(packages.unpacked('u-boot-qemu', 'firmware'), 'usr/lib/u-boot');
  const initrd = join(folder, 'initramfs.cpio');
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    initrd,
    busyboxInitramfs({
      busybox: readFileSync(busybox),
      modules: modulesInOrder(only(join(image, 'usr/lib/modules')), modules),
    }),
  );
  return {
    kernel: only(join(image, 'boot'), /^vmlinu[xz]/),
    initrd,
    openSbi: { jump: join(openSbi, 'fw_jump.elf'), dynamic: join(openSbi, 'fw_dynamic.bin') },
    uBoot: {
      supervisor: join(uBoot, 'qemu-riscv64_smode/u-boot.bin'),
      machine: join(uBoot, 'qemu-riscv64/u-boot.bin'),
    },
  };
}

/** The one entry of a folder, of those whose name fits. */
function only(path: string, name = /./): string {
  const found = readdirSync(path).filter((entry) => name.test(entry));
  if (found.length !== 1 || found[0] === undefined)
    throw new Error(`${path} has ${found.length} entries that could be meant`);
  return join(path, found[0]);
}
