import { regionSignature } from '../engine/driver.ts';
import { floatLocals } from '../engine/compile/float-place.ts';
import type { Local } from '../engine/wasm/code-writer.ts';
import type { ValueType } from '../engine/wasm/opcodes.ts';
import type { PlacedInstruction } from './flow-graph.ts';
import { mostGroups } from './access-groups.ts';
import type { PageCache } from './region-translation.ts';
import type { SteadyAccesses } from './steady-pages.ts';
import type { UsedRegisters } from './used-registers.ts';

/** The locals that all code of a region works with. */
export interface RegionLocals {
  /** Instructions that may still be run. */
  readonly budget: Local;
  /** Where an indirect jump goes; at the start, and at the end, pc. */
  readonly target: Local;
  readonly state: Local;
  readonly context: Local;
  /** The virtual address of the page. */
  readonly base: Local;
  readonly address: Local;
  readonly entry: Local;
  readonly host: Local;
  readonly scratch: readonly Local[];
  /** By number; `undefined` where the region does not use the register. */
  readonly x: readonly (Local | undefined)[];
  /** Likewise; of the type f64, whatever they hold. */
  readonly f: readonly (Local | undefined)[];
  /** What `writeUnit` says of the floating-point unit. */
  readonly unit: Local;
  readonly doubles: readonly Local[];
  readonly singles: readonly Local[];
}

/** All locals of a region's function. */
export interface RegionFrame extends RegionLocals {
  /** The number that the function was called by: it tells the page of the entry. */
  readonly slot: Local;
  /** A bit for each page of the region, by its place: 1 where the TLB for fetches says that it is where it was. */
  readonly present: Local;
  /** Which entry the dispatch goes to. */
  readonly choice: Local;
  /** Where the table of a page's entries begins. */
  readonly entryTable: Local;
  /** pc at the end, as an offset from `base`. */
  readonly leaveOffset: Local;
  /** One of `regionExit`. */
  readonly leaveKind: Local;
  /** Where the groups of a part of a block lie in the wasm memory. */
  readonly nears: readonly Local[];
  readonly caches: ReadonlyMap<SteadyAccesses, PageCache>;
  readonly cached: ReadonlyMap<PlacedInstruction, SteadyAccesses>;
}

/** Gives a region's registers and page caches locals; `types` are those after the parameters. */
export function makeFrame(
  used: UsedRegisters,
  cached: RegionFrame['cached'],
): { readonly frame: RegionFrame; readonly types: readonly ValueType[] } {
  const types: ValueType[] = [];
  const make = (type: ValueType): Local =>
    (regionSignature.parameters.length + types.push(type) - 1) as Local;
  const several = (count: number, type: ValueType): Local[] =>
    Array.from({ length: count }, () => make(type));
  const ofRegisters = (registers: readonly number[], type: ValueType): Local[] => {
    const locals: Local[] = [];
    for (const register of registers) locals[register] = make(type);
    return locals;
  };
  const [budget, target, state, context, slot] = regionSignature.parameters.map((_, index) => index) as [
    Local,
    Local,
    Local,
    Local,
    Local,
  ];
  const caches = new Map<SteadyAccesses, PageCache>();
  for (const accesses of cached.values()) {
    if (!caches.has(accesses)) caches.set(accesses, { tag: make('i64'), addend: make('i32') });
  }
  const hasFloats = used.f.all.length > 0;
  const frame: RegionFrame = {
    budget,
    target,
    state,
    context,
    slot,
    present: make('i32'),
    choice: make('i32'),
    entryTable: make('i32'),
    leaveOffset: make('i32'),
    leaveKind: make('i32'),
    nears: several(mostGroups, 'i32'),
    entry: make('i32'),
    host: make('i32'),
    base: make('i64'),
    address: make('i64'),
    scratch: several(4, 'i64'),
    x: ofRegisters(used.x.all, 'i64'),
    f: ofRegisters(used.f.all, 'f64'),
    unit: make('i32'),
    doubles: several(hasFloats ? floatLocals.doubles : 0, 'f64'),
    singles: several(hasFloats ? floatLocals.singles : 0, 'f32'),
    caches,
    cached,
  };
  return { frame, types };
}
