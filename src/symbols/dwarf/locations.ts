import { ByteReader } from '../byte-reader.ts';
import { readIndexedAddress } from './addresses.ts';
import type { Attribute } from './attribute.ts';
import { DW_AT, DW_LLE } from './constants.ts';
import type { DwarfUnit } from './dwarf.ts';
import { readOffset } from './forms.ts';

/**
 * The expression that an attribute of class exprloc or loclist gives for an address (DWARF 2.6); `undefined` where
 * a list has none for it, which says that the value is optimized out there.
 */
export function expressionAt(attribute: Attribute, unit: DwarfUnit, address: bigint): Uint8Array | undefined {
  const block = attribute.block();
  if (block) return block;
  const base = unit.root.attribute(DW_AT.low_pc)?.address() ?? 0n;
  const index = attribute.listIndex();
  if (index !== undefined) {
    const { loclists } = unit.bases;
    const table = new ByteReader(unit.sections.loclists, loclists + index * unit.offsetSize);
    const offset = readOffset(table, unit);
    return table.failed ? undefined : inList(unit, loclists + offset, base, address);
  }
  const offset = attribute.sectionOffset();
  if (offset === undefined) return undefined;
  return unit.version >= 5
    ? inList(unit, offset, base, address)
    : inOldList(unit.sections.loc, offset, base, address);
}

/** DWARF 4, 2.6.2: like a range list, with a counted expression after each pair. */
function inOldList(
  section: Uint8Array,
  offset: number,
  unitBase: bigint,
  address: bigint,
): Uint8Array | undefined {
  const reader = new ByteReader(section, offset);
  let base = unitBase;
  while (!reader.done) {
    const low = reader.u64();
    const high = reader.u64();
    if (low === 0n && high === 0n) return undefined;
    if (low === 0xffff_ffff_ffff_ffffn) {
      base = high;
      continue;
    }
    const expression = reader.take(reader.u16());
    if (!reader.failed && address >= base + low && address < base + high) return expression;
  }
  return undefined;
}

/** DWARF 5, 2.6.2. */
function inList(unit: DwarfUnit, offset: number, unitBase: bigint, address: bigint): Uint8Array | undefined {
  const reader = new ByteReader(unit.sections.loclists, offset);
  const indexed = (): bigint => readIndexedAddress(unit, reader.uleb()) ?? 0n;
  let base = unitBase;
  let fallback: Uint8Array | undefined;
  while (!reader.done) {
    let low = 0n;
    let high = 0n;
    switch (reader.u8()) {
      case DW_LLE.base_addressx:
        base = indexed();
        continue;
      case DW_LLE.base_address:
        base = reader.u64();
        continue;
      case DW_LLE.default_location:
        fallback = reader.take(reader.uleb());
        continue;
      case DW_LLE.startx_endx:
        low = indexed();
        high = indexed();
        break;
      case DW_LLE.startx_length:
        low = indexed();
        high = low + reader.ulebBig();
        break;
      case DW_LLE.offset_pair:
        low = base + reader.ulebBig();
        high = base + reader.ulebBig();
        break;
      case DW_LLE.start_end:
        low = reader.u64();
        high = reader.u64();
        break;
      case DW_LLE.start_length:
        low = reader.u64();
        high = low + reader.ulebBig();
        break;
      default:
        // DW_LLE_end_of_list, or a kind of unknown length.
        return fallback;
    }
    const expression = reader.take(reader.uleb());
    if (!reader.failed && address >= low && address < high) return expression;
  }
  return fallback;
}
