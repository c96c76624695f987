import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { root } from '../root.ts';
import { busyboxInitramfs } from './initramfs.ts';
import { modulesInOrder } from './kernel-modules.ts';
import { guestsFolder, type LinuxGuest } from './linux-guest.ts';

/** What makes Linux a host of guests of its own. */
export interface KvmHost {
  /**
   * An initramfs that loads KVM. It has `kvm-run`, `hello.elf` and `pebble.elf` to run, and `nested`, which runs the
   * same Linux again as a guest.
   */
  readonly initrd: string;
  /** ELF files of what runs on that Linux, in it and under it. */
  readonly programs: readonly string[];
}

/** Makes the initramfs from a Linux guest's parts and the sample guests. */
export function kvmHost({ kernel, parts }: LinuxGuest): KvmHost {
  const busybox = readFileSync(parts.busybox);
  const extra = [
    { path: 'bin/kvm-run', bytes: readFileSync(sample('kvm/build/kvm-run.elf')) },
    { path: 'bin/nested', bytes: Buffer.from(nested) },
    { path: 'root/hello.elf', bytes: readFileSync(sample('hello/build/hello.elf')) },
    { path: 'root/pebble.elf', bytes: readFileSync(sample('kernel/build/pebble.elf')) },
    { path: 'root/Image', bytes: unpacked(readFileSync(kernel)) },
    { path: 'root/initramfs.cpio', bytes: busyboxInitramfs({ busybox, modules: [] }) },
  ];
  const initrd = join(guestsFolder, 'kvm-host.cpio');
  writeFileSync(
    initrd,
    busyboxInitramfs({ busybox, modules: modulesInOrder(parts.modules, ['kvm']), extra }),
  );
  const pebble = ['pebble', 'init', 'sh', 'hello', 'primes'].map((name) => `kernel/build/${name}.elf`);
  return { initrd, programs: ['kvm/build/kvm-run.elf', 'hello/build/hello.elf', ...pebble].map(sample) };
}

function sample(path: string): string {
  return join(root, 'sample-guests', path);
}

/** The line fits into a terminal's: a shell's echo of a longer one is broken. */
const nested = `#!/bin/sh
exec kvm-run --memory 160 --append 'console=ttyS0 quiet' --initrd initramfs.cpio Image
`;

/** kvm-run takes an `Image`, not one that is compressed. */
function unpacked(image: Buffer): Buffer {
  return image[0] === 0x1f && image[1] === 0x8b ? gunzipSync(image) : image;
}
