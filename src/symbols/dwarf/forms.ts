import type { ByteReader } from '../byte-reader.ts';
import { DW_FORM } from './constants.ts';

/** What decides how wide a form is (DWARF 7.5.6). */
export interface FormEncoding {
  readonly version: number;
  /** 4 in 32-bit DWARF, 8 in 64-bit DWARF: the width of an offset into a section. */
  readonly offsetSize: 4 | 8;
  readonly addressSize: number;
}

/** A section offset or length of the unit's width. */
export function readOffset(reader: ByteReader, { offsetSize }: Pick<FormEncoding, 'offsetSize'>): number {
  return offsetSize === 8 ? reader.length64() : reader.u32();
}

/** DWARF 7.2.2: the length that opens a unit, and with it the width of all offsets in the unit. */
export function readInitialLength(reader: ByteReader): { length: number; offsetSize: 4 | 8 } {
  const length = reader.u32();
  if (length === 0xffff_ffff) return { length: reader.length64(), offsetSize: 8 };
  // 0xfffffff0 to 0xfffffffe are reserved, and too long for any file read here: the unit fails on its length.
  return { length, offsetSize: 4 };
}

/** Steps over a value. An unknown form makes the reader fail: nothing after it can be found. */
export function skipForm(reader: ByteReader, form: number, encoding: FormEncoding): void {
  switch (form) {
    case DW_FORM.flag_present:
    case DW_FORM.implicit_const:
      return;
    case DW_FORM.data1:
    case DW_FORM.ref1:
    case DW_FORM.flag:
    case DW_FORM.strx1:
    case DW_FORM.addrx1:
      return reader.skip(1);
    case DW_FORM.data2:
    case DW_FORM.ref2:
    case DW_FORM.strx2:
    case DW_FORM.addrx2:
      return reader.skip(2);
    case DW_FORM.strx3:
    case DW_FORM.addrx3:
      return reader.skip(3);
    case DW_FORM.data4:
    case DW_FORM.ref4:
    case DW_FORM.ref_sup4:
    case DW_FORM.strx4:
    case DW_FORM.addrx4:
      return reader.skip(4);
    case DW_FORM.data8:
    case DW_FORM.ref8:
    case DW_FORM.ref_sig8:
    case DW_FORM.ref_sup8:
      return reader.skip(8);
    case DW_FORM.data16:
      return reader.skip(16);
    case DW_FORM.addr:
      return reader.skip(encoding.addressSize);
    case DW_FORM.ref_addr:
      return reader.skip(encoding.version <= 2 ? encoding.addressSize : encoding.offsetSize);
    case DW_FORM.strp:
    case DW_FORM.line_strp:
    case DW_FORM.sec_offset:
    case DW_FORM.strp_sup:
    case DW_FORM.GNU_ref_alt:
    case DW_FORM.GNU_strp_alt:
      return reader.skip(encoding.offsetSize);
    case DW_FORM.udata:
    case DW_FORM.sdata:
    case DW_FORM.ref_udata:
    case DW_FORM.strx:
    case DW_FORM.addrx:
    case DW_FORM.loclistx:
    case DW_FORM.rnglistx:
    case DW_FORM.GNU_addr_index:
    case DW_FORM.GNU_str_index:
      return reader.skipLeb();
    case DW_FORM.string:
      reader.skipString();
      return;
    case DW_FORM.block1:
      return reader.skip(reader.u8());
    case DW_FORM.block2:
      return reader.skip(reader.u16());
    case DW_FORM.block4:
      return reader.skip(reader.u32());
    case DW_FORM.block:
    case DW_FORM.exprloc:
      return reader.skip(reader.uleb());
    case DW_FORM.indirect:
      return skipForm(reader, directForm(reader), encoding);
    default:
      // A length that no reader has.
      return reader.skip(Number.POSITIVE_INFINITY);
  }
}

/** The form that DW_FORM_indirect names; one indirection is all that makes sense, so a second one fails. */
export function directForm(reader: ByteReader): number {
  const form = reader.uleb();
  return form === DW_FORM.indirect || form === DW_FORM.implicit_const ? -1 : form;
}
