import type { Diagnostic, Result } from '../../common/diagnostic.ts';
import { latin1 } from '../../common/latin1.ts';
import { flatImage, imageProblem, type MachineImage } from '../../machine/image.ts';
import { kernelOffset, virtMemoryMap } from '../../machine/memory-map.ts';
import { readElf, type ElfFile } from '../../symbols/elf/elf-file.ts';
import type { NamedBytes } from '../debuggee.ts';

/** What a machine with so much RAM loads of a file: an ELF executable's segments, or a flat image as it is. */
export function loadMachineImage(
  { path, bytes }: NamedBytes,
  level: 'kernel' | 'machine',
  ramBytes: number,
): Result<MachineImage> {
  const elf = isFlat(path, bytes) ? undefined : readElf(bytes);
  if (elf?.ok === false) return { ok: false, diagnostics: elf.diagnostics.map((each) => inFile(path, each)) };
  const { base } = virtMemoryMap.ram;
  const start = base + (level === 'kernel' ? kernelOffset : 0);
  const image = elf === undefined ? flat(bytes, start) : elfImage(elf.value);
  const problem = imageProblem(image, { base, size: ramBytes });
  if (problem !== undefined)
    return { ok: false, diagnostics: [inFile(path, { severity: 'error', ...problem })] };
  return { ok: true, value: image, diagnostics: elf?.diagnostics ?? [] };
}

/** A diagnostic of a file, with the file's name. */
export function inFile(path: string, diagnostic: Diagnostic): Diagnostic {
  return { ...diagnostic, message: `${path}: ${diagnostic.message}` };
}

/** A flat image. A Linux `Image` says how much memory it takes (bytes 16 to 23 of its header), with data that is zero. */
function flat(bytes: Uint8Array, start: number): MachineImage {
  const image = flatImage(bytes, BigInt(start));
  if (!isLinuxImage(bytes)) return image;
  const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const memorySize = Number(header.getBigUint64(16, true));
  return { ...image, segments: image.segments.map((segment) => ({ ...segment, memorySize })) };
}

/** A Linux `Image` says so itself; anything else has to be called so, for a damaged ELF file must not pass for one. */
function isFlat(path: string, bytes: Uint8Array): boolean {
  const isElf = bytes[0] === 0x7f && bytes[1] === 0x45;
  return !isElf && (isLinuxImage(bytes) || /\.bin$|(^|[\\/])Image[^\\/]*$/.test(path));
}

function isLinuxImage(bytes: Uint8Array): boolean {
  return latin1(bytes.subarray(56, 60)) === 'RSC\u0005';
}

function elfImage(elf: ElfFile): MachineImage {
  const segments = elf.loadableSegments();
  const toHost = elf.symbols.named('tohost')[0];
  const fromHost = elf.symbols.named('fromhost')[0];
  return {
    segments: segments
      .filter(({ memorySize }) => memorySize > 0)
      .map(({ physicalAddress, bytes, memorySize }) => ({ address: physicalAddress, bytes, memorySize })),
    entry: physicalEntry(elf),
    ...(toHost && { htif: { toHost: toHost.address, fromHost: fromHost?.address } }),
  };
}

/** A kernel may say its entry as a virtual address, though nothing translates when it is entered. */
function physicalEntry(elf: ElfFile): bigint {
  const { entry } = elf.header;
  const segments = elf.loadableSegments();
  const isWithin = (start: bigint, size: number): boolean => entry >= start && entry < start + BigInt(size);
  if (segments.some(({ physicalAddress, memorySize }) => isWithin(physicalAddress, memorySize))) return entry;
  const home = segments.find(({ virtualAddress, memorySize }) => isWithin(virtualAddress, memorySize));
  return home === undefined ? entry : entry - home.virtualAddress + home.physicalAddress;
}
