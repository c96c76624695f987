// Fetches a Linux for the machine, firmware and a boot loader from Debian, makes an initramfs with a shell, and says
// how to start it.
import { relative } from 'node:path';
import { linuxGuest } from './linux-guest.ts';

const { kernel, initrd, openSbi, uBoot } = linuxGuest();
const here = (path: string): string => relative(process.cwd(), path);
process.stdout.write(`
Linux over the built-in firmware, on the bare machine:
  node dist/cli.js run --vmm none --memory 512M --append console=ttyS0 \\
    --kernel ${here(kernel)} --initrd ${here(initrd)}

add --harts 4 for more harts, or OpenSBI below it: --firmware ${here(openSbi.dynamic)}
as a guest of the VMM, with 4 vCPUs, and two beside each other:
  node dist/cli.js run --memory 512M --vcpus 4 --append console=ttyS0 \\
    --kernel ${here(kernel)} --initrd ${here(initrd)}
  node dist/cli.js run --memory 512M --initrd ${here(initrd)} --append console=ttyS0 --net switch \\
    --guest a=${here(kernel)},vcpus=4 --guest b=${here(kernel)},vcpus=2
U-Boot: node dist/cli.js run --vmm none ${here(uBoot.supervisor)}
`);
