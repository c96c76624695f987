import { ByteReader } from '../byte-reader.ts';
import type { DiagnosticLog } from '../diagnostics.ts';
import { SHF_COMPRESSED, SHT_NOBITS } from './constants.ts';
import type { ElfHeader } from './header.ts';

const SECTION_HEADER_SIZE = 64;

/** One section header (gABI, chapter 4), with its content where the file has it whole. */
export interface Section {
  readonly index: number;
  readonly name: string;
  readonly type: number;
  readonly flags: bigint;
  readonly address: bigint;
  readonly size: bigint;
  /** sh_link: of a symbol table, the index of its string table. */
  readonly link: number;
  /** A view of the file; empty for SHT_NOBITS, and for what cannot be used (a warning says so). */
  readonly bytes: Uint8Array;
  readonly fileOffset: number;
}

/**
 * Reads all section headers. Sections carry symbols and debug information only, never what a machine runs, so
 * whatever is wrong with them is a warning and the section counts as empty.
 */
export function readSections(bytes: Uint8Array, header: ElfHeader, log: DiagnosticLog): readonly Section[] {
  const { offset, entrySize } = header.sectionHeaders;
  if (offset === 0) return [];
  if (entrySize !== SECTION_HEADER_SIZE) {
    log.warn(
      `Sections ignored: a section header of ${entrySize} bytes is not an ELF64 one.`,
      58,
      'Build the file again.',
    );
    return [];
  }
  const first = readRaw(bytes, offset);
  // gABI: with too many sections for e_shnum and e_shstrndx, section 0 holds the true numbers.
  const count = header.sectionHeaders.count === 0 ? Number(first.size) : header.sectionHeaders.count;
  const namesIndex = header.sectionNamesIndex === 0xffff ? first.link : header.sectionNamesIndex;
  if (count > (bytes.length - offset) / SECTION_HEADER_SIZE) {
    log.warn(
      `Sections ignored: the file is too short for ${count} section headers.`,
      offset,
      'Build the file again.',
    );
    return [];
  }
  const raw = Array.from({ length: count }, (_, index) =>
    readRaw(bytes, offset + index * SECTION_HEADER_SIZE),
  );
  const namesHeader = raw[namesIndex];
  const names = namesHeader ? content(bytes, namesHeader, undefined) : new Uint8Array();
  return raw.map((section, index) => {
    const name = new ByteReader(names, section.nameOffset).string();
    return {
      ...section,
      index,
      name,
      bytes: content(bytes, section, { name: name || `section ${index}`, log }),
    };
  });
}

type RawSection = Omit<Section, 'index' | 'name' | 'bytes'> & { readonly nameOffset: number };

function readRaw(bytes: Uint8Array, at: number): RawSection {
  const reader = new ByteReader(bytes, at);
  const nameOffset = reader.u32();
  const type = reader.u32();
  const flags = reader.u64();
  const address = reader.u64();
  const offset = reader.u64();
  const size = reader.u64();
  const fileOffset = offset > BigInt(bytes.length) ? bytes.length : Number(offset);
  return { nameOffset, type, flags, address, fileOffset, size, link: reader.u32() };
}

function content(
  bytes: Uint8Array,
  { type, flags, fileOffset, size }: RawSection,
  report: { readonly name: string; readonly log: DiagnosticLog } | undefined,
): Uint8Array {
  // SHT_NULL, with its sizes borrowed for long tables, has no content.
  if (type === SHT_NOBITS || type === 0) return bytes.subarray(0, 0);
  if (BigInt(fileOffset) + size > BigInt(bytes.length)) {
    report?.log.warn(
      `${report.name} ignored: it reaches beyond the end of the file.`,
      fileOffset,
      'Build the file again.',
    );
    return bytes.subarray(0, 0);
  }
  if ((flags & SHF_COMPRESSED) !== 0n) {
    report?.log.warn(
      `${report.name} ignored: it is compressed.`,
      fileOffset,
      'Link with -gz=none, or run objcopy --decompress-debug-sections on the file.',
    );
    return bytes.subarray(0, 0);
  }
  return bytes.subarray(fileOffset, fileOffset + Number(size));
}
