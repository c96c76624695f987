import { DW_AT, DW_INL, DW_TAG } from './dwarf/constants.ts';
import type { Dwarf, DwarfUnit } from './dwarf/dwarf.ts';
import { type Entry, EntryWalk, children } from './dwarf/entry.ts';

/** An enumerator and the enum that it belongs to. */
export interface NamedEnumerator {
  readonly entry: Entry;
  readonly value: bigint;
}

/**
 * What the units define at file level, by name. Made at the first question, in one pass over all units that
 * leaves out function bodies: some seconds for a kernel's debug information, nothing for a small image's.
 */
export class NameIndex {
  readonly #dwarf: Dwarf;
  #tables: NameTables | undefined;

  constructor(dwarf: Dwarf) {
    this.#dwarf = dwarf;
  }

  /** The complete definition of a struct, union, class or enum, by its tag; of a typedef or base type too. */
  type(tag: number, name: string): Entry | undefined {
    return this.#dwarf.entryAt(this.#read().types.get(typeKey(tag, name)));
  }

  /** Variables with a place in memory of their own: the ones of one name in several files are all there. */
  variables(name: string): readonly Entry[] {
    return (this.#read().variables.get(name) ?? []).flatMap((offset) => this.#dwarf.entryAt(offset) ?? []);
  }

  variableNames(): Iterable<string> {
    return this.#read().variables.keys();
  }

  enumerator(name: string): NamedEnumerator | undefined {
    const found = this.#read().enumerators.get(name);
    const entry = this.#dwarf.entryAt(found?.offset);
    return found && entry && { entry, value: found.value };
  }

  /** Units with a function of that name that has been inlined somewhere in them. */
  unitsInlining(name: string): readonly DwarfUnit[] {
    return this.#read().inlined.get(name) ?? [];
  }

  inlinedNames(): Iterable<string> {
    return this.#read().inlined.keys();
  }

  #read(): NameTables {
    this.#tables ??= readNames(this.#dwarf);
    return this.#tables;
  }
}

interface NameTables {
  readonly types: Map<string, number>;
  readonly variables: Map<string, number[]>;
  readonly enumerators: Map<string, { readonly offset: number; readonly value: bigint }>;
  readonly inlined: Map<string, DwarfUnit[]>;
}

function readNames(dwarf: Dwarf): NameTables {
  const tables: NameTables = {
    types: new Map(),
    variables: new Map(),
    enumerators: new Map(),
    inlined: new Map(),
  };
  for (const unit of dwarf.allUnits) {
    const walk = new EntryWalk(unit.root);
    for (let entry = walk.next(); entry; entry = walk.next()) {
      addEntry(tables, dwarf, unit, entry);
      if (entry.tag !== DW_TAG.namespace) walk.skipChildren();
    }
  }
  return tables;
}

function addEntry(tables: NameTables, dwarf: Dwarf, unit: DwarfUnit, entry: Entry): void {
  switch (entry.tag) {
    case DW_TAG.enumeration_type:
      addEnum(tables, entry);
      return;
    case DW_TAG.structure_type:
    case DW_TAG.union_type:
    case DW_TAG.class_type:
    case DW_TAG.typedef:
    case DW_TAG.base_type:
      addType(tables, entry);
      return;
    case DW_TAG.variable:
      addVariable(tables, dwarf, entry);
      return;
    case DW_TAG.subprogram: {
      const inline = entry.size(DW_AT.inline);
      const name =
        inline === DW_INL.inlined || inline === DW_INL.declared_inlined
          ? entry.string(DW_AT.name)
          : undefined;
      if (name !== undefined) append(tables.inlined, name, unit);
      return;
    }
    default:
  }
}

/** The same header is described in every unit that includes it: the first definition stands for all. */
function addType({ types }: NameTables, entry: Entry): boolean {
  const name = entry.string(DW_AT.name);
  if (name === undefined || entry.flag(DW_AT.declaration)) return name === undefined;
  const key = typeKey(entry.tag, name);
  if (types.has(key)) return false;
  types.set(key, entry.offset);
  return true;
}

function addEnum(tables: NameTables, entry: Entry): void {
  if (!addType(tables, entry)) return;
  for (const child of children(entry)) {
    const name = child.string(DW_AT.name);
    const value = child.attribute(DW_AT.const_value)?.constant();
    if (name === undefined || value === undefined || tables.enumerators.has(name)) continue;
    tables.enumerators.set(name, { offset: entry.offset, value });
  }
}

/** A declaration in a header has no location; the definition may have only that, and refer to the declaration. */
function addVariable({ variables }: NameTables, dwarf: Dwarf, entry: Entry): void {
  if (!entry.has(DW_AT.location)) return;
  const name = entry.string(DW_AT.name) ?? dwarf.follow(entry, DW_AT.specification)?.string(DW_AT.name);
  if (name !== undefined) append(variables, name, entry.offset);
}

function append<T>(map: Map<string, T[]>, name: string, value: T): void {
  const others = map.get(name);
  if (!others) map.set(name, [value]);
  else if (others.at(-1) !== value) others.push(value);
}

const typeKey = (tag: number, name: string): string => `${tag} ${name}`;
