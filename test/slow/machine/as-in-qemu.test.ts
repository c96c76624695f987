import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { missingQemu, runInQemu, type QemuRun } from '../../guests/qemu.ts';
import { runGuest, runGuestHosted } from '../../machine/run-guest.ts';

const kernel = 'kernel/build/pebble.elf';
const openSbi = '/usr/share/qemu/opensbi-riscv64-generic-fw_dynamic.bin';

/** What does not depend on how fast the machine is: QEMU's time is the host's. */
const runs: readonly (QemuRun & { readonly name: string; readonly exitCode?: number })[] = [
  { name: 'hello', image: 'hello/build/hello.elf' },
  { name: 'hello-m', image: 'hello/build/hello-m.elf', bios: 'none' },
  {
    name: 'the kernel with a list of programs',
    image: kernel,
    append: 'run=hello,primes,"count 5",fault',
    exitCode: 1,
  },
  ...[16, 1536, 2048].map((memoryMebibytes) => ({
    name: `the kernel in ${memoryMebibytes} MiB`,
    image: kernel,
    append: 'run=hello',
    memoryMebibytes,
  })),
  {
    name: 'every way to be killed',
    image: kernel,
    append: `run="${['null', 'code', 'kernel', 'jump', 'illegal', 'satp', 'stack'].map((crime) => `fault ${crime}`).join()}"`,
    exitCode: 1,
  },
  {
    name: 'a session with the shell',
    image: kernel,
    memoryMebibytes: 32,
    typed: [
      { after: '$ ', text: 'help\r' },
      { after: '$ ', text: 'hellp\x7fo a  b\r' },
      { after: '$ ', text: 'nonsense\r' },
      { after: '$ ', text: 'secret &\r' },
      { after: ' at 0x12000\r\n', text: 'scan\r' },
      { after: '$ ', text: 'shutdown\r' },
    ],
  },
];

describe('machine and VMM, compared with QEMU', function () {
  this.timeout(60_000);

  before(function () {
    const reason = missingQemu();
    if (reason === undefined) return;
    console.warn(`        skipped: ${reason}`);
    this.skip();
  });

  for (const { name, exitCode = 0, ...run } of runs) {
    it(`prints what QEMU prints: ${name}`, async () => {
      const theirs = await runInQemu(run, 30_000);
      const { bios, ...rest } = run;
      const ours = [runGuest({ ...rest, firmware: bios === 'none' ? 'none' : 'builtin' })];
      // A guest has no M mode of its own, and the VMM needs some of the 2 GiB that a machine can have.
      if (bios !== 'none' && rest.memoryMebibytes !== 2048) ours.push(runGuestHosted(rest));
      // OpenSBI forgets the reason "system failure", by which the kernel says that a program failed.
      assert.equal(theirs.exitCode, 0);
      for (const each of ours) {
        assert.equal(each.output, withoutBanner(theirs.output));
        assert.equal(each.exitCode, exitCode);
      }
    });
  }

  it('starts OpenSBI from its file, and the kernel on top of it, as QEMU does', async function () {
    if (!existsSync(openSbi)) {
      assert.ok(!process.env['CI'], `${openSbi} is needed in CI`);
      console.warn(`        skipped: ${openSbi} is not installed`);
      this.skip();
    }
    const run = { image: kernel, append: 'run=hello,primes' };
    const bytes = new Uint8Array(readFileSync(openSbi));
    const firmware = { segments: [{ address: 0x8000_0000n, bytes }], entry: 0x8000_0000n };
    const ours = runGuest({ ...run, firmware });
    const theirs = await runInQemu(run, 30_000);
    assert.equal(withoutBanner(ours.output), withoutBanner(theirs.output));
    assert.match(ours.output, /Platform Reboot Device +: sifive_test/);
  });
});

/** What comes after the table that OpenSBI prints. */
function withoutBanner(output: string): string {
  const lastRow = /^Boot HART MEDELEG.*\n/m.exec(output);
  return lastRow ? output.slice(lastRow.index + lastRow[0].length) : output;
}
