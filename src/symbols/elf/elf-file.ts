import type { Diagnostic, Result } from '../../common/diagnostic.ts';
import { DiagnosticLog, refusal } from '../diagnostics.ts';
import { PT_LOAD } from './constants.ts';
import { type ElfHeader, readElfHeader } from './header.ts';
import { type BuildId, findBuildId } from './notes.ts';
import { type Section, readSections } from './sections.ts';
import { type Segment, type SegmentFlags, readSegments } from './segments.ts';
import { type SymbolTable, readSymbolTable } from './symbol-table.ts';

/** What a machine needs to load one part of an image: no ELF word in it. */
export interface LoadableSegment {
  readonly physicalAddress: bigint;
  readonly virtualAddress: bigint;
  /** A view of the file, not a copy. */
  readonly bytes: Uint8Array;
  /** Where they begin in the file. */
  readonly fileOffset: number;
  /** Bytes in memory, at least `bytes.length`; those beyond `bytes` are zero. */
  readonly memorySize: number;
  readonly flags: SegmentFlags;
}

/** A checked ELF64 executable for RISC-V. Views share the bytes it was read from. */
export class ElfFile {
  readonly header: ElfHeader;
  readonly segments: readonly Segment[];
  readonly sections: readonly Section[];
  readonly buildId: BuildId | undefined;
  readonly #log: DiagnosticLog;
  #symbols: SymbolTable | undefined;

  constructor(
    header: ElfHeader,
    segments: readonly Segment[],
    sections: readonly Section[],
    log: DiagnosticLog,
  ) {
    this.header = header;
    this.segments = segments;
    this.sections = sections;
    this.buildId = findBuildId(segments, sections);
    this.#log = log;
  }

  /** Where execution begins, as linked. */
  get entry(): bigint {
    return this.header.entry;
  }

  /** Warnings so far: symbols are read when first asked for. */
  get diagnostics(): readonly Diagnostic[] {
    return this.#log.all;
  }

  /** The named symbols of `.symtab`, or of `.dynsym` in a file that has been stripped. */
  get symbols(): SymbolTable {
    this.#symbols ??= readSymbolTable(this.sections, this.#log);
    return this.#symbols;
  }

  /** The first section of that name. */
  section(name: string): Section | undefined {
    return this.sections.find((section) => section.name === name);
  }

  /** What to put into memory before `entry` runs, in the file's order. */
  loadableSegments(): readonly LoadableSegment[] {
    return this.segments.filter(({ type, memorySize }) => type === PT_LOAD && memorySize > 0);
  }

  /** Where a machine that translates nothing yet enters the file: a kernel may say its entry as a virtual address. */
  get physicalEntry(): bigint {
    const { entry } = this.header;
    const segments = this.loadableSegments();
    const isWithin = (start: bigint, size: number): boolean => entry >= start && entry < start + BigInt(size);
    if (segments.some(({ physicalAddress, memorySize }) => isWithin(physicalAddress, memorySize)))
      return entry;
    const home = segments.find(({ virtualAddress, memorySize }) => isWithin(virtualAddress, memorySize));
    return home === undefined ? entry : entry - home.virtualAddress + home.physicalAddress;
  }
}

/** Reads an ELF file, whatever it holds: an error says why it cannot run, a warning what will be missing. */
export function readElf(bytes: Uint8Array): Result<ElfFile> {
  const header = readElfHeader(bytes);
  if (!header.ok) return header;
  const segments = readSegments(bytes, header.value.programHeaders);
  if (!segments.ok) return segments;
  if (!segments.value.some(({ type, memorySize }) => type === PT_LOAD && memorySize > 0)) {
    return refusal(
      'The file has no loadable segment.',
      header.value.programHeaders.offset,
      'Give a linked executable.',
    );
  }
  const log = new DiagnosticLog();
  const value = new ElfFile(header.value, segments.value, readSections(bytes, header.value, log), log);
  return { ok: true, value, diagnostics: value.diagnostics };
}
