import { ByteReader } from '../byte-reader.ts';
import { type AddressRange, readIndexedAddress } from './addresses.ts';
import { DW_AT, DW_RLE } from './constants.ts';
import type { DwarfUnit } from './dwarf.ts';
import type { Entry } from './entry.ts';
import { readOffset } from './forms.ts';

/** More parts than any function is split into, or any unit has functions. */
const MOST_RANGES = 100_000;

/** The addresses that an entry covers (DWARF 2.17): DW_AT_ranges, or DW_AT_low_pc with DW_AT_high_pc, or none. */
export function rangesOf(entry: Entry, unit: DwarfUnit): readonly AddressRange[] {
  if (entry.has(DW_AT.ranges)) return listedRanges(entry, unit);
  const low = entry.attribute(DW_AT.low_pc)?.address();
  const highAttribute = entry.attribute(DW_AT.high_pc);
  if (low === undefined || !highAttribute) return [];
  const high = highAttribute.address() ?? low + (highAttribute.constant() ?? 0n);
  return high > low ? [{ low, high }] : [];
}

function listedRanges(entry: Entry, unit: DwarfUnit): readonly AddressRange[] {
  const attribute = entry.attribute(DW_AT.ranges);
  const base = unit.root.attribute(DW_AT.low_pc)?.address() ?? 0n;
  const index = attribute?.listIndex();
  if (index !== undefined) {
    const { rnglists } = unit.bases;
    const table = new ByteReader(unit.sections.rnglists, rnglists + index * unit.offsetSize);
    const offset = readOffset(table, unit);
    return table.failed ? [] : readRangeList(unit, rnglists + offset, base);
  }
  const offset = attribute?.sectionOffset();
  if (offset === undefined) return [];
  return unit.version >= 5
    ? readRangeList(unit, offset, base)
    : readOldRanges(unit.sections.ranges, offset, base);
}

/** DWARF 4, 2.17.3: pairs relative to a base; a first word of all ones sets the base, two zeros end the list. */
function readOldRanges(section: Uint8Array, offset: number, unitBase: bigint): readonly AddressRange[] {
  const ranges: AddressRange[] = [];
  const reader = new ByteReader(section, offset);
  let base = unitBase;
  while (!reader.done && ranges.length < MOST_RANGES) {
    const low = reader.u64();
    const high = reader.u64();
    if (reader.failed || (low === 0n && high === 0n)) break;
    if (low === 0xffff_ffff_ffff_ffffn) base = high;
    else addRange(ranges, base + low, base + high);
  }
  return ranges;
}

/** DWARF 5, 2.17.3. */
function readRangeList(unit: DwarfUnit, offset: number, unitBase: bigint): readonly AddressRange[] {
  const ranges: AddressRange[] = [];
  const reader = new ByteReader(unit.sections.rnglists, offset);
  const indexed = (): bigint => readIndexedAddress(unit, reader.uleb()) ?? 0n;
  let base = unitBase;
  while (!reader.done && ranges.length < MOST_RANGES) {
    const kind = reader.u8();
    switch (kind) {
      case DW_RLE.base_addressx:
        base = indexed();
        break;
      case DW_RLE.startx_endx:
        addRange(ranges, indexed(), indexed());
        break;
      case DW_RLE.startx_length: {
        const low = indexed();
        addRange(ranges, low, low + reader.ulebBig());
        break;
      }
      case DW_RLE.offset_pair:
        addRange(ranges, base + reader.ulebBig(), base + reader.ulebBig());
        break;
      case DW_RLE.base_address:
        base = reader.u64();
        break;
      case DW_RLE.start_end:
        addRange(ranges, reader.u64(), reader.u64());
        break;
      case DW_RLE.start_length: {
        const low = reader.u64();
        addRange(ranges, low, low + reader.ulebBig());
        break;
      }
      default:
        // DW_RLE_end_of_list, or a kind of unknown length.
        return ranges;
    }
  }
  return ranges;
}

function addRange(ranges: AddressRange[], low: bigint, high: bigint): void {
  const from = BigInt.asUintN(64, low);
  const to = BigInt.asUintN(64, high);
  if (to > from) ranges.push({ low: from, high: to });
}
