import { AddressMap } from './address-map.ts';
import type { AddressRange } from './dwarf/addresses.ts';
import type { Dwarf, DwarfUnit } from './dwarf/dwarf.ts';
import { rangesOf } from './dwarf/ranges.ts';
import type { LineTables } from './unit-lines.ts';

/** Finds the unit that an address was compiled in; reads one entry per unit, at the first question. */
export class UnitIndex {
  readonly #dwarf: Dwarf;
  readonly #lines: LineTables;
  readonly #isCode: (address: bigint) => boolean;
  #map: AddressMap<DwarfUnit> | undefined;

  constructor(dwarf: Dwarf, lines: LineTables, isCode: (address: bigint) => boolean) {
    this.#dwarf = dwarf;
    this.#lines = lines;
    this.#isCode = isCode;
  }

  at(address: bigint): DwarfUnit | undefined {
    this.#map ??= new AddressMap(
      this.#dwarf.units.flatMap((unit) => this.#ranges(unit).map((range) => ({ range, value: unit }))),
    );
    return this.#map.at(address);
  }

  /** Code that the linker has dropped keeps its debug information, at addresses near zero. */
  #ranges(unit: DwarfUnit): readonly AddressRange[] {
    const said = rangesOf(unit.root, unit);
    const ranges = said.length > 0 ? said : this.#rangesByLines(unit);
    return ranges.filter(({ low }) => this.#isCode(low));
  }

  /** A unit that gives no addresses, as some assemblers write, has those of its lines. */
  #rangesByLines(unit: DwarfUnit): readonly AddressRange[] {
    return (this.#lines.of(unit)?.table.sequences ?? []).map(({ start, end }) => ({ low: start, high: end }));
  }
}
