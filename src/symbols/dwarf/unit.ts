import { ByteReader } from '../byte-reader.ts';
import type { DiagnosticLog } from '../diagnostics.ts';
import type { AbbreviationTable } from './abbreviations.ts';
import { DW_UT } from './constants.ts';
import { type FormEncoding, readInitialLength, readOffset } from './forms.ts';
import type { DwarfSections } from './sections.ts';
import type { StringPool } from './strings.ts';

/** The header of a unit in .debug_info (DWARF 7.5.1). Offsets are into that section. */
export interface UnitHeader extends FormEncoding {
  readonly offset: number;
  readonly end: number;
  readonly firstEntry: number;
  readonly abbreviationsOffset: number;
  /** Of a type unit: what DW_FORM_ref_sig8 names it by, and where the type itself is described. */
  readonly type: { readonly signature: bigint; readonly offset: number } | undefined;
}

/** What reading an entry of a unit takes besides the entry's bytes. */
export interface Unit extends UnitHeader {
  readonly sections: DwarfSections;
  readonly strings: { readonly str: StringPool; readonly lineStr: StringPool };
  readonly abbreviations: AbbreviationTable;
  /** Where this unit's parts of the indexed sections begin (DWARF 3.1.1: DW_AT_str_offsets_base and so on). */
  readonly bases: UnitBases;
  /** The entry with this type signature, in whichever unit. */
  readonly typeEntry: (signature: bigint) => number | undefined;
}

/** Offsets in .debug_str_offsets, .debug_addr, .debug_rnglists and .debug_loclists. */
export interface UnitBases {
  readonly strOffsets: number;
  readonly addr: number;
  readonly rnglists: number;
  readonly loclists: number;
}

const REBUILD = 'Compile it again with -gdwarf-4 or -gdwarf-5.';

/** Reads all unit headers. A unit that cannot be used is left out with a warning; the next one is found by length. */
export function readUnitHeaders(info: Uint8Array, log: DiagnosticLog): readonly UnitHeader[] {
  const headers: UnitHeader[] = [];
  const reader = new ByteReader(info);
  while (!reader.done) {
    const offset = reader.offset;
    const { length, offsetSize } = readInitialLength(reader);
    if (reader.failed || length > reader.remaining) {
      log.warn(
        `.debug_info: the unit at ${offset} is longer than the section; it and all after it are ignored.`,
        offset,
      );
      break;
    }
    const header = readHeader(reader.section(length), offset, offsetSize, log);
    if (header) headers.push(header);
  }
  return headers;
}

function readHeader(
  reader: ByteReader,
  offset: number,
  offsetSize: 4 | 8,
  log: DiagnosticLog,
): UnitHeader | undefined {
  const version = reader.u16();
  if (version < 2 || version > 5) {
    log.warn(`.debug_info: DWARF version ${version} is not known; its units are ignored.`, offset, REBUILD);
    return undefined;
  }
  const kind = version >= 5 ? reader.u8() : DW_UT.compile;
  const early = version >= 5 ? reader.u8() : 0;
  const abbreviationsOffset = readOffset(reader, { offsetSize });
  const addressSize = version >= 5 ? early : reader.u8();
  let type: UnitHeader['type'];
  if (kind === DW_UT.type || kind === DW_UT.split_type) {
    const signature = reader.u64();
    type = { signature, offset: offset + readOffset(reader, { offsetSize }) };
  } else if (kind === DW_UT.skeleton || kind === DW_UT.split_compile) {
    reader.skip(8);
    log.warn(
      'The debug information is split into .dwo files, which are not read.',
      offset,
      'Compile without -gsplit-dwarf.',
    );
  }
  if (reader.failed || addressSize !== 8) {
    log.warn(`.debug_info: the unit at ${offset} has a damaged header; it is ignored.`, offset, REBUILD);
    return undefined;
  }
  return {
    offset,
    end: reader.end,
    firstEntry: reader.offset,
    version,
    offsetSize,
    addressSize,
    abbreviationsOffset,
    type,
  };
}
