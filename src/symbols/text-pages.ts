import { PT_LOAD, SHF_ALLOC, SHF_EXECINSTR, SHF_WRITE } from './elf/constants.ts';
import type { ElfFile } from './elf/elf-file.ts';
import type { AddressRange } from './dwarf/addresses.ts';
import { contains } from './dwarf/addresses.ts';

/** Sv39, Sv48 and Sv57 all have pages of 4 KiB. */
const PAGE_SIZE = 4096n;

/** Bytes of code that a running program cannot have changed, all within one page. */
export interface TextPage {
  /** Of the first byte, as linked: the page's own address, or higher where the code begins inside it. */
  readonly virtualAddress: bigint;
  readonly bytes: Uint8Array;
}

/** The executable, read-only bytes of an image by page: what to look for in a guest's memory to recognise it. */
export function* textPages(elf: ElfFile): Generator<TextPage> {
  for (const { address, bytes } of readOnlyCode(elf)) {
    let at = 0;
    while (at < bytes.length) {
      const virtualAddress = address + BigInt(at);
      const size = Math.min(Number(PAGE_SIZE - (virtualAddress % PAGE_SIZE)), bytes.length - at);
      yield { virtualAddress, bytes: bytes.subarray(at, at + size) };
      at += size;
    }
  }
}

/** Where the image has code: its executable sections, or segments in a file without sections. */
export function codeRanges(elf: ElfFile): (address: bigint) => boolean {
  const sections = elf.sections.filter(
    ({ flags }) => (flags & SHF_ALLOC) !== 0n && (flags & SHF_EXECINSTR) !== 0n,
  );
  const ranges: readonly AddressRange[] =
    sections.length > 0
      ? sections.map(({ address, size }) => ({ low: address, high: address + size }))
      : elf.segments
          .filter(({ type, flags }) => type === PT_LOAD && flags.execute)
          .map(({ virtualAddress, memorySize }) => ({
            low: virtualAddress,
            high: virtualAddress + BigInt(memorySize),
          }));
  return (address) => ranges.some((range) => contains(range, address));
}

/** Sections rather than segments: a small kernel is often linked into one segment that is writable as a whole. */
function readOnlyCode(elf: ElfFile): readonly { readonly address: bigint; readonly bytes: Uint8Array }[] {
  const sections = elf.sections.filter(
    ({ flags, bytes }) =>
      (flags & SHF_ALLOC) !== 0n &&
      (flags & SHF_EXECINSTR) !== 0n &&
      (flags & SHF_WRITE) === 0n &&
      bytes.length > 0,
  );
  if (sections.length > 0) return sections;
  return elf.segments
    .filter(({ type, flags }) => type === PT_LOAD && flags.execute && !flags.write)
    .map(({ virtualAddress, bytes }) => ({ address: virtualAddress, bytes }));
}
