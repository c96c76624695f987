import assert from 'node:assert/strict';
import { someSymbols, writeKallsyms } from '../symbols/linux/kallsyms-tables.ts';
import { buildStrata, samples, scratchFolder, strata } from './strata.ts';

const { hello, pebble } = samples;

describe('cli/main', () => {
  before(buildStrata);

  it('has examples in the help of every command', async () => {
    const commands = ['run', 'bench', 'dap', 'tour', 'disasm', 'devices'];
    const helps = await Promise.all(commands.map((command) => strata([command, '--help'])));
    helps.forEach(({ code, stdout }, index) => {
      assert.equal(code, 0);
      assert.match(stdout, new RegExp(`Examples?:\\n {2}strata ${commands[index]}`));
    });
    assert.match(helps[1]?.stdout ?? '', /`npm run bench` measures its speed beside QEMU/);
  });

  const wrong: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['an unknown command', ['frob'], /unknown command 'frob'/],
    ['a file that is not there', ['run', 'no.elf'], /^strata: image: no\.elf: there is no such file\n$/],
    [
      'a VMM that is not there',
      ['run', hello, '--vmm', 'no.elf'],
      /^strata: --vmm: no\.elf: there is no such file\n$/,
    ],
    [
      'an initrd that is not there',
      ['run', hello, '--initrd', 'no.cpio'],
      /^strata: --initrd: no\.cpio: there is no such file\n$/,
    ],
    [
      'a guest’s own initrd that is not there',
      ['run', '--guest', `a=${hello},initrd=no.cpio`],
      /^strata: --guest a, initrd: no\.cpio: there is no such file\n$/,
    ],
    [
      'an instruction set that is none',
      ['run', hello, '--isa', 'foo'],
      /^strata: --isa: column 1: foo is no/,
    ],
    ['a device that is none', ['devices', 'nope'], /no device 'nope'; there are .*uart0/],
    ['disasm of a function that is none', ['disasm', pebble, '--function', 'nope'], /no function .*'nope'/],
  ];
  it('answers what cannot be done with 2 and a sentence, never with a stack trace', async () => {
    const outcomes = await Promise.all(wrong.map(([, args]) => strata(args)));
    for (const [index, { code, stderr }] of outcomes.entries()) {
      const [what, , message] = wrong[index] ?? assert.fail();
      assert.equal(code, 2, what);
      assert.match(stderr, message, what);
      assert.doesNotMatch(stderr, /\n {4}at |defect/, what);
    }
  });

  it('runs a bare-metal VMM with the image as its initrd', async () => {
    // Any S-mode program does: this one ignores what it was given.
    const { code, stdout } = await strata(['run', pebble, '--vmm', hello]);
    assert.equal(code, 0);
    assert.match(stdout, /^Hello from S mode/);
  });

  it('disassembles a function with its lines', async () => {
    const { code, stdout } = await strata(['disasm', pebble, '--function', 'uart_put', '--source']);
    assert.equal(code, 0);
    assert.match(stdout, /<uart_put>:\n/);
    assert.match(stdout, /; .*sample-guests\/kernel\/uart\.c:\d+\n/);
    assert.match(stdout, /: {2}[0-9a-f]{4} {6}.*ret\n/);
  });

  it('disassembles a flat Linux Image by the symbols that it has in itself', async () => {
    const files = scratchFolder();
    const base = 0xffff_ffff_8000_0000n;
    const code = new Uint8Array(0x8000);
    code.set([0x52, 0x53, 0x43, 0x05], 56);
    code.set([0x67, 0x80, 0x00, 0x00], 0x1000 + 32);
    const tables = writeKallsyms(someSymbols(base), { layout: 'names-first', base });
    const image = files.write('vmlinux-6.12', Uint8Array.from([...code, ...tables]));
    const bare = files.write('Image', code);
    const known = await strata(['disasm', image, '--function', 'do_thing_2']);
    const unknown = await strata(['disasm', bare, '--function', 'do_thing_2']);
    files.dispose();
    assert.equal(known.code, 0, known.stderr);
    assert.match(known.stdout, /^\nffffffff80001020 <do_thing_2>:\nffffffff80001020: {2}00008067 {2}ret\n/);
    assert.equal(unknown.code, 2);
    assert.match(
      unknown.stderr,
      /it is a flat Linux kernel image\. Give vmlinux, the ELF file that it was made from\.\n$/,
    );
  });

  it('measures a guest on each engine, or on one', async () => {
    const all = await strata(['bench', hello, '--seconds', '1']);
    assert.deepEqual({ code: all.code, stderr: all.stderr }, { code: 0, stderr: '' });
    for (const engine of ['reference', 'interpreter', 'translator'])
      assert.match(all.stdout, new RegExp(`^${engine} +\\d+\\.\\d MIPS: 21 steps in `, 'm'));
    const one = await strata(['bench', hello, '--engine', 'translator', '--json']);
    const { engine, steps, translation } = JSON.parse(one.stdout) as Record<string, unknown>;
    assert.deepEqual({ engine, steps }, { engine: 'translator', steps: 21 });
    assert.equal(typeof translation, 'object');
  });

  it('lists the devices with registers and fields, also as JSON', async () => {
    const { stdout } = await strata(['devices', 'uart0']);
    assert.match(stdout, /^uart0 +0x10000000 .*irq 10\n/);
    assert.match(stdout, /THR/);
    const json = JSON.parse((await strata(['devices', '--json'])).stdout) as { name: string }[];
    assert.deepEqual(
      json.map(({ name }) => name),
      ['finisher', 'rtc', 'clint', 'plic', 'uart0', 'virtio0', 'virtio1', 'virtio2', 'virtio3', 'virtio4'],
    );
  });
});

describe('cli/tour', () => {
  before(buildStrata);

  it('shows stack, registers, walk, device and the way back, and ends well by itself', async () => {
    const { code, stdout, stderr } = await strata(['tour'], { env: { FORCE_COLOR: '', NO_COLOR: '' } });
    assert.equal(stderr, '');
    assert.equal(code, 0);
    assert.ok(!stdout.includes('\u001B'), 'no colours where there is no terminal');
    const headings = [...stdout.matchAll(/^\n?([A-Z][a-z ]+) {2}/gm)].map(([, title]) => title?.trim());
    assert.deepEqual(headings, [
      'Boot',
      'Stopped',
      'Stack',
      'Registers',
      'Page walk',
      'Device',
      'Back',
      'Run',
    ]);
    assert.match(stdout, /vmm!exit[^]*pebble!uart_put[^]*ecall from VU[^]*hello!main/);
    assert.match(stdout, /scause +0x17 +store\/AMO guest-page fault/);
    assert.match(stdout, /htval +0x4000000 .*0x10000000/);
    assert.match(stdout, /hgatp +0x8\w+ +MODE=Sv39x4/);
    assert.match(stdout, /G-stage +0x10000000 → fault/);
    assert.match(stdout, /▸ THR/);
    assert.match(stdout, /from vmm!exit back to pebble!uart_put/);
    assert.equal(stdout.split('pages free').length, 2, 'going back prints nothing again');
    assert.match(stdout, /The guest ended with exit code 0/);
  });

  it('has colours where they are wanted', async () => {
    const { stdout } = await strata(['tour'], { env: { FORCE_COLOR: '1', NO_COLOR: '' } });
    assert.ok(stdout.includes('\u001B['));
  });
});
