import type { PlaceName } from '../protocol/launch.ts';
import type { GuestOptions } from './guest-options.ts';

/** What a command line calls the places of the launch configuration that it came to: by its options. */
export function optionNames(image: string | undefined, options: GuestOptions): PlaceName {
  const { guest = [], vmm, smp } = options;
  const isBareMetalVmm = vmm !== 'hosted' && vmm !== 'none';
  const kernel = image === undefined ? '--kernel' : 'image';
  const named: Readonly<Record<string, string>> = {
    ...optionOf,
    // A bare-metal VMM is the image, and what it is to run its initrd.
    image: isBareMetalVmm ? '--vmm' : kernel,
    ...(isBareMetalVmm && { initrd: kernel }),
    ...(smp !== undefined && options.vcpus === undefined && { vcpus: '--smp' }),
    ...(smp !== undefined && options.harts === undefined && { harts: '--smp' }),
  };
  const nameOf = (path: readonly PropertyKey[]): string => {
    const [head = '', index, attribute = ''] = path.map(String);
    if (head !== 'guests') return named[head] ?? path.map(String).join('.');
    const one = guest[Number(index)];
    if (one === undefined) return '--guest';
    return attribute in one ? `--guest ${one.name}, ${attribute}` : (named[attribute] ?? attribute);
  };
  return (path, value) => (value === undefined ? nameOf(path) : `${nameOf(path)} ${value}`);
}

const optionOf = {
  vmm: '--vmm',
  firmware: '--firmware',
  memory: '--memory',
  vcpus: '--vcpus',
  harts: '--harts',
  quantum: '--quantum',
  clockMegahertz: '--clock',
  initrd: '--initrd',
  append: '--append',
  kaslrSeed: '--kaslr-seed',
  programs: '--program',
  disks: '--disk',
  randomSeed: '--rng',
  network: '--net',
  shares: '--share',
  virtioConsole: '--virtio-console',
  clockStart: '--rtc',
  isa: '--isa',
  engine: '--engine',
} as const;
