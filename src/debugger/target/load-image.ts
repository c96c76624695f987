import type { Diagnostic, Result } from '../../common/diagnostic.ts';
import { latin1 } from '../../common/latin1.ts';
import { flatImage, imageProblem, type ImageSegment, type MachineImage } from '../../machine/image.ts';
import { kernelOffset, virtMemoryMap } from '../../machine/memory-map.ts';
import { readElf, type ElfFile, type LoadableSegment } from '../../symbols/elf/elf-file.ts';
import type { ElfHeader } from '../../symbols/elf/header.ts';
import type { NamedBytes } from '../debuggee.ts';

/** What a machine with so much RAM loads of a file: an ELF executable's segments, or a flat image as it is. */
export function loadMachineImage(
  { path, bytes }: NamedBytes,
  level: 'kernel' | 'machine',
  ramBytes: number,
): Result<MachineImage> {
  const truncated = truncatedLinuxImage(path, bytes);
  if (truncated !== undefined) return { ok: false, diagnostics: [inFile(path, truncated)] };
  const elf = isFlat(path, bytes) ? undefined : readElf(bytes);
  if (elf?.ok === false)
    return { ok: false, diagnostics: elf.diagnostics.map((each) => inFile(path, orFlat(bytes, each))) };
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
  return !beginsAsElf(bytes) && (isLinuxImage(bytes) || path.endsWith('.bin') || isCalledImage(path));
}

/** Who gave a flat image by another name learns how it is told. */
function orFlat(bytes: Uint8Array, diagnostic: Diagnostic): Diagnostic {
  if (bytes.length === 0 || beginsAsElf(bytes)) return diagnostic;
  const flatly = 'A flat image is taken where it is called *.bin or Image.';
  const { remedy } = diagnostic;
  return { ...diagnostic, remedy: remedy === undefined ? flatly : `${remedy} ${flatly}` };
}

function beginsAsElf(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7f && bytes[1] === 0x45;
}

function isCalledImage(path: string): boolean {
  return /(^|[\\/])Image[^\\/]*$/.test(path);
}

/** Does a file say of itself that it is a flat Linux `Image`? */
export function isLinuxImage(bytes: Uint8Array): boolean {
  return latin1(bytes.subarray(56, 60)) === 'RSC\u0005';
}

/**
 * What is wrong with an `Image` of which only the beginning is there. Its header says how much memory it takes, not how
 * long the file is; that follows from its sections, where it is a program for EFI too (PE/COFF: a header of 24 bytes at
 * the offset that bytes 60 to 63 say, the optional header, then 40 bytes for each section).
 */
function truncatedLinuxImage(path: string, bytes: Uint8Array): Diagnostic | undefined {
  const isHeaderCut = bytes.length < linuxHeaderSize && isCalledImage(path);
  if (!isHeaderCut && !(isLinuxImage(bytes) && bytes.length < endOfSections(bytes))) return undefined;
  const whole = isHeaderCut
    ? `an Image's header alone has ${linuxHeaderSize}`
    : `the sections of this Image end at ${endOfSections(bytes)}`;
  return {
    severity: 'error',
    message: `The file is truncated: it has ${bytes.length} bytes, and ${whole}.`,
    remedy: 'Copy or build it again.',
  };
}

const linuxHeaderSize = 64;

/** Bytes from the start to where the last section's contents end; 0 where the file has no table of sections. */
function endOfSections(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < linuxHeaderSize || latin1(bytes.subarray(0, 2)) !== 'MZ') return 0;
  const header = view.getUint32(60, true);
  if (bytes.length < header + 24) return header + 24;
  if (latin1(bytes.subarray(header, header + 4)) !== 'PE\0\0') return 0;
  const count = view.getUint16(header + 6, true);
  const table = header + 24 + view.getUint16(header + 20, true);
  let end = table + 40 * count;
  if (bytes.length < end) return end;
  for (let section = table; section < table + 40 * count; section += 40)
    end = Math.max(end, view.getUint32(section + 16, true) + view.getUint32(section + 20, true));
  return end;
}

function elfImage(elf: ElfFile): MachineImage {
  const segments = elf.loadableSegments();
  const toHost = elf.symbols.named('tohost')[0];
  const fromHost = elf.symbols.named('fromhost')[0];
  return {
    segments: segments
      .filter(({ memorySize }) => memorySize > 0)
      .map((segment) => withoutHeadersBelow(virtMemoryMap.ram.base, segment, elf.header)),
    entry: elf.physicalEntry,
    ...(toHost && { htif: { toHost: toHost.address, fromHost: fromHost?.address } }),
  };
}

/**
 * What is loaded of a segment. A linker that is told no more than where code goes (`ld -Ttext=0x80000000`) puts the
 * file's own headers into the page before it, which RAM does not have. Nobody looks for them there: they are left out.
 */
function withoutHeadersBelow(
  ramBase: number,
  { physicalAddress: address, bytes, memorySize, fileOffset }: LoadableSegment,
  { programHeaders }: ElfHeader,
): ImageSegment {
  const below = ramBase - Number(address);
  const headers = programHeaders.offset + programHeaders.entrySize * programHeaders.count;
  const areHeaders = fileOffset === 0 && headers <= below && below < bytes.length;
  if (!areHeaders || bytes.subarray(headers, below).some((byte) => byte !== 0))
    return { address, bytes, memorySize };
  return { address: BigInt(ramBase), bytes: bytes.subarray(below), memorySize: memorySize - below };
}
