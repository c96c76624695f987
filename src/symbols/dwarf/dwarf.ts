import type { DiagnosticLog } from '../diagnostics.ts';
import { type AbbreviationTable, readAbbreviations } from './abbreviations.ts';
import { DW_AT } from './constants.ts';
import { Entry, readEntry } from './entry.ts';
import type { FormEncoding } from './forms.ts';
import type { DwarfSections } from './sections.ts';
import { StringPool } from './strings.ts';
import { type Unit, type UnitBases, type UnitHeader, readUnitHeaders } from './unit.ts';

/** All units of an image's .debug_info. Only headers are read at first; the rest when a question needs it. */
export class Dwarf {
  readonly sections: DwarfSections;
  /** Units with code and data, in file order. */
  readonly units: readonly DwarfUnit[];
  readonly log: DiagnosticLog;
  /** These, and the units that hold one type each (-fdebug-types-section). */
  readonly allUnits: readonly DwarfUnit[];
  readonly #types = new Map<bigint, number>();

  constructor(sections: DwarfSections, log: DiagnosticLog) {
    this.sections = sections;
    this.log = log;
    const strings = { str: new StringPool(sections.str), lineStr: new StringPool(sections.lineStr) };
    const tables = new Map<number, AbbreviationTable>();
    const shared: SharedParts = {
      sections,
      strings,
      abbreviations: (offset) => {
        const known = tables.get(offset) ?? readAbbreviations(sections.abbrev, offset);
        tables.set(offset, known);
        return known;
      },
      typeEntry: (signature) => this.#types.get(signature),
    };
    this.allUnits = readUnitHeaders(sections.info, log).map(
      (header, index) => new DwarfUnit(header, index, shared),
    );
    this.units = this.allUnits.filter(({ type }) => !type);
    for (const { type } of this.allUnits) if (type) this.#types.set(type.signature, type.offset);
  }

  /** The entry at an offset in .debug_info, in whichever unit. */
  entryAt(offset: number | undefined): Entry | undefined {
    const unit = offset === undefined ? undefined : this.unitAt(offset);
    return unit && offset !== undefined ? readEntry(unit, offset) : undefined;
  }

  /** The unit that an offset in .debug_info lies in. */
  unitAt(offset: number): DwarfUnit | undefined {
    let low = 0;
    let high = this.allUnits.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.allUnits[middle]?.offset ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    const unit = this.allUnits[low - 1];
    return unit && offset < unit.end ? unit : undefined;
  }

  /** The entry that an attribute of class reference names. */
  follow(entry: Entry, name: number): Entry | undefined {
    return this.entryAt(entry.attribute(name)?.reference());
  }
}

interface SharedParts extends Pick<Unit, 'sections' | 'strings' | 'typeEntry'> {
  abbreviations(offset: number): AbbreviationTable;
}

/** A unit of .debug_info; its abbreviations, bases and root entry are read when first needed. */
export class DwarfUnit implements Unit {
  readonly index: number;
  readonly offset: number;
  readonly end: number;
  readonly firstEntry: number;
  readonly version: number;
  readonly offsetSize: FormEncoding['offsetSize'];
  readonly addressSize: number;
  readonly abbreviationsOffset: number;
  readonly type: UnitHeader['type'];
  readonly sections: DwarfSections;
  readonly strings: Unit['strings'];
  readonly typeEntry: Unit['typeEntry'];
  readonly #readAbbreviations: SharedParts['abbreviations'];
  #abbreviations: AbbreviationTable | undefined;
  #bases: UnitBases | undefined;
  #root: Entry | undefined;

  constructor(header: UnitHeader, index: number, shared: SharedParts) {
    this.index = index;
    this.offset = header.offset;
    this.end = header.end;
    this.firstEntry = header.firstEntry;
    this.version = header.version;
    this.offsetSize = header.offsetSize;
    this.addressSize = header.addressSize;
    this.abbreviationsOffset = header.abbreviationsOffset;
    this.type = header.type;
    this.sections = shared.sections;
    this.strings = shared.strings;
    this.typeEntry = shared.typeEntry;
    this.#readAbbreviations = (offset) => shared.abbreviations(offset);
  }

  get abbreviations(): AbbreviationTable {
    this.#abbreviations ??= this.#readAbbreviations(this.abbreviationsOffset);
    return this.#abbreviations;
  }

  /** The entry of the whole unit: DW_TAG_compile_unit, or an entry that says nothing where the unit is damaged. */
  get root(): Entry {
    this.#root ??=
      readEntry(this, this.firstEntry) ??
      new Entry(this, this.firstEntry, { tag: 0, hasChildren: false, attributes: [] }, this.firstEntry);
    return this.#root;
  }

  get bases(): UnitBases {
    this.#bases ??= this.#readBases();
    return this.#bases;
  }

  /** DW_AT_comp_dir: what relative paths of the unit are relative to. */
  get directory(): string {
    return this.root.string(DW_AT.comp_dir) ?? '';
  }

  /** DW_AT_name: the source file as it was given to the compiler. */
  get name(): string {
    return this.root.string(DW_AT.name) ?? '';
  }

  #readBases(): UnitBases {
    // Only v5 has headers in these sections; a unit without the attribute uses the first table of the section.
    const header = (size: number): number => (this.version < 5 ? 0 : this.offsetSize === 8 ? size + 8 : size);
    const base = (name: number, absent: number): number =>
      this.root.attribute(name)?.sectionOffset() ?? absent;
    return {
      strOffsets: base(DW_AT.str_offsets_base, header(8)),
      addr: base(DW_AT.addr_base, header(8)),
      rnglists: base(DW_AT.rnglists_base, header(12)),
      loclists: base(DW_AT.loclists_base, header(12)),
    };
  }
}
