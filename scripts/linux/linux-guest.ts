import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.ts';
import { debianKernel } from './debian-kernel.ts';
import { withDebianPackages, type DebianPackages } from './debian-packages.ts';
import { busyboxInitramfs } from './initramfs.ts';
import { modulesInOrder, type WantedModule } from './kernel-modules.ts';

/** Files of real systems, which nobody here wrote. */
export interface LinuxGuest {
  /** Debian's kernel for riscv64, an `Image`. */
  readonly kernel: string;
  /** busybox, with the modules for virtio devices. */
  readonly initrd: string;
  /** What other initramfs are made from: busybox, and the kernel's folder of modules. */
  readonly parts: { readonly busybox: string; readonly modules: string };
  readonly openSbi: { readonly jump: string; readonly dynamic: string };
  readonly uBoot: {
    /** To be entered in S mode, over firmware. */
    readonly supervisor: string;
    readonly machine: string;
  };
}

/** Where the files are: in .cache/guests of the repository, which git ignores, unless STRATA_GUESTS names another. */
export const guestsFolder = process.env['STRATA_GUESTS'] ?? join(root, '.cache', 'guests');

const modules: readonly WantedModule[] = [
  'virtio_mmio',
  'virtio_blk',
  'virtio_net',
  'virtio_rng',
  '9pnet_virtio',
  '9p',
  // ext4 asks for the checksum by the name of an algorithm, which is no dependency; newer kernels have it built in.
  { ifThere: 'crc32c_generic' },
  'ext4',
];

/** The files of the Linux guest, fetched and made if they are not there yet. Throws where they cannot be had. */
export function linuxGuest(): LinuxGuest {
  return withDebianPackages(guestsFolder, gather);
}

function gather(packages: DebianPackages): LinuxGuest {
  const kernel = debianKernel(packages);
  const busybox = join(packages.unpacked('busybox-static'), 'usr/bin/busybox');
  const e2fsck = join(packages.unpacked('e2fsck-static'), 'usr/sbin/e2fsck.static');
  const openSbi = join(packages.unpacked('opensbi', 'firmware'), 'usr/lib/riscv64-linux-gnu/opensbi/generic');
  const uBoot = join(packages.unpacked('u-boot-qemu', 'firmware'), 'usr/lib/u-boot');
  const initrd = join(guestsFolder, 'initramfs.cpio');
  mkdirSync(guestsFolder, { recursive: true });
  writeFileSync(
    initrd,
    busyboxInitramfs({
      busybox: readFileSync(busybox),
      modules: modulesInOrder(kernel.modules, modules),
      extra: [{ path: 'bin/e2fsck', bytes: readFileSync(e2fsck) }],
    }),
  );
  return {
    kernel: kernel.image,
    initrd,
    parts: { busybox, modules: kernel.modules },
    openSbi: { jump: join(openSbi, 'fw_jump.elf'), dynamic: join(openSbi, 'fw_dynamic.bin') },
    uBoot: {
      supervisor: join(uBoot, 'qemu-riscv64_smode/u-boot.bin'),
      machine: join(uBoot, 'qemu-riscv64/u-boot.bin'),
    },
  };
}
