import { ByteReader } from '../byte-reader.ts';
import { DW_FORM } from './constants.ts';

/** DWARF 7.5.3: the shape of a debugging information entry. */
export interface Abbreviation {
  readonly tag: number;
  readonly hasChildren: boolean;
  readonly attributes: readonly AttributeSpecification[];
}

/** What an entry has at this place, and in which form. */
export interface AttributeSpecification {
  /** DW_AT. */
  readonly name: number;
  /** DW_FORM. */
  readonly form: number;
  /** The value itself, for DW_FORM_implicit_const. */
  readonly implicit: bigint | undefined;
}

/** Abbreviations by their codes. */
export type AbbreviationTable = ReadonlyMap<number, Abbreviation>;

/** Reads the .debug_abbrev table at an offset, by abbreviation code. What follows damage is left out. */
export function readAbbreviations(section: Uint8Array, offset: number): AbbreviationTable {
  const table = new Map<number, Abbreviation>();
  const reader = new ByteReader(section, offset);
  while (!reader.done) {
    const code = reader.uleb();
    if (code === 0) break;
    const tag = reader.uleb();
    const hasChildren = reader.u8() !== 0;
    const attributes = readSpecifications(reader);
    if (!reader.failed) table.set(code, { tag, hasChildren, attributes });
  }
  return table;
}

function readSpecifications(reader: ByteReader): readonly AttributeSpecification[] {
  const specifications: AttributeSpecification[] = [];
  while (!reader.done) {
    const name = reader.uleb();
    const form = reader.uleb();
    if (name === 0 && form === 0) break;
    specifications.push({
      name,
      form,
      implicit: form === DW_FORM.implicit_const ? reader.slebBig() : undefined,
    });
  }
  return specifications;
}
