import { StrataError } from '../common/errors.ts';

/** Bytes at a host-physical address. */
export interface ImageSegment {
  readonly address: bigint;
  readonly bytes: Uint8Array;
  /** How much memory it takes, where that is more than `bytes`: the rest is zero at power-on. */
  readonly memorySize?: number;
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

/** Why an image cannot run in a RAM, and what to do about it; `undefined` where it can. */
export function imageProblem(
  { segments, entry }: MachineImage,
  ram: Placement,
): { readonly message: string; readonly remedy: string } | undefined {
  const start = BigInt(ram.base);
  const end = start + BigInt(ram.size);
  const memory = `the memory, ${span(start, end)}`;
  const relink = 'Link it for QEMU’s virt board, whose RAM begins at 0x80000000, or give more memory.';
  const placed = segments
    .map((segment) => ({ low: segment.address, high: segment.address + BigInt(sizeOf(segment)) }))
    .toSorted((a, b) => (a.low < b.low ? -1 : 1));
  for (const [index, { low, high }] of placed.entries()) {
    if (low < start || high > end)
      return { message: `The image's segment ${span(low, high)} lies outside ${memory}.`, remedy: relink };
    const next = placed[index + 1];
    if (next !== undefined && next.low < high)
      return {
        message: `The image's segments ${span(low, high)} and ${span(next.low, next.high)} overlap.`,
        remedy: 'Mend the linker script: one of them would overwrite the other.',
      };
  }
  if (entry < start || entry >= end)
    return { message: `The image's entry ${hex(entry)} lies outside ${memory}.`, remedy: relink };
  if (entry % 2n === 1n)
    return {
      message: `The image's entry ${hex(entry)} is odd, and instructions lie at even addresses.`,
      remedy: 'Mend the linker script’s ENTRY, or build the file again.',
    };
  return undefined;
}

function sizeOf({ bytes, memorySize }: ImageSegment): number {
  return Math.max(bytes.length, memorySize ?? 0);
}

function span(start: bigint, end: bigint): string {
  return `${hex(start)} to ${hex(end)}`;
}

function hex(address: bigint): string {
  return `0x${address.toString(16)}`;
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
    if (start < base + size && base < start + sizeOf(segment)) {
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
