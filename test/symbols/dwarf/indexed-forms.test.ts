import assert from 'node:assert/strict';
import { DiagnosticLog } from '../../../src/symbols/diagnostics.ts';
import { DW_AT, DW_FORM, DW_LLE, DW_RLE, DW_TAG, DW_UT } from '../../../src/symbols/dwarf/constants.ts';
import { Dwarf } from '../../../src/symbols/dwarf/dwarf.ts';
import { children } from '../../../src/symbols/dwarf/entry.ts';
import { expressionAt } from '../../../src/symbols/dwarf/locations.ts';
import { rangesOf } from '../../../src/symbols/dwarf/ranges.ts';
import type { DwarfSections } from '../../../src/symbols/dwarf/sections.ts';

// Clang writes DWARF 5 through tables of strings, addresses and lists, GCC does not: this unit is made by hand.

const u8 = (...values: readonly number[]): readonly number[] => values;
const u16 = (value: number): readonly number[] => [value & 0xff, value >> 8];
const u32 = (value: number): readonly number[] => [...u16(value & 0xffff), ...u16(value >>> 16)];
const u64 = (value: number): readonly number[] => [...u32(value), ...u32(0)];
const text = (value: string): readonly number[] => [...new TextEncoder().encode(value), 0];
/** A length of four bytes, then what it counts. */
const counted = (...parts: readonly (readonly number[])[]): Uint8Array => {
  const body = parts.flat();
  return new Uint8Array([...u32(body.length), ...body]);
};

const ABBREVIATIONS = [
  u8(1, DW_TAG.compile_unit, 1),
  u8(DW_AT.name, DW_FORM.strx1, DW_AT.low_pc, DW_FORM.addrx, DW_AT.ranges, DW_FORM.rnglistx),
  u8(DW_AT.str_offsets_base, DW_FORM.sec_offset, DW_AT.addr_base, DW_FORM.sec_offset),
  // DW_AT_loclists_base takes two bytes as a LEB128.
  u8(DW_AT.rnglists_base, DW_FORM.sec_offset, 0x8c, 0x01, DW_FORM.sec_offset, 0, 0),
  u8(2, DW_TAG.variable, 0),
  u8(DW_AT.name, DW_FORM.strx, DW_AT.location, DW_FORM.loclistx, 0, 0, 0),
].flat();

const INFO = counted(
  u16(5),
  u8(DW_UT.compile, 8),
  u32(0),
  u8(1, 1, 0, 0),
  u32(8),
  u32(8),
  u32(12),
  u32(12),
  u8(2, 0, 0, 0),
);

const RANGES = [
  u8(DW_RLE.offset_pair, 0x10, 0x20),
  u8(DW_RLE.startx_length, 1, 4),
  u8(DW_RLE.startx_endx, 1, 2),
  u8(DW_RLE.base_addressx, 2, DW_RLE.offset_pair, 1, 3),
  u8(DW_RLE.start_length, ...u64(0x9000), 8),
  u8(DW_RLE.start_end, ...u64(0xa000), ...u64(0xa010)),
  u8(DW_RLE.base_address, ...u64(0xb000), DW_RLE.offset_pair, 0, 1, DW_RLE.end_of_list),
].flat();

const LOCATIONS = [
  u8(DW_LLE.offset_pair, 0x10, 0x20, 1, 0x50),
  u8(DW_LLE.startx_endx, 1, 2, 1, 0x51),
  u8(DW_LLE.base_address, ...u64(0x9000), DW_LLE.offset_pair, 0, 4, 1, 0x52),
  u8(DW_LLE.start_length, ...u64(0xa000), 4, 1, 0x53),
  u8(DW_LLE.start_end, ...u64(0xb000), ...u64(0xb004), 1, 0x54),
  u8(DW_LLE.startx_length, 2, 4, 1, 0x55),
  u8(DW_LLE.default_location, 1, 0x56, DW_LLE.end_of_list),
].flat();

const SECTIONS: DwarfSections = {
  info: INFO,
  abbrev: new Uint8Array(ABBREVIATIONS),
  str: new Uint8Array([...text('variable'), ...text('unit.c')]),
  lineStr: new Uint8Array(),
  strOffsets: counted(u16(5), u16(0), u32(0), u32(9)),
  addr: counted(u16(5), u8(8, 0), u64(0x1000), u64(0x2000), u64(0x3000)),
  line: new Uint8Array(),
  ranges: new Uint8Array(),
  rnglists: counted(u16(5), u8(8, 0), u32(1), u32(4), RANGES),
  loc: new Uint8Array(),
  loclists: counted(u16(5), u8(8, 0), u32(1), u32(4), LOCATIONS),
  frame: new Uint8Array(),
  ehFrame: new Uint8Array(),
  ehFrameAddress: 0n,
};

describe('symbols/dwarf, through the indexed tables of DWARF 5', () => {
  const dwarf = new Dwarf(SECTIONS, new DiagnosticLog());
  const [unit] = dwarf.units;
  assert.ok(unit);

  it('reads strings and addresses by index', () => {
    assert.equal(unit.name, 'unit.c');
    assert.equal(unit.root.attribute(DW_AT.low_pc)?.address(), 0x1000n);
    assert.equal([...children(unit.root)][0]?.string(DW_AT.name), 'variable');
  });

  it('reads every kind of range', () => {
    assert.deepEqual(
      rangesOf(unit.root, unit).map(({ low, high }) => [low, high]),
      [
        [0x1010n, 0x1020n],
        [0x2000n, 0x2004n],
        [0x2000n, 0x3000n],
        [0x3001n, 0x3003n],
        [0x9000n, 0x9008n],
        [0xa000n, 0xa010n],
        [0xb000n, 0xb001n],
      ],
    );
  });

  it('reads every kind of location, and the one for all other addresses', () => {
    const attribute = [...children(unit.root)][0]?.attribute(DW_AT.location);
    assert.ok(attribute);
    const found = [0x1010n, 0x2fffn, 0x9003n, 0xa003n, 0xb000n, 0x3003n, 0x1020n, 0xffffn].map(
      (address) => expressionAt(attribute, unit, address)?.[0],
    );
    assert.deepEqual(found, [0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x56]);
  });
});
