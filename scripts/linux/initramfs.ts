import { cpioMode, writeCpio, type CpioEntry } from './cpio.ts';
import type { KernelModule } from './kernel-modules.ts';

/** A program or file beside what every initramfs has; the path has no leading slash. */
export interface ExtraFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * An initramfs with busybox, which loads the modules and gives a shell on the console. The shell's prompt is
 * `guest# `; before the first comes the line `guest is up`.
 */
export function busyboxInitramfs(options: {
  readonly busybox: Uint8Array;
  readonly modules: readonly KernelModule[];
  readonly extra?: readonly ExtraFile[];
}): Uint8Array {
  const { busybox, modules, extra = [] } = options;
  const folders = [
    'bin',
    'dev',
    'etc',
    'etc/udhcpc',
    'lib',
    'lib/modules',
    'mnt',
    'proc',
    'root',
    'run',
    'sys',
    'tmp',
  ];
  const entries: CpioEntry[] = [
    ...folders.map((path) => ({ path, mode: cpioMode.folder })),
    { path: 'dev/console', mode: cpioMode.characterDevice, device: { major: 5, minor: 1 } },
    { path: 'bin/busybox', mode: cpioMode.program, bytes: busybox },
    { path: 'bin/sh', mode: cpioMode.link, bytes: Buffer.from('busybox') },
    { path: 'etc/udhcpc/default.script', mode: cpioMode.program, bytes: Buffer.from(leaseScript) },
    { path: 'init', mode: cpioMode.program, bytes: Buffer.from(initScript(modules)) },
    ...modules.map(({ name, bytes }) => ({ path: modulePath(name), mode: cpioMode.file, bytes })),
    ...extra.map(({ path, bytes }) => ({ path, mode: cpioMode.program, bytes })),
  ];
  return writeCpio(entries);
}

function modulePath(name: string): string {
  return `lib/modules/${name}.ko`;
}

/** What `udhcpc` calls with what the network told it: the card gets its address, and names are asked of its server. */
const leaseScript = `#!/bin/sh
case $1 in
deconfig)
  ip address flush dev $interface
  ip link set $interface up ;;
bound | renew)
  ip address replace $ip/$mask dev $interface
  [ -n "$router" ] && ip route replace default via $router
  {
    [ -n "$domain" ] && echo search $domain
    for server in $dns; do echo nameserver $server; done
  } >/etc/resolv.conf ;;
esac
`;

/**
 * Runs as process 1. The kernel makes a variable of `guest=once` on its command line: then the machine is powered off
 * where the shell would begin, and the seconds that it was up, and idle, are printed before. The shell is one that leads
 * a session on the console's own device, so it can control jobs. Busybox's poweroff, reboot and halt ask process 1 by a
 * signal, as they would its init; the shell that runs this takes signals while it waits, but not while it runs a command.
 */
function initScript(modules: readonly KernelModule[]): string {
  return `#!/bin/sh
/bin/busybox --install -s /bin
export PATH=/bin HOME=/root PS1='guest# '
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
${modules.map(({ name }) => `insmod /${modulePath(name)}`).join('\n')}
cd /root
echo guest is up
[ "$guest" = once ] && sh -c 'cat /proc/uptime; poweroff -f'
tty=$(sed 's/.* //' /sys/class/tty/console/active)
trap 'poweroff -f' USR2
trap 'reboot -f' TERM
trap 'halt -f' USR1
while true; do
  setsid sh -c "exec sh -i </dev/$tty >/dev/$tty 2>&1" &
  wait $!
done
`;
}
