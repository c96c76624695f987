import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flatProfile } from '../../src/debugger/profile/flat-profile.ts';
import { Profiler } from '../../src/debugger/profile/profiler.ts';
import type { LaunchConfiguration } from '../../src/protocol/launch.ts';
import { Computer } from './computer.ts';
import { makeExt4Image } from './disk-image.ts';
import { realSystems, report } from './real-systems.ts';

// The kernel's tests of its own cryptography would take a third of the boot, and go on while the shell is there.
const append = 'console=ttyS0 earlycon cryptomgr.notests';
const machine = { vmm: 'none', memory: '512M', append } as const;

describe('linux/linux', () => {
  const folder = mkdtempSync(join(tmpdir(), 'strata-linux-'));

  before(() => {
    mkdirSync(join(folder, 'files'));
    writeFileSync(join(folder, 'files', 'greeting'), 'written by the host\n');
  });

  after(() => rmSync(folder, { recursive: true }));

  describe('Debian’s kernel over the built-in firmware', () => {
    let computer: Computer;
    let configuration: LaunchConfiguration;
    let init: ReturnType<typeof stateOf>;

    it('boots to a shell that takes commands', async function () {
      const { kernel: image, initrd } = realSystems(this);
      const files = join(folder, 'files');
      const disks = [{ file: makeExt4Image(folder, files) }];
      const network = { kind: 'user', folder: files } as const;
      configuration = { ...machine, image, initrd, disks, randomSeed: 7, network };
      computer = await bootToInit(configuration);
      init = stateOf(computer);
      toShell('Linux over the built-in firmware', computer);
      assert.match(computer.command('uname -a'), /^Linux .* SMP .* riscv64 GNU\/Linux$/m);
      assert.match(computer.command('dmesg | grep "SBI spec"'), /SBI specification v3\.0 detected/);
      assert.match(computer.command('cat /proc/cpuinfo'), /^isa\s+: rv64imafdch_.*sstc.*\n^mmu\s+: sv57$/m);
      const interrupts = computer.command('cat /proc/interrupts');
      assert.match(interrupts, /^ *\d+: +[1-9]\d* +RISC-V INTC +5 .*riscv-timer$/m);
      assert.match(interrupts, /^ *\d+: +[1-9]\d* +SiFive PLIC +10 .*ttyS0$/m);
    });

    it('computes, and sleeps as long as it is asked to', () => {
      computer.command('n=0; i=0');
      computer.command('while [ $i -lt 1000 ]; do i=$((i+1)); n=$((n+i*i)); done');
      assert.match(computer.command('echo sum $n'), /^sum 333833500$/m);
      assert.match(computer.command('time sleep 2'), /^real\s+0m 2\.0\ds$/m);
    });

    it('is profiled by the names of its processes and of the kernel’s functions', () => {
      const profiler = new Profiler(computer.debuggee, 9973);
      const before = computer.printed.length;
      computer.type(
        'while [ $i -gt 700 ]; do i=$((i-1)); done; ls -lR /lib /proc/1 >/dev/null; sleep 1; echo en""ded\n',
      );
      while (!computer.printed.slice(before).includes('ended')) profiler.runSlice(1_000_000);
      const profile = profiler.finish();
      const { functions, strata } = flatProfile(profile);
      const names = functions.map(({ frame: { stratum, name } }) => `${stratum} ${name}`);
      for (const name of ['process sh![unknown]', 'process ls![unknown]', 'kernel kernel!handle_exception'])
        assert.ok(names.includes(name), `${name} in ${names.join(', ')}`);
      assert.deepEqual(strata.map(({ stratum }) => stratum).toSorted(), ['kernel', 'process']);
      const unknown = functions.filter(
        ({ frame }) => frame.stratum === 'kernel' && frame.image === undefined,
      );
      assert.deepEqual(unknown, []);
      const waited = profile.samples.reduce((sum, { idleNanoseconds }) => sum + idleNanoseconds, 0);
      assert.ok(Math.abs(waited - 1e9) < 5e7, `${waited} ns`);
      computer.expect('guest# ');
    });

    it('finds its virtio devices, and gets random bytes from one', () => {
      assert.match(computer.command('ls /sys/bus/virtio/devices'), /^virtio0 +virtio1 +virtio2$/m);
      assert.match(computer.command('cat /sys/class/misc/hw_random/rng_current'), /^virtio_rng/m);
      assert.match(computer.command('head -c 100 /dev/hwrng | wc -c'), /^100$/m);
    });

    it('mounts a disk with ext4, reads what is there, and finds again what it writes', () => {
      computer.command('mount -t ext4 /dev/vda /mnt');
      assert.match(computer.command('cat /mnt/greeting'), /^written by the host$/m);
      computer.command('seq 1 5000 > /mnt/numbers; umount /mnt');
      assert.match(computer.command('e2fsck -fn /dev/vda; echo found $?'), /^found 0$/m);
      computer.command('mount -t ext4 -o ro /dev/vda /mnt');
      const [sum, size] = ['md5sum', 'wc -c'].map((program) => computer.command(`${program} < /mnt/numbers`));
      // What coreutils print of the same numbers.
      assert.match(sum ?? '', /^a5a208cd26b07cadade3450fe14d1d93 /m);
      assert.match(size ?? '', /^23893$/m);
      computer.command('umount /mnt');
    });

    it('gets an address from its gateway, and reaches it by name', () => {
      assert.match(computer.command('udhcpc -nq'), /lease of 10\.0\.2\.15/);
      assert.match(computer.command('ping -c 2 10.0.2.2'), /2 packets received, 0% packet loss/);
      assert.match(computer.command('wget -qO - http://gateway/greeting'), /^written by the host$/m);
    });

    it('powers off', () => {
      computer.type('poweroff\n');
      assert.equal(computer.end(), 0);
    });

    it('boots again bit for bit, however the run is cut', () => comesAgainTo(init, configuration));
  });

  it('boots with 4 harts, which all run, and reboots; and does so again, bit for bit', async function () {
    const { kernel, initrd } = realSystems(this);
    const configuration = { ...machine, image: kernel, initrd, harts: 4 };
    const computer = await bootToInit(configuration, 'Brought up 1 node, 4 CPUs');
    const init = stateOf(computer);
    toShell('Linux on 4 harts', computer);
    assert.match(computer.command('nproc'), /^4$/m);
    for (const hart of [0, 1, 2, 3]) {
      const ran = computer.command(`taskset ${1 << hart} cut -d' ' -f39 /proc/self/stat`);
      assert.match(ran, new RegExp(`^${hart}$`, 'm'), `a process runs on hart ${hart}`);
    }
    const timer = /^ *\d+:((?: +[1-9]\d*){4}) +RISC-V INTC +5 .*riscv-timer$/m;
    assert.match(computer.command('cat /proc/interrupts'), timer);
    computer.type('reboot\n');
    computer.expect('Restarting system');
    computer.expect('Linux version');
    await comesAgainTo(init, configuration);
  });

  // fw_jump would put the device tree 32 MiB behind the kernel's start, where newer kernels have not ended yet.
  it('boots over OpenSBI (fw_dynamic) on 2 harts to its shell', async function () {
    const { kernel, initrd, openSbi } = realSystems(this);
    const configuration = { ...machine, image: kernel, initrd, firmware: openSbi.dynamic, harts: 2 };
    const computer = await bootToInit(configuration, 'Brought up 1 node, 2 CPUs');
    toShell('Linux over OpenSBI', computer);
    assert.match(computer.command('dmesg | grep "SBI impl"'), /SBI implementation ID=0x1 /);
    assert.match(computer.command('nproc'), /^2$/m);
    computer.type('poweroff\n');
    assert.equal(computer.end(), 0);
  });
});

/** Boots to the kernel's first process. */
async function bootToInit(configuration: LaunchConfiguration, onTheWay = ''): Promise<Computer> {
  const computer = await Computer.start(configuration);
  computer.expect('Linux version', { steps: 100_000_000 });
  computer.expect(onTheWay);
  computer.expect('Run /init as init process', { steps: 3_000_000_000 });
  return computer;
}

function toShell(what: string, computer: Computer): void {
  computer.expect('guest is up', { steps: 2_000_000_000 });
  computer.expect('guest# ');
  report(what, computer.steps, computer.started);
}

function stateOf(computer: Computer) {
  return { steps: computer.steps, printed: computer.printed, hash: computer.hash() };
}

/** A machine like the one that was in this state comes there again, in slices of another size. */
async function comesAgainTo(
  state: ReturnType<typeof stateOf>,
  configuration: LaunchConfiguration,
): Promise<void> {
  const computer = await Computer.start(configuration);
  computer.runTo(state.steps, 777_777);
  assert.deepEqual(stateOf(computer), state);
}
