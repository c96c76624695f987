import { ByteReader } from '../byte-reader.ts';
import { readIndexedAddress } from './addresses.ts';
import { DW_FORM } from './constants.ts';
import { directForm, readOffset } from './forms.ts';
import type { Unit } from './unit.ts';

/** The bytes of a DWARF expression, or of a constant too long for a number. */
export type Block = Uint8Array;

/**
 * One attribute of an entry, not yet decoded. Each reading gives `undefined` where the form is of another class
 * (DWARF 7.5.5), or the bytes are damaged.
 */
export class Attribute {
  readonly unit: Unit;
  readonly form: number;
  readonly offset: number;
  readonly #implicit: bigint | undefined;

  constructor(unit: Unit, form: number, offset: number, implicit: bigint | undefined) {
    this.unit = unit;
    this.#implicit = implicit;
    if (form === DW_FORM.indirect) {
      const reader = new ByteReader(unit.sections.info, offset, unit.end);
      this.form = directForm(reader);
      this.offset = reader.offset;
    } else {
      this.form = form;
      this.offset = offset;
    }
  }

  /** Class constant: sign-extended where the form has a sign, zero-extended otherwise. */
  constant(): bigint | undefined {
    const reader = this.#reader();
    return checked(reader, this.#constant(reader));
  }

  /** A constant that is a size, a count or a line; `undefined` when it is negative or beyond 2^53. */
  size(): number | undefined {
    const value = this.constant();
    return value === undefined || value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER)
      ? undefined
      : Number(value);
  }

  /** Class address. */
  address(): bigint | undefined {
    if (this.form === DW_FORM.addr) {
      const reader = this.#reader();
      return checked(reader, reader.u64());
    }
    const index = this.#addressIndex();
    return index === undefined ? undefined : readIndexedAddress(this.unit, index);
  }

  /** Class reference: the offset of the entry meant, in .debug_info. */
  reference(): number | undefined {
    const reader = this.#reader();
    const width = REFERENCE_WIDTHS[this.form];
    if (width !== undefined) return checked(reader, this.unit.offset + Number(reader.unsigned(width)));
    if (this.form === DW_FORM.ref_udata) return checked(reader, this.unit.offset + reader.uleb());
    if (this.form === DW_FORM.ref_addr) {
      return checked(reader, this.unit.version <= 2 ? reader.length64() : readOffset(reader, this.unit));
    }
    if (this.form === DW_FORM.ref_sig8) return this.unit.typeEntry(reader.u64());
    return undefined;
  }

  /** Class string. */
  string(): string | undefined {
    const reader = this.#reader();
    const { str, lineStr } = this.unit.strings;
    if (this.form === DW_FORM.string) return checked(reader, reader.string());
    if (this.form === DW_FORM.strp) return str.at(readOffset(reader, this.unit));
    if (this.form === DW_FORM.line_strp) return lineStr.at(readOffset(reader, this.unit));
    const index = this.#stringIndex(reader);
    if (index === undefined || reader.failed) return undefined;
    const offsets = new ByteReader(
      this.unit.sections.strOffsets,
      this.unit.bases.strOffsets + index * this.unit.offsetSize,
    );
    const offset = readOffset(offsets, this.unit);
    return offsets.failed ? undefined : str.at(offset);
  }

  /** Classes block and exprloc. */
  block(): Block | undefined {
    const reader = this.#reader();
    switch (this.form) {
      case DW_FORM.exprloc:
      case DW_FORM.block:
        return checked(reader, reader.take(reader.uleb()));
      case DW_FORM.block1:
        return checked(reader, reader.take(reader.u8()));
      case DW_FORM.block2:
        return checked(reader, reader.take(reader.u16()));
      case DW_FORM.block4:
        return checked(reader, reader.take(reader.u32()));
      case DW_FORM.data16:
        return checked(reader, reader.take(16));
      default:
        return undefined;
    }
  }

  /** Class flag; any other class is no flag, hence not set. */
  flag(): boolean {
    return this.form === DW_FORM.flag_present || (this.form === DW_FORM.flag && this.#reader().u8() !== 0);
  }

  /** An offset into another section; before DWARF 4 these were written as constants. */
  sectionOffset(): number | undefined {
    const reader = this.#reader();
    if (this.form === DW_FORM.sec_offset) return checked(reader, readOffset(reader, this.unit));
    if (this.unit.version > 3) return undefined;
    if (this.form === DW_FORM.data4) return checked(reader, reader.u32());
    if (this.form === DW_FORM.data8) return checked(reader, reader.length64());
    return undefined;
  }

  /** Index into the unit's table of location or range lists. */
  listIndex(): number | undefined {
    if (this.form !== DW_FORM.loclistx && this.form !== DW_FORM.rnglistx) return undefined;
    const reader = this.#reader();
    return checked(reader, reader.uleb());
  }

  #reader(): ByteReader {
    return new ByteReader(this.unit.sections.info, this.offset, this.unit.end);
  }

  #constant(reader: ByteReader): bigint | undefined {
    switch (this.form) {
      case DW_FORM.data1:
        return reader.unsigned(1);
      case DW_FORM.data2:
        return reader.unsigned(2);
      case DW_FORM.data4:
        return reader.unsigned(4);
      case DW_FORM.data8:
        return reader.unsigned(8);
      case DW_FORM.udata:
        return reader.ulebBig();
      case DW_FORM.sdata:
        return reader.slebBig();
      case DW_FORM.implicit_const:
        return this.#implicit;
      default:
        return undefined;
    }
  }

  #addressIndex(): number | undefined {
    const reader = this.#reader();
    switch (this.form) {
      case DW_FORM.addrx:
      case DW_FORM.GNU_addr_index:
        return checked(reader, reader.uleb());
      case DW_FORM.addrx1:
      case DW_FORM.addrx2:
      case DW_FORM.addrx3:
      case DW_FORM.addrx4:
        return checked(reader, Number(reader.unsigned(this.form - DW_FORM.addrx1 + 1)));
      default:
        return undefined;
    }
  }

  #stringIndex(reader: ByteReader): number | undefined {
    switch (this.form) {
      case DW_FORM.strx:
      case DW_FORM.GNU_str_index:
        return reader.uleb();
      case DW_FORM.strx1:
      case DW_FORM.strx2:
      case DW_FORM.strx3:
      case DW_FORM.strx4:
        return Number(reader.unsigned(this.form - DW_FORM.strx1 + 1));
      default:
        return undefined;
    }
  }
}

const REFERENCE_WIDTHS: Readonly<Record<number, number>> = {
  [DW_FORM.ref1]: 1,
  [DW_FORM.ref2]: 2,
  [DW_FORM.ref4]: 4,
  [DW_FORM.ref8]: 8,
};

function checked<T>(reader: ByteReader, value: T): T | undefined {
  return reader.failed ? undefined : value;
}
