import assert from 'node:assert/strict';
import { missingQemu, runInQemu, type QemuRun } from './qemu.ts';

const hiddenSecret = 'gur-pbbx-arire-fyrrcf'; // what programs/secret.c keeps, in ROT13

/** Runs the kernel and answers what it printed itself: the firmware's banner is cut off. */
async function boot(run: Omit<QemuRun, 'image'>) {
  const { output, exitCode } = await runInQemu({ ...run, image: 'kernel/build/pebble.elf' });
  assert.equal(exitCode, 0);
  const start = output.indexOf('pebble: hart');
  assert.notEqual(start, -1, output);
  return output.slice(start);
}

describe('sample-guests/kernel', function () {
  before(function () {
    const reason = missingQemu();
    if (reason === undefined) return;
    console.warn(`        skipped: ${reason}`);
    this.skip();
  });

  it('runs the programs of its command line one after the other and shuts down', async () => {
    const output = await boot({ append: 'run=hello,primes' });
    assert.match(
      output,
      /\nHello from process 2: my main is at 0x1[0-9a-f]{4}, .*\nprimes: 1229 below 10000, the last is 9973\n$/,
    );
  });

  for (const memoryMebibytes of [16, 2048]) {
    it(`runs with ${memoryMebibytes} MiB of RAM`, async () => {
      const output = await boot({ append: 'run="count 2"', memoryMebibytes });
      assert.match(output, new RegExp(`hart 0, ${memoryMebibytes} MiB of RAM at 0x80000000`));
      assert.match(output, /count: 1 of 2\ncount: 2 of 2\n$/);
    });
  }

  it('kills a process that does what it must not, and names the cause', async () => {
    const crimes = ['null', 'code', 'kernel', 'jump', 'illegal', 'satp', 'stack'];
    const output = await boot({ append: `run="${crimes.map((crime) => `fault ${crime}`).join()}"` });
    const messages = output.split('\n').filter((line) => line.includes('was killed'));
    const expected = [
      /store page fault at pc 0x1\w+, address 0x0: nothing is mapped so low, to catch null pointers$/,
      /store page fault at pc 0x1\w+, address 0x1\w+: these pages are read-only$/,
      /load page fault at pc 0x1\w+, address 0xffffffc080201000: the upper half belongs to the kernel$/,
      /instruction page fault at pc 0x12345678: nothing is mapped there$/,
      /illegal instruction at pc 0x1\w+ \(the instruction is 00000000\): /,
      /illegal instruction at pc 0x1\w+ \(the instruction is 18001073\): /,
      /store page fault at pc 0x1\w+, address 0x3ffffe\w+: its stack is full$/,
    ];
    assert.equal(messages.length, expected.length, output);
    for (const [index, pattern] of expected.entries()) assert.match(messages[index] ?? '', pattern);
  });

  it('takes the hart from a process that computes, so that others run beside it', async () => {
    const output = await boot({ append: 'run="primes 100000000 &,tick 3 20"' });
    assert.match(output, /\[2\] primes\ntick 1\ntick 2\ntick 3\n$/);
  });

  it('runs a shell on the console: editing, arguments, background, Control-C', async () => {
    const output = await boot({
      typed: [
        { after: '$ ', text: 'hellp\x7fo a  b\r' },
        { after: '$ ', text: 'nonsense\r' },
        { after: '$ ', text: 'tick 1000\r' },
        { after: 'tick 2\r\n', text: '\x03' },
        { after: '$ ', text: 'secret &\r' },
        { after: ' at 0x12000\r\n', text: 'ps\r' },
        { after: '$ ', text: 'shutdown\r' },
      ],
    });
    assert.ok(output.includes('$ hellp\b \bo a  b\nHello from process 3: '), output);
    assert.match(output, /argument 1: a\n +argument 2: b\n\$ nonsense\nnonsense: no such program/);
    assert.match(output, /tick 2\n\^C\n\$ secret &\n\[5\] secret\n/);
    assert.match(output, /\n +1 +0 +init +waiting .*\n +2 +1 +sh +running .*\n +5 +2 +secret +sleeping /);
    assert.match(output, /\$ shutdown\n$/);
  });

  it('gives no process what another has left in a page', async () => {
    const output = await boot({ append: 'run="secret once,scan"', memoryMebibytes: 16 });
    assert.match(output, /scan: \d{4} pages searched, the secret is not there\n$/);
  });

  it('finds its own secret when the kernel searches all physical memory', async () => {
    const append = `run="secret &,tick 1 20" scan=${hiddenSecret}`;
    const output = await boot({ append, memoryMebibytes: 16 });
    assert.match(output, /scan: 3968 pages of RAM read, 128 refused\n/); // 512 KiB belong to the firmware
    assert.match(output, /scan: secret FOUND, 1 times, first at physical 0x80[0-9a-f]{3}000\n$/);
  });

  it('does not find, in that search, the words it searches with', async () => {
    const output = await boot({ append: `scan=${hiddenSecret}`, memoryMebibytes: 16 });
    assert.match(output, /scan: secret not found\n$/);
  });
});
