import { ByteReader } from '../byte-reader.ts';
import type { Abbreviation } from './abbreviations.ts';
import { Attribute } from './attribute.ts';
import { DW_AT } from './constants.ts';
import { skipForm } from './forms.ts';
import type { Unit } from './unit.ts';

/** A debugging information entry ("DIE"): only its shape is decoded; attributes are when asked for. */
export class Entry {
  readonly unit: Unit;
  /** In .debug_info; with that it names the entry uniquely. */
  readonly offset: number;
  readonly abbreviation: Abbreviation;
  readonly #values: number;

  constructor(unit: Unit, offset: number, abbreviation: Abbreviation, values: number) {
    this.unit = unit;
    this.offset = offset;
    this.abbreviation = abbreviation;
    this.#values = values;
  }

  /** DW_TAG. */
  get tag(): number {
    return this.abbreviation.tag;
  }

  get hasChildren(): boolean {
    return this.abbreviation.hasChildren;
  }

  attribute(name: number): Attribute | undefined {
    const { attributes } = this.abbreviation;
    const wanted = attributes.findIndex((attribute) => attribute.name === name);
    const specification = attributes[wanted];
    if (!specification) return undefined;
    const reader = new ByteReader(this.unit.sections.info, this.#values, this.unit.end);
    for (let index = 0; index < wanted; index++) skipForm(reader, attributes[index]?.form ?? -1, this.unit);
    if (reader.failed) return undefined;
    return new Attribute(this.unit, specification.form, reader.offset, specification.implicit);
  }

  has(name: number): boolean {
    return this.abbreviation.attributes.some((attribute) => attribute.name === name);
  }

  flag(name: number): boolean {
    return this.attribute(name)?.flag() ?? false;
  }

  string(name: number): string | undefined {
    return this.attribute(name)?.string();
  }

  size(name: number): number | undefined {
    return this.attribute(name)?.size();
  }

  /** Where the entry's attributes end: its first child, or its next sibling, follows. */
  end(): number {
    const reader = new ByteReader(this.unit.sections.info, this.#values, this.unit.end);
    for (const { form } of this.abbreviation.attributes) skipForm(reader, form, this.unit);
    return reader.failed ? this.unit.end : reader.offset;
  }
}

/** The entry at an offset; `undefined` where there is none: outside the unit, a null entry, or damage. */
export function readEntry(unit: Unit, offset: number): Entry | undefined {
  if (offset < unit.firstEntry || offset >= unit.end) return undefined;
  const reader = new ByteReader(unit.sections.info, offset, unit.end);
  const abbreviation = unit.abbreviations.get(reader.uleb());
  return abbreviation && !reader.failed ? new Entry(unit, offset, abbreviation, reader.offset) : undefined;
}

/**
 * Walks the entries below one entry, parents before children, in one forward pass over the bytes: damaged or
 * hostile nesting cannot make it slower than the unit is long, and cannot exhaust the stack.
 */
export class EntryWalk {
  readonly #unit: Unit;
  #next: number;
  #current: Entry | undefined;
  #depth = 0;
  /** Depth of the entries that `#next` will give: 0 is past the end of the walk. */
  #nextDepth: number;

  constructor(parent: Entry) {
    this.#unit = parent.unit;
    this.#next = parent.end();
    this.#nextDepth = parent.hasChildren ? 1 : 0;
  }

  /** Depth of the entry given last: 1 for a child, 2 for a grandchild. */
  get depth(): number {
    return this.#depth;
  }

  next(): Entry | undefined {
    this.#enter();
    while (this.#nextDepth > 0 && this.#next < this.#unit.end) {
      if (this.#unit.sections.info[this.#next] === 0) {
        // DWARF 2.3: a null entry ends a list of siblings.
        this.#next++;
        this.#nextDepth--;
        continue;
      }
      const entry = readEntry(this.#unit, this.#next);
      if (!entry) return this.#stop();
      this.#current = entry;
      this.#depth = this.#nextDepth;
      return entry;
    }
    return this.#stop();
  }

  /** Leaves out what lies below the entry given last, by its DW_AT_sibling where it has one. */
  skipChildren(): void {
    const entry = this.#current;
    if (!entry?.hasChildren) return;
    const sibling = entry.attribute(DW_AT.sibling)?.reference();
    // Only forward, so that the walk always ends.
    if (sibling !== undefined && sibling > entry.offset && sibling <= this.#unit.end) {
      this.#next = sibling;
      this.#nextDepth = this.#depth;
      this.#current = undefined;
      return;
    }
    const depth = this.#depth;
    this.#enter();
    let inner = this.#nextDepth;
    let next = this.#next;
    while (inner > depth && next < this.#unit.end) {
      if (this.#unit.sections.info[next] === 0) {
        next++;
        inner--;
        continue;
      }
      const below = readEntry(this.#unit, next);
      if (!below) {
        this.#stop();
        return;
      }
      next = below.end();
      if (below.hasChildren) inner++;
    }
    this.#next = next;
    this.#nextDepth = inner;
  }

  #enter(): void {
    const entry = this.#current;
    if (!entry) return;
    this.#next = entry.end();
    this.#nextDepth = entry.hasChildren ? this.#depth + 1 : this.#depth;
    this.#current = undefined;
  }

  #stop(): undefined {
    this.#next = this.#unit.end;
    this.#current = undefined;
    return undefined;
  }
}

/** The direct children of an entry. */
export function* children(parent: Entry): Generator<Entry> {
  const walk = new EntryWalk(parent);
  for (let entry = walk.next(); entry; entry = walk.next()) {
    yield entry;
    walk.skipChildren();
  }
}
