import assert from 'node:assert/strict';
import { kvmHost } from '../../scripts/linux/kvm-host.ts';
import { exitsBody } from '../../src/dap/views/exits.ts';
import { guestsBody } from '../../src/dap/views/guests.ts';
import type { BreakpointRequest } from '../../src/debugger/breakpoints/breakpoint.ts';
import { walkAddress } from '../../src/debugger/paging/walk-address.ts';
import { Computer } from './computer.ts';
import { realSystems, report } from './real-systems.ts';

/** As QEMU 7.2 prints it with the same Linux and the same programs. */
const pebbleSays = `pebble: hart 0, 64 MiB of RAM at 0x80000000
pebble: 15826 pages free
Hello from process 2: my main is at 0x1000a, my stack at 0x3fffffefbc.
primes: 1229 below 10000, the last is 9973
`;

/** One Linux that is a KVM host serves all of these, in their order. */
describe('linux/kvm', () => {
  let host: Computer;

  before(async function () {
    const linux = realSystems(this);
    const { initrd, programs } = kvmHost(linux);
    const started = performance.now();
    const machine = { vmm: 'none', memory: '512M', append: 'console=ttyS0 earlycon' } as const;
    host = await Computer.start({ ...machine, image: linux.kernel, initrd, programs: [...programs] });
    const said = host.expect('guest is up', { steps: 4_000_000_000 });
    assert.match(said, /kvm \[\d+\]: hypervisor extension available/);
    assert.match(said, /kvm \[\d+\]: .*Sv57x4/);
    assert.match(said, /VMID 14 bits available/);
    host.expect('guest# ');
    report('Linux with KVM', host.steps, started);
  });

  it('runs a kernel that prints by the SBI and shuts down', () => {
    const said = host.command('kvm-run hello.elf; echo status $?');
    assert.match(said, /^\s*Hello from S mode: the layer below printed this for me\.\nstatus 0\n$/);
  });

  it('runs a kernel with processes, which prints on a UART that a process of the host makes up', () => {
    const said = host.command('kvm-run --append "run=hello,primes" pebble.elf');
    assert.equal(said.trimStart(), pebbleSays);
  });

  it('stops at the exits of that guest, in a stack through KVM, the guest and the process that runs it', () => {
    host.type('kvm-run --append "run=hello" pebble.elf\n');
    const isCapitalH = 'gpa == 0x10000000 && value == 0x48';
    const stop = stopAt(host, { kind: 'filter', filter: 'exit.mmio-store', condition: isCapitalH });
    assert.equal(stop, 'VM exit: guest-page fault (store, GPA 0x10000000)');
    const names = framesOf(host);
    assert.match(names[0] ?? '', /^kvm!/);
    assert.equal(names[1], `— ${stop} —`);
    assertInOrder(names, [
      'pebble!uart_put',
      'pebble!syscall_write',
      'pebble!trap_entry',
      '— ecall from VU: system call 2 (write) —',
      'hello!main',
      '— ecall from U: system call 29 (system_call) —',
      'kvm-run!guest_run',
      'kvm-run!main',
    ]);
  });

  it('knows what the exit is about, and whose it is', () => {
    const { core, target } = host.debuggee;
    const value = (text: string): string => {
      const result = core.evaluate(text, undefined);
      return result.ok ? result.variable.value : result.message;
    };
    assert.deepEqual(['reason', 'size', 'from', 'exit.cause'].map(value), [
      'mmio-store',
      '1',
      'kernel',
      'store/AMO guest-page fault',
    ]);
    // Priv. hypervisor, transformed instructions: sb, with the register of the value, and no address.
    assert.equal(BigInt(value('exit.htinst').split(' ')[0] ?? 0) & 0x707fn, 0x23n);
    const { guests } = guestsBody(target);
    const guest = guests.at(-1);
    assert.equal(guest?.name, value('guest'));
    assert.equal(guest.name, `vmid${guest.vmid}`);
    const { byReason, recent } = exitsBody(target, { guest: guest.name, limit: 3 });
    const count = (reason: string): number => byReason.find((row) => row.reason === reason)?.count ?? 0;
    assert.ok(count('mmio-store') >= 66, 'each character is one at least');
    assert.ok(count('hypercall') > 0 && count('store-missing-mapping') > 0);
    assert.equal(recent[0]?.title, 'guest-page fault (store, GPA 0x10000000)');
  });

  it('goes with the exit through KVM into the process that does it', () => {
    assert.match(
      stopAt(host, { kind: 'function', name: 'kvm!kvm_riscv_vcpu_exit' }),
      /^breakpoint in kernel/,
    );
    assertInOrder(framesOf(host), [
      'kvm!kvm_riscv_vcpu_exit',
      'kvm!kvm_arch_vcpu_ioctl_run',
      '— VM exit: guest-page fault (store, GPA 0x10000000) —',
      'pebble!uart_put',
    ]);
    assert.match(stopAt(host, { kind: 'function', name: 'kvm-run!uart_store' }), /^breakpoint in process/);
    assertInOrder(framesOf(host), [
      'kvm-run!uart_store',
      'kvm-run!main',
      '— VM exit: guest-page fault (store, GPA 0x10000000) —',
      'pebble!uart_put',
      'hello!main',
    ]);
  });

  it('stops in the guest’s own code, and walks its addresses through both stages', () => {
    stopAt(host, { kind: 'function', name: 'pebble!uart_put' });
    const { target } = host.debuggee;
    const thread = target.currentThread;
    const walk = walkAddress(target, thread, thread.cpu.pc, 'execute');
    assert.match(
      walk.stages.map(({ name, scheme }) => `${name} ${scheme.name}`).join(', '),
      /^VS-stage Sv39, G-stage Sv\d\dx4$/,
    );
    assert.ok(walk.outcome.kind === 'mapped' && walk.outcome.owner.kind === 'ram', walk.verdict);
    assert.equal(walk.outcome.gpa, 0x8020_0000n + BigInt.asUintN(20, thread.cpu.pc));
    goOn(host);
    host.expect('Hello from process');
    host.expect('guest# ');
  });

  it('finds who wrote a variable of the guest’s process last, from a time when there was no such guest', () => {
    host.type('kvm-run --append "run=primes" pebble.elf\n');
    stopAt(host, { kind: 'function', name: 'primes!main' });
    const { core } = host.debuggee;
    const offer = core.watchable(
      'primes!found',
      {},
      core.stackTrace(host.debuggee.target.currentThread.id)[0]?.id,
    );
    assert.ok(offer.ok, offer.ok ? '' : offer.message);
    const watch: BreakpointRequest = { kind: 'data', dataId: offer.dataId, access: 'write' };
    const written = [1, 2].map(() => stopAt(host, watch));
    assert.match(
      written[0] ?? '',
      /^primes!found: 0 → 1, written by process on hart 0 in primes!main \(primes\.c:\d+\)$/,
    );
    assert.match(written[1] ?? '', /^primes!found: 1 → 2, /);
    assert.equal(stopAt(host, watch, 'backward'), written[0]);
    goOn(host);
    host.expect('the last is 9973');
    host.expect('guest# ');
  });

  it('runs Linux itself as a guest of Linux, to its shell', function () {
    this.timeout(900_000);
    const started = performance.now();
    const before = host.steps;
    host.type('nested\n');
    host.expect('guest is up', { steps: 6_000_000_000 });
    host.expect('guest# ');
    report('Linux in Linux', host.steps - before, started);
    assert.equal(host.command('echo $((6 * 7)) $(cat /proc/sys/kernel/ostype)').trim(), '42 Linux');
    assert.equal(host.command('cat /proc/device-tree/model').replaceAll('\0', '').trim(), 'kvm-run');
    host.type('poweroff -f\n');
    host.expect('Power down');
    host.expect('guest# ');
    assert.match(host.command('cat /sys/module/kvm/refcnt'), /^\s*0\n$/);
  });
});

/** Lets the host run until the one breakpoint stops it, and says why it did. */
function stopAt(
  { debuggee: { core } }: Computer,
  request: BreakpointRequest,
  direction: 'forward' | 'backward' = 'forward',
): string {
  const [bound] = core.setBreakpoints('test', [request]);
  assert.equal(bound?.verified, true, bound?.message);
  core.resume({ kind: 'continue', direction });
  for (;;) {
    const result = core.runSlice(1_000_000);
    if (result.kind === 'stopped') return result.stop.description;
    assert.equal(result.kind, 'running');
  }
}

function goOn({ debuggee: { core } }: Computer): void {
  core.setBreakpoints('test', []);
  core.resume({ kind: 'continue', direction: 'forward' });
}

function framesOf({ debuggee: { core, target } }: Computer): readonly string[] {
  return core.stackTrace(target.currentThread.id).map(({ name }) => name);
}

function assertInOrder(found: readonly string[], wanted: readonly string[]): void {
  const kept = found.filter((name) => wanted.includes(name));
  assert.deepEqual([...new Set(kept)], wanted, found.join('\n'));
}
