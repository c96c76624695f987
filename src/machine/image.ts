import { StrataError } from '../common/errors.ts';

/** Bytes at a host-physical address. */
export interface ImageSegment {
  readonly address: bigint;
  readonly bytes: Uint8Array;
}

/** A program for the machine, which does not know file formats. Addresses are host-physical. */
export interface MachineImage {
  readonly segments: readonly ImageSegment[];
  /** Where execution begins. */
  readonly entry: bigint;
  /** Where the guest and its host exchange words (HTIF): the symbols `tohost` and `fromhost`. */
  readonly htif?: { readonly toHost: bigint; readonly fromHost: bigint | undefined };
}

/** A flat binary (a Linux `Image`), which runs from where it is put. */
export function flatImage(bytes: Uint8Array, address: bigint): MachineImage {
  return { segments: [{ address, bytes }], entry: address };
}

/** A stretch of host-physical addresses. */
export interface Placement {
  readonly base: number;
  readonly size: number;
}

/** Where what is loaded beside the image goes. */
export interface BootPlacements {
  readonly deviceTree: Placement;
  readonly initrd?: Placement;
}

const mebibyte = 0x10_0000;

/**
 * QEMU's places: the initrd half of RAM above the kernel's entry, at most 128 MiB, and the device tree at the
 * end of RAM (of its part below 3 GiB), aligned to 2 MiB.
 */
export function placeBootData(options: {
  readonly image: MachineImage;
  readonly ram: Placement;
  readonly deviceTreeBytes: number;
  readonly initrdBytes: number | undefined;
}): BootPlacements {
  const { image, ram, deviceTreeBytes, initrdBytes } = options;
  const end = Math.min(ram.base + ram.size, 3072 * mebibyte);
  const deviceTree = { base: alignDown(end - deviceTreeBytes, 2 * mebibyte), size: deviceTreeBytes };
  requireFree(image, deviceTree, 'device tree');
  if (initrdBytes === undefined) return { deviceTree };
  const initrd = {
    base: alignDown(Number(image.entry) + Math.min(ram.size / 2, 128 * mebibyte), 0x1000),
    size: initrdBytes,
  };
  if (initrd.base + initrd.size > deviceTree.base) {
    throw new StrataError(
      'initrd-too-large',
      'user',
      `The initrd of ${initrdBytes} bytes does not fit between 0x${initrd.base.toString(16)} and the device tree at 0x${deviceTree.base.toString(16)}: give the machine more memory.`,
    );
  }
  requireFree(image, initrd, 'initrd');
  return { deviceTree, initrd };
}

function requireFree(image: MachineImage, { base, size }: Placement, what: string): void {
  for (const segment of image.segments) {
    const start = Number(segment.address);
    if (start < base + size && base < start + segment.bytes.length) {
      throw new StrataError(
        'image-overlap',
        'user',
        `The image's segment at 0x${start.toString(16)} lies where the ${what} goes (0x${base.toString(16)}): give the machine more memory.`,
      );
    }
  }
}

function alignDown(address: number, alignment: number): number {
  return address - (address % alignment);
}
