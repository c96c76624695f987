import type { DiagnosticLog } from '../diagnostics.ts';
import type { ElfFile } from '../elf/elf-file.ts';

/** The DWARF sections of an image; one that is missing, or cannot be used, is empty. */
export interface DwarfSections {
  readonly info: Uint8Array;
  readonly abbrev: Uint8Array;
  readonly str: Uint8Array;
  readonly lineStr: Uint8Array;
  readonly strOffsets: Uint8Array;
  readonly addr: Uint8Array;
  readonly line: Uint8Array;
  readonly ranges: Uint8Array;
  readonly rnglists: Uint8Array;
  readonly loc: Uint8Array;
  readonly loclists: Uint8Array;
  readonly frame: Uint8Array;
  readonly ehFrame: Uint8Array;
  /** Where .eh_frame lies in memory: its pointers are relative to it. */
  readonly ehFrameAddress: bigint;
}

/** The sections of an image, empty where it lacks one; says what of them is not read. */
export function dwarfSections(elf: ElfFile, log: DiagnosticLog): DwarfSections {
  if (elf.section('.debug_types')) {
    log.warn(
      '.debug_types is not read: some types will be unknown.',
      undefined,
      'Compile with -gdwarf-5, or without -fdebug-types-section.',
    );
  }
  const bytes = (name: string): Uint8Array => elf.section(name)?.bytes ?? new Uint8Array();
  return {
    info: bytes('.debug_info'),
    abbrev: bytes('.debug_abbrev'),
    str: bytes('.debug_str'),
    lineStr: bytes('.debug_line_str'),
    strOffsets: bytes('.debug_str_offsets'),
    addr: bytes('.debug_addr'),
    line: bytes('.debug_line'),
    ranges: bytes('.debug_ranges'),
    rnglists: bytes('.debug_rnglists'),
    loc: bytes('.debug_loc'),
    loclists: bytes('.debug_loclists'),
    frame: bytes('.debug_frame'),
    ehFrame: bytes('.eh_frame'),
    ehFrameAddress: elf.section('.eh_frame')?.address ?? 0n,
  };
}
