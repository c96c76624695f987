import { type AddressRange, contains } from './addresses.ts';
import { DW_AT, DW_TAG } from './constants.ts';
import type { Dwarf, DwarfUnit } from './dwarf.ts';
import { type Entry, EntryWalk } from './entry.ts';
import { rangesOf } from './ranges.ts';

/** A part of a function with names of its own: the function, a block in it, or another function inlined into it. */
export interface Scope {
  readonly kind: 'function' | 'block' | 'inlined';
  readonly entry: Entry;
  readonly ranges: readonly AddressRange[];
  /** DW_TAG_formal_parameter and DW_TAG_variable, in the order of the source. */
  readonly variables: readonly Entry[];
  readonly children: readonly Scope[];
}

interface OpenScope extends Scope {
  readonly variables: Entry[];
  readonly children: OpenScope[];
}

/** Reads everything below a DW_TAG_subprogram that has code. */
export function readScopes(entry: Entry, unit: DwarfUnit): Scope {
  const root: OpenScope = {
    kind: 'function',
    entry,
    ranges: rangesOf(entry, unit),
    variables: [],
    children: [],
  };
  /** By depth. Only scopes are entered, so the parent of an entry is always the scope one level up. */
  const open: OpenScope[] = [root];
  const walk = new EntryWalk(entry);
  for (let inner = walk.next(); inner; inner = walk.next()) {
    const parent = open[walk.depth - 1];
    if (inner.tag === DW_TAG.lexical_block || inner.tag === DW_TAG.inlined_subroutine) {
      const kind = inner.tag === DW_TAG.lexical_block ? 'block' : 'inlined';
      const scope: OpenScope = {
        kind,
        entry: inner,
        ranges: rangesOf(inner, unit),
        variables: [],
        children: [],
      };
      parent?.children.push(scope);
      open[walk.depth] = scope;
      continue;
    }
    if (inner.tag === DW_TAG.variable || inner.tag === DW_TAG.formal_parameter) parent?.variables.push(inner);
    walk.skipChildren();
  }
  return root;
}

/** The scopes that hold an address, outermost first. */
export function scopesAt(root: Scope, address: bigint): readonly Scope[] {
  const chain: Scope[] = [];
  for (let scope: Scope | undefined = root; scope;) {
    chain.push(scope);
    scope = scope.children.find(({ ranges }) => ranges.some((range) => contains(range, address)));
  }
  return chain;
}

/** Every function inlined somewhere below a scope. */
export function* inlinedBelow(root: Scope): Generator<Scope> {
  const waiting: Scope[] = [...root.children];
  for (let scope = waiting.pop(); scope; scope = waiting.pop()) {
    if (scope.kind === 'inlined') yield scope;
    waiting.push(...scope.children);
  }
}

/** Chains are one or two long; a longer one is a circle. */
const LONGEST_ORIGIN_CHAIN = 8;

/** An entry and those that it completes, through DW_AT_abstract_origin and DW_AT_specification. */
function* origins(dwarf: Dwarf, entry: Entry): Generator<Entry> {
  let current: Entry | undefined = entry;
  for (let left = LONGEST_ORIGIN_CHAIN; current && left > 0; left--) {
    yield current;
    current = dwarf.follow(current, DW_AT.abstract_origin) ?? dwarf.follow(current, DW_AT.specification);
  }
}

/** The first of an entry and its origins that has the attribute. */
export function withAttribute(dwarf: Dwarf, entry: Entry, name: number): Entry | undefined {
  for (const candidate of origins(dwarf, entry)) if (candidate.has(name)) return candidate;
  return undefined;
}

/** DW_AT_name of an entry or of what it completes. */
export function nameOf(dwarf: Dwarf, entry: Entry): string | undefined {
  return withAttribute(dwarf, entry, DW_AT.name)?.string(DW_AT.name);
}
