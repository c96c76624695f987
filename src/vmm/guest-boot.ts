import { StrataError } from '../common/errors.ts';
import type { Isa } from '../isa/configuration/isa.ts';
import type { AddressMap } from '../machine/bus.ts';
import { describeBoard } from '../machine/device-tree.ts';
import { flattenDeviceTree } from '../machine/flattened-device-tree.ts';
import { imageProblem, placeBootData, type MachineImage } from '../machine/image.ts';
import type { GuestMemory } from './memory/guest-memory.ts';

/** What runs in a guest. */
export interface GuestSoftware {
  /** The kernel; its addresses are guest-physical. */
  readonly image: MachineImage;
  readonly initrd?: Uint8Array;
  /** The kernel's command line. */
  readonly bootArguments?: string;
  /** `kaslr-seed` of the device tree: Linux chooses by it where it runs. Without one it runs where it was linked. */
  readonly kaslrSeed?: bigint;
}

/** What a guest's device tree says of its virtual harts. */
export interface VirtualHarts {
  readonly harts: number;
  readonly isa: Isa;
  readonly timebaseHertz: number;
}

/**
 * Puts the kernel, its initrd and the device tree into a guest's memory, where the bare machine would have them.
 * Returns the guest-physical addresses of the entry and of the device tree.
 */
export function loadGuest(options: {
  readonly memory: GuestMemory;
  readonly bus: AddressMap;
  readonly software: GuestSoftware;
  readonly harts: VirtualHarts;
}): { readonly entry: bigint; readonly deviceTree: bigint } {
  const { memory, bus, software, harts } = options;
  const ram = { base: memory.base, size: memory.size };
  const tree = (initrd?: { base: number; size: number }): Uint8Array =>
    flattenDeviceTree(
      describeBoard({
        ...harts,
        ram,
        regions: bus.regions,
        ...(software.bootArguments !== undefined && { bootArguments: software.bootArguments }),
        ...(software.kaslrSeed !== undefined && { kaslrSeed: software.kaslrSeed }),
        ...(initrd && { initrd }),
      }),
    );
  const problem = imageProblem(software.image, ram);
  if (problem !== undefined)
    throw new StrataError('invalid-guest-image', 'user', `${problem.message} ${problem.remedy}`);
  const draft = tree(software.initrd && { base: 0, size: 0 });
  const placements = placeBootData({
    image: software.image,
    ram,
    deviceTreeBytes: draft.length,
    initrdBytes: software.initrd?.length,
  });
  for (const { address, bytes } of software.image.segments) put(memory, Number(address), bytes, 'image');
  if (software.initrd && placements.initrd) put(memory, placements.initrd.base, software.initrd, 'initrd');
  put(memory, placements.deviceTree.base, tree(placements.initrd), 'device tree');
  return { entry: software.image.entry, deviceTree: BigInt(placements.deviceTree.base) };
}

function put(memory: GuestMemory, address: number, bytes: Uint8Array, what: string): void {
  if (memory.loadFile(address, bytes)) return;
  throw new StrataError(
    'image-outside-memory',
    'user',
    `The ${what} at 0x${address.toString(16)} (${bytes.length} bytes) lies outside the guest's memory, 0x${memory.base.toString(16)} to 0x${(memory.base + memory.size).toString(16)}: give the guest more memory, or link the image for an address within it.`,
  );
}
