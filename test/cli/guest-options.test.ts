import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { Command } from 'commander';
import { addGuestOptions, toConfiguration, type GuestOptions } from '../../src/cli/guest-options.ts';
import { Outputs } from '../../src/cli/output-failure.ts';
import { addRunCommand } from '../../src/cli/run.ts';

/** The launch configuration of a command line, or what it is refused with. */
function configurationOf(...args: readonly string[]): object {
  const command = addGuestOptions(new Command('run'))
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  command.parse(args, { from: 'user' });
  return toConfiguration(command.args[0], command.opts<GuestOptions>());
}

const usual = { engine: 'auto', memory: '128M' };

describe('cli/guest-options', () => {
  const right: readonly (readonly [string, readonly string[], object])[] = [
    ['an image', ['k.elf'], { ...usual, vmm: 'hosted', image: 'k.elf' }],
    [
      'QEMU’s options',
      ['--kernel', 'k', '--initrd', 'i', '--append', 'x=1', '--program', 'p', '--program', 'q'],
      {
        ...usual,
        vmm: 'hosted',
        image: 'k',
        initrd: 'i',
        append: 'x=1',
        programs: ['p', 'q'],
      },
    ],
    [
      'a seed for KASLR',
      ['k', '--kaslr-seed', '12345'],
      { ...usual, vmm: 'hosted', image: 'k', kaslrSeed: 12_345 },
    ],
    [
      'the bare machine',
      ['k', '--vmm', 'none', '--firmware', 'fw.elf'],
      {
        ...usual,
        vmm: 'none',
        image: 'k',
        firmware: 'fw.elf',
      },
    ],
    [
      'a network, and folders',
      [
        'k',
        '--net',
        'user,folder=www,forward=8080:80,service=9000:localhost:8000',
        '--share',
        'src=./src,readonly',
        '--share',
        'tmp=/tmp',
        '--virtio-console',
      ],
      {
        ...usual,
        vmm: 'hosted',
        image: 'k',
        network: {
          kind: 'user',
          folder: 'www',
          forward: { '8080': 80 },
          services: { '9000': 'localhost:8000' },
        },
        shares: [
          { tag: 'src', folder: './src', readOnly: true },
          { tag: 'tmp', folder: '/tmp', readOnly: false },
        ],
        virtioConsole: true,
      },
    ],
    [
      'several guests',
      ['--guest', 'a=k', '--guest', 'b=l', '--memory', '16M'],
      {
        engine: 'auto',
        vmm: 'hosted',
        guests: [
          { name: 'a', image: 'k', memory: '16M' },
          { name: 'b', image: 'l', memory: '16M' },
        ],
      },
    ],
    [
      'guests with what each has of its own, and what all have',
      [
        '--guest',
        'a=k.elf,initrd=i.cpio,vcpus=4,memory=512M,append=console=ttyS0,115200 quiet',
        '--guest',
        'b=a=b,c,symbols=System.map',
        '--vcpus',
        '2',
        '--append',
        'x=1',
      ],
      {
        engine: 'auto',
        vmm: 'hosted',
        guests: [
          {
            name: 'a',
            image: 'k.elf',
            initrd: 'i.cpio',
            vcpus: 4,
            memory: '512M',
            append: 'console=ttyS0,115200 quiet',
          },
          { name: 'b', image: 'a=b,c', symbols: 'System.map', vcpus: 2, memory: '128M', append: 'x=1' },
        ],
      },
    ],
    ['vCPUs under the VMM', ['k', '--smp', '4'], { ...usual, vmm: 'hosted', image: 'k', vcpus: 4 }],
    [
      'harts without one',
      ['k', '--smp', '4', '--vmm', 'none'],
      { ...usual, vmm: 'none', image: 'k', harts: 4 },
    ],
    ['a clock', ['k', '--clock', '1000'], { ...usual, vmm: 'hosted', image: 'k', clockMegahertz: 1000 }],
    ['a bare-metal VMM', ['k', '--vmm', 'v.elf'], { ...usual, vmm: 'none', image: 'v.elf', initrd: 'k' }],
    ['a bare-metal VMM alone', ['--vmm', 'v.elf'], { ...usual, vmm: 'none', image: 'v.elf' }],
  ];
  for (const [what, args, expected] of right)
    it(`makes a launch configuration of ${what}`, () => assert.deepEqual(configurationOf(...args), expected));

  const wrong: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['no image', [], /^say what to run: strata run kernel\.elf/],
    ['a kernel twice', ['k', '--kernel', 'l'], /both name the kernel/],
    ['an image beside guests', ['k', '--guest', 'a=k'], /^--guest: either image or --guest, not both$/],
    ['a guest without a file', ['--guest', 'a'], /Write it as NAME=IMAGE/],
    ['what no guest has', ['--guest', 'a=k,colour=red'], /A guest has no colour/],
    ['vCPUs that are none', ['--guest', 'a=k,vcpus=x'], /^--guest a, vcpus: /],
    [
      'a clock of odd speed',
      ['k', '--clock', '25'],
      /^--clock: a clock has 10 to 10000 MHz, a multiple of 10$/,
    ],
    ['too many vCPUs', ['k', '--vcpus', '9'], /^--vcpus: a guest has 1 to 8 vCPUs$/],
    ['too many vCPUs, as QEMU has it', ['k', '--smp', '9'], /^--smp: a guest has/],
    [
      'vCPUs on the bare machine',
      ['k', '--vmm', 'none', '--vcpus', '2'],
      /^--vcpus: the bare machine has no vCPUs; --harts gives it more/,
    ],
    [
      'harts under the VMM',
      ['k', '--harts', '2'],
      /^--harts: the hosted VMM .*; --vcpus gives guests more, --vmm none the machine$/,
    ],
    ['two guests of one name', ['--guest', 'a=k', '--guest', 'a=k'], /two guests are called "a"/],
    ['a guest’s name that is none', ['--guest', '1=k'], /a name starts with a letter/],
    ['guests on the bare machine', ['--guest', 'a=k', '--vmm', 'none'], /^--guest: .*; leave out --vmm$/],
    [
      'guests of a VMM of one’s own',
      ['--guest', 'a=k', '--vmm', 'v.elf'],
      /^--guest: either --vmm or --guest/,
    ],
    ['firmware under the VMM', ['k', '--firmware', 'none'], /^--firmware: .* goes with --vmm none$/],
    ['two initrds', ['k', '--vmm', 'v', '--initrd', 'i'], /gets k as its initrd/],
    ['a memory that is none', ['k', '--memory', '3'], /^--memory: write a size as 16M to 2G$/],
    [
      'a guest’s memory that is none',
      ['--guest', 'a=k,memory=3'],
      /^--guest a, memory: write a size as 16M to 2G$/,
    ],
    [
      'a memory that is none, once for all guests',
      ['--guest', 'a=k', '--guest', 'b=k', '--memory', '3'],
      /^--memory: write a size as 16M to 2G$/,
    ],
    ['a clock that is none', ['k', '--rtc', 'now'], /^--rtc: write a time as 2026-01-01T00:00:00Z$/],
    [
      'an empty instruction set',
      ['k', '--isa', ''],
      /^--isa: it is empty; write an instruction set as rv64gc_zba/,
    ],
    ['an empty image', [''], /^image: name a file; here it is empty$/],
    ['an empty VMM', ['k', '--vmm', ''], /^--vmm: name a file/],
    ['an empty disk', ['k', '--disk', ''], /^--disk: name a file/],
    [
      'a port that is none',
      ['k', '--net', 'user,forward=99999:1'],
      /^--net: a port is a number from 0 to 65535$/,
    ],
    ['too little memory', ['k', '--memory', '8M'], /^--memory: memory is 16M at least and 2G at most$/],
    [
      'an engine that is none',
      ['k', '--engine', 'x'],
      /Allowed choices are auto, translator, interpreter, reference/,
    ],
    ['an unknown option', ['k', '--nonsense'], /unknown option '--nonsense'/],
    ['two images', ['k', 'l'], /too many arguments/],
  ];
  for (const [what, args, message] of wrong)
    it(`refuses ${what}, and says why`, () => assert.throws(() => configurationOf(...args), { message }));
});

describe('cli/run, its options', () => {
  it('shows no default that nobody could write', () => {
    const help = addGuestOptions(new Command('run')).helpInformation();
    assert.doesNotMatch(help, /default: \[\]/);
  });

  for (const [args, message] of [
    [['--trace', 'foo'], /Allowed choices are exits/],
    [['--max-instructions', 'x'], /a whole number above zero/],
    [['--max-instructions', '0'], /a whole number above zero/],
    [['--max-instructions', '1.5'], /a whole number above zero/],
  ] as const)
    it(`refuses ${args.join(' ')}`, () => {
      const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
      addRunCommand(program, new Outputs(new EventEmitter(), new EventEmitter(), () => assert.fail()));
      for (const command of program.commands) command.exitOverride().configureOutput({ writeErr: () => {} });
      assert.throws(() => program.parse(['run', 'k', ...args], { from: 'user' }), { message });
    });
});
