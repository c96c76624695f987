import type { AddressRange } from './addresses.ts';
import { DW_AT, DW_TAG } from './constants.ts';
import type { Dwarf, DwarfUnit } from './dwarf.ts';
import { type Entry, EntryWalk } from './entry.ts';
import { rangesOf } from './ranges.ts';
import { nameOf, withAttribute } from './scopes.ts';

/** A function with code of its own, as its unit describes it. */
export interface DwarfFunction {
  readonly unit: DwarfUnit;
  readonly entry: Entry;
  readonly name: string;
  /** The name in the symbol table, where the language has another for it. */
  readonly linkageName: string | undefined;
  /** Where a call arrives. */
  readonly low: bigint;
  readonly ranges: readonly AddressRange[];
}

/** All functions of a unit that have code, in file order. */
export function readFunctions(dwarf: Dwarf, unit: DwarfUnit): readonly DwarfFunction[] {
  const functions: DwarfFunction[] = [];
  const walk = new EntryWalk(unit.root);
  for (let entry = walk.next(); entry; entry = walk.next()) {
    if (entry.tag === DW_TAG.subprogram) {
      const found = readFunction(dwarf, unit, entry);
      if (found) functions.push(found);
    }
    if (!HOLDS_FUNCTIONS.has(entry.tag)) walk.skipChildren();
  }
  return functions;
}

/** What encloses functions in C++ and Rust. */
const HOLDS_FUNCTIONS: ReadonlySet<number> = new Set([
  DW_TAG.namespace,
  DW_TAG.structure_type,
  DW_TAG.class_type,
]);

function readFunction(dwarf: Dwarf, unit: DwarfUnit, entry: Entry): DwarfFunction | undefined {
  if (!entry.has(DW_AT.low_pc) && !entry.has(DW_AT.ranges)) return undefined;
  const ranges = rangesOf(entry, unit);
  const low = entry.attribute(DW_AT.low_pc)?.address() ?? ranges[0]?.low;
  if (low === undefined || ranges.length === 0) return undefined;
  const linked = withAttribute(dwarf, entry, DW_AT.linkage_name)?.string(DW_AT.linkage_name);
  return { unit, entry, name: nameOf(dwarf, entry) ?? linked ?? '', linkageName: linked, low, ranges };
}
