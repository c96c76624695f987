import { InvalidArgumentError, Option, type Command } from 'commander';
import { StrataError } from '../common/errors.ts';
import { collectGuest, guestOptionForm, guestOptionKeys, type GuestOption } from './guest-option.ts';
import { optionNames } from './option-names.ts';
import { validateLaunch, type LaunchConfiguration } from '../protocol/launch.ts';

/** What says which guest to run, as QEMU and launch.json have it. */
export interface GuestOptions {
  readonly guest?: readonly GuestOption[];
  readonly kernel?: string;
  readonly vmm: string;
  readonly firmware: string;
  readonly memory: string;
  readonly initrd?: string;
  readonly append?: string;
  readonly kaslrSeed?: number;
  readonly program?: readonly string[];
  readonly disk?: readonly DiskOption[];
  readonly rng?: number;
  readonly net?: NetworkOption;
  readonly share?: readonly ShareOption[];
  readonly virtioConsole?: true;
  readonly rtc?: string;
  readonly isa?: string;
  readonly harts?: number;
  readonly vcpus?: number;
  /** As QEMU has it: vCPUs of the guests, or harts of the bare machine. */
  readonly smp?: number;
  readonly quantum?: number;
  readonly clock?: number;
  readonly engine: string;
}

/** Adds the options to a command. */
export function addGuestOptions(command: Command): Command {
  return command
    .argument(
      '[image]',
      'the kernel: an ELF file, a Linux Image (also Image.gz), or a flat image called *.bin',
    )
    .option('--kernel <file>', 'the same as the argument, as QEMU has it')
    .option(
      `--guest <${guestOptionForm}>`,
      `a guest of the VMM, with what it has of its own: ${guestOptionKeys}; may be given several times`,
      collectGuest,
    )
    .option(
      '--vmm <which>',
      'hosted, none (bare machine), or the file of a bare-metal VMM, which gets the image as initrd',
      'hosted',
    )
    .option(
      '--firmware <which>',
      'what runs in M mode without a hosted VMM: builtin, none, or a file',
      'builtin',
    )
    .option('--memory <size>', 'RAM of each guest: 16M to 2G', '128M')
    .option('--vcpus <count>', 'virtual harts of each guest under the VMM: 1 to 8', parseCount)
    .option('--harts <count>', 'harts of the bare machine: 1 to 8', parseCount)
    .option('--smp <count>', '--vcpus under the VMM, --harts without, as QEMU has it', parseCount)
    .option('--quantum <steps>', 'steps that a hart runs before the next has its turn', parseCount)
    .option(
      '--clock <MHz>',
      'million instructions in a second of the guest’s time: 100 unless told',
      parseCount,
    )
    .option('--initrd <file>', 'initial RAM disk')
    .option('--append <text>', 'the kernel’s command line')
    .option('--kaslr-seed <number>', 'by which a Linux with KASLR chooses where it runs', parseCount)
    .option(
      '--program <file>',
      'an ELF file of a program that runs in the guests, for its symbols; may be given several times',
      (file: string, before: readonly string[] | undefined) => [...(before ?? []), file],
    )
    .option(
      '--disk <file[,readonly][,guest=name]>',
      'a disk (virtio block), which keeps what is written in memory; may be given several times',
      collectDisk,
    )
    .option(
      '--rng <seed>',
      'a source of random bytes (virtio entropy): the same for the same seed',
      parseSeed,
    )
    .option(
      '--net <user|switch[,option…]>',
      'a network card: on a network of its own, or on one of all guests. folder=PATH: the gateway shows it by HTTP; forward=8080:80: a port of this machine is one of the guest; service=8000:localhost:8000: a port of the gateway is a service of this machine',
      parseNetwork,
    )
    .option(
      '--share <tag=folder[,readonly]>',
      'a folder for each guest (virtio 9P), which keeps what is written in memory; may be given several times',
      collectShare,
    )
    .option('--virtio-console', 'another console, hvc0 of Linux (virtio console)')
    .option('--rtc <time>', 'what the clock shows at power-on: 2026-01-01T00:00:00Z unless told')
    .option(
      '--isa <set>',
      'instruction set: rv64gc_zba, rva20, rva22, rva23-without-v or default, then changes: default,-sstc',
    )
    .addOption(
      new Option('--engine <name>', 'how guest code is run')
        .choices(['auto', 'translator', 'interpreter', 'reference'])
        .default('auto'),
    );
}

/** The launch configuration that the options come to; a StrataError where they make none. */
export function toConfiguration(image: string | undefined, options: GuestOptions): LaunchConfiguration {
  const {
    guest = [],
    disk = [],
    share = [],
    vmm,
    firmware,
    memory,
    initrd,
    append,
    isa,
    quantum,
    clock,
    engine,
  } = options;
  if (image !== undefined && options.kernel !== undefined)
    throw refusal(`${image} and --kernel ${options.kernel} both name the kernel; leave one out.`);
  const kernel = image ?? options.kernel;
  const isHosted = vmm === 'hosted';
  const harts = options.harts ?? (isHosted ? undefined : options.smp);
  const vcpus = options.vcpus ?? (isHosted ? options.smp : undefined);
  const boot = {
    memory,
    ...(initrd !== undefined && { initrd }),
    ...(append !== undefined && { append }),
    ...(options.kaslrSeed !== undefined && { kaslrSeed: options.kaslrSeed }),
    ...(vcpus !== undefined && { vcpus }),
    ...(options.program && { programs: options.program }),
    ...(options.rng !== undefined && { randomSeed: options.rng }),
    ...(options.net && { network: options.net }),
    ...(share.length > 0 && { shares: share }),
    ...(options.virtioConsole && { virtioConsole: true }),
    ...(options.rtc !== undefined && { clockStart: options.rtc }),
  };
  const names = guest.map(({ name }) => name);
  const stranger = disk.find(({ of }) => of !== undefined && !names.includes(of));
  if (stranger?.of !== undefined)
    throw refusal(
      `--disk ${stranger.file}: there is no guest ${stranger.of}; name it by --guest ${stranger.of}=IMAGE.`,
    );
  const isBareMetalVmm = !isHosted && vmm !== 'none';
  if (kernel === undefined && guest.length === 0 && !isBareMetalVmm)
    throw refusal('say what to run: strata run kernel.elf, or --guest NAME=IMAGE for each guest.');
  if (isBareMetalVmm && kernel !== undefined && initrd !== undefined)
    throw refusal(`a bare-metal VMM gets ${kernel} as its initrd; leave out --initrd.`);
  const result = validateLaunch(
    {
      engine,
      ...(isa !== undefined && { isa }),
      ...(harts !== undefined && { harts }),
      ...(quantum !== undefined && { quantum }),
      ...(clock !== undefined && { clockMegahertz: clock }),
      vmm: isHosted ? 'hosted' : 'none',
      ...(firmware !== 'builtin' && { firmware }),
      ...(guest.length > 0 && {
        guests: guest.map((each) => ({ ...boot, ...disksOf(options, each.name), ...each })),
      }),
      ...(kernel !== undefined && !isBareMetalVmm && { image: kernel, ...boot, ...disksOf(options) }),
      ...(isBareMetalVmm && {
        image: vmm,
        ...boot,
        ...disksOf(options),
        ...(kernel !== undefined && { initrd: kernel }),
      }),
    },
    optionNames(image, options),
  );
  if (result.ok) return result.configuration;
  throw refusal(result.problems.join('\n        '));
}

/** A disk that is nobody's in particular is everybody's. */
function disksOf({ disk = [] }: GuestOptions, guest?: string): Pick<LaunchConfiguration, 'disks'> {
  const disks = disk.filter(({ of }) => of === undefined || of === guest);
  return disks.length === 0 ? {} : { disks: disks.map(({ file, readOnly }) => ({ file, readOnly })) };
}

interface DiskOption {
  readonly file: string;
  readonly readOnly: boolean;
  /** The guest that it belongs to; every guest unless told. */
  readonly of: string | undefined;
}

function collectDisk(value: string, before: readonly DiskOption[] = []): readonly DiskOption[] {
  const [file = '', ...flags] = value.split(',');
  let of: string | undefined;
  for (const flag of flags) {
    if (flag.startsWith('guest=')) of = flag.slice('guest='.length);
    else if (flag !== 'readonly')
      throw new InvalidArgumentError(
        'After the file may stand readonly and guest=NAME: --disk a.img,readonly.',
      );
  }
  return [...before, { file, readOnly: flags.includes('readonly'), of }];
}

type ShareOption = NonNullable<LaunchConfiguration['shares']>[number];

function collectShare(value: string, before: readonly ShareOption[] = []): readonly ShareOption[] {
  const [, tag, folder, readOnly] = /^([^=]+)=(.+?)(,readonly)?$/.exec(value) ?? [];
  if (tag === undefined || folder === undefined)
    throw new InvalidArgumentError(
      'Write it as TAG=FOLDER, then perhaps readonly: --share src=./src,readonly.',
    );
  return [...before, { tag, folder, readOnly: readOnly !== undefined }];
}

type NetworkOption = NonNullable<LaunchConfiguration['network']>;

function parseNetwork(value: string): NetworkOption {
  const [kind, ...options] = value.split(',');
  if (kind !== 'user' && kind !== 'switch') throw new InvalidArgumentError(networkForm);
  let folder: string | undefined;
  const forward: Record<string, number> = {};
  const services: Record<string, string> = {};
  for (const option of options) {
    const [, name, key, rest] = /^(\w+)=([^:]+):?(.*)$/.exec(option) ?? [];
    if (name === 'folder') folder = option.slice('folder='.length);
    else if (name === 'forward' && key !== undefined && rest) forward[key] = Number(rest);
    else if (name === 'service' && key !== undefined && rest) services[key] = rest;
    else throw new InvalidArgumentError(networkForm);
  }
  return { kind, forward, services, ...(folder !== undefined && { folder }) };
}

const networkForm =
  'Write --net user or --net switch, then perhaps folder=PATH, forward=HOSTPORT:GUESTPORT and service=PORT:HOST:PORT: --net user,forward=8080:80.';

function parseSeed(text: string): number {
  const seed = Number(text);
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffff_ffff)
    throw new InvalidArgumentError('A seed is a number from 0 to 4294967295.');
  return seed;
}

function refusal(message: string): StrataError {
  return new StrataError('bad-options', 'user', message);
}

/** A whole number above zero. */
export function parseCount(text: string): number {
  const count = Number(text.replaceAll('_', ''));
  if (!Number.isSafeInteger(count) || count <= 0)
    throw new InvalidArgumentError('It takes a whole number above zero.');
  return count;
}
