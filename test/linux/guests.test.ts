import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LinuxGuest } from '../../scripts/linux/linux-guest.ts';
import type { LaunchConfiguration } from '../../src/protocol/launch.ts';
import { Computer } from './computer.ts';
import { realSystems, report } from './real-systems.ts';

// The kernel's own tests of its ciphers take it a part of its boot.
const append = 'console=ttyS0 earlycon cryptomgr.notests';

describe('linux/guests', () => {
  let folder = '';
  before(() => (folder = mkdtempSync(join(tmpdir(), 'strata-'))));
  after(() => rmSync(folder, { recursive: true }));

  /** Two guests of the VMM with Debian's kernel: each has a disk of its own, and they share a network. */
  function pair({ kernel: image, initrd }: LinuxGuest, vcpus: number): LaunchConfiguration {
    return {
      guests: ['a', 'b'].map((name) => {
        const file = join(folder, `${name}.img`);
        writeFileSync(file, Buffer.alloc(2 ** 20, `secret of ${name}\n`));
        const network = { kind: 'switch' as const };
        return { name, image, initrd, append, vcpus, memory: '512M', disks: [{ file }], network };
      }),
    };
  }

  it('boots two beside each other to their shells, with 4 vCPUs, a disk and a network each', async function () {
    const started = performance.now();
    const first = await Computer.start(pair(realSystems(this), 4));
    const guests = [first, first.neighbour('b')];
    for (const guest of guests) guest.expect('smp: Brought up 1 node, 4 CPUs', { steps: bootSteps });
    for (const guest of guests) guest.expect('guest is up', { steps: bootSteps });
    report('Two Linux guests with 4 vCPUs each to their shells', first.steps, started);
    for (const guest of guests) {
      guest.expect('guest# ');
      assert.equal(guest.command('nproc').trim(), '4');
      // No guest has the hypervisor extension.
      assert.match(guest.command('grep -m 1 isa /proc/cpuinfo'), /isa\s*: rv64[a-gi-z]+_z/);
      assert.equal(guest.command('head -n 1 /dev/vda').trim(), `secret of ${guest.name}`);
      guest.command(`echo written by ${guest.name} >/dev/vda; sync`);
    }
    for (const guest of guests) {
      assert.equal(guest.command('head -n 1 /dev/vda').trim(), `written by ${guest.name}`);
      const address = `10.0.2.10${guest.name === 'a' ? 1 : 2}`;
      guest.command(`ip address add ${address}/24 dev eth0; ip link set eth0 up`);
    }
    for (const guest of guests) assert.match(guest.command('ping -c 1 10.0.2.2'), / 0% packet loss/);
    assert.match(first.command('ping -c 1 10.0.2.102'), / 0% packet loss/);
    for (const guest of guests) {
      guest.type('poweroff\n');
      assert.equal(guest.end(), 0);
    }
    tellExits(first);
  });

  it('has the same history in every run', async function () {
    const configuration = pair(realSystems(this), 2);
    const hashes: string[] = [];
    for (const slice of [1_000_000, 777_777]) {
      const { debuggee } = await Computer.start(configuration);
      const { machine } = debuggee.target;
      while (machine.steps < stepsToCompare)
        debuggee.core.runSlice(Math.min(slice, stepsToCompare - machine.steps));
      hashes.push(machine.hash());
    }
    assert.equal(hashes[0], hashes[1]);
  });

  it('stops one of two at its exits and in its kernel’s functions, by name', async function () {
    const a = await Computer.start(pair(realSystems(this), 2));
    const b = a.neighbour('b');
    const { core } = b.debuggee;
    const [bound] = core.setBreakpoints('functions', [
      { kind: 'function', name: 'kernel!start_kernel', condition: 'guest == "b"' },
    ]);
    assert.equal(bound?.verified, true);
    assert.equal(b.runToStop(), 'b: vCPU 0');
    assert.match(stackOf(b), /^kernel!start_kernel/);

    core.setBreakpoints('functions', []);
    core.setBreakpoints('filters', [
      { kind: 'filter', filter: 'exit.hypercall', condition: 'guest == "b" && hypercall.number == 0x48534d' },
    ]);
    // Hart State Management: the first vCPU starts the second.
    assert.equal(b.runToStop(), 'b: vCPU 0');
    assert.match(stackOf(b), /vmm!exit[\s\S]*kernel!__sbi_ecall/);

    core.setBreakpoints('filters', []);
    core.setBreakpoints('functions', [
      { kind: 'function', name: 'kernel!smp_callin', condition: 'guest == "b" && vcpu == 1' },
    ]);
    assert.equal(b.runToStop(), 'b: vCPU 1');
    assert.match(stackOf(b), /^kernel!smp_callin/);
  });
});

const bootSteps = 10_000_000_000;
const stepsToCompare = 150_000_000;

/** Names of the functions on the stack of the thread that stopped. */
function stackOf({ debuggee: { core } }: Computer): string {
  const frames = core.stop ? core.stackTrace(core.stop.threadId) : [];
  return frames.map(({ name }) => name).join('\n');
}

/** Prints how often the guests came to the VMM, and why. */
function tellExits({ debuggee: { target } }: Computer): void {
  const { vmm } = target;
  assert.ok(vmm);
  for (const { number, name, steps } of vmm.guests) {
    const reasons = vmm.statistics.by((site) => (site.guest === number ? site.reason : undefined));
    const text = reasons.map(({ key, count }) => `${key} ${count}`).join(', ');
    process.stdout.write(`      guest ${name}: ${(steps / 1e6).toFixed(0)} M steps; exits: ${text}\n`);
  }
}
