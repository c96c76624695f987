import type { Stratum } from '../stratum.ts';
import type { CallNode } from './call-tree.ts';
import type { Profile } from './profile.ts';
import type { ProfileFrame } from './profile-frame.ts';

/** What a profile comes to without the callers. */
export interface FlatProfile {
  readonly samples: number;
  /** The most first. */
  readonly strata: readonly {
    readonly stratum: Stratum;
    readonly guest?: string;
    readonly samples: number;
  }[];
  /** Those in which time was spent, the most first. */
  readonly functions: readonly FlatFunction[];
}

/** How often a function was met, without who called it. */
export interface FlatFunction {
  readonly frame: ProfileFrame;
  /** Samples in the function itself. */
  readonly self: number;
  /** Samples in it or in what it called. */
  readonly total: number;
}

/** Adds up a profile by stratum and by function. */
export function flatProfile({ tree, samples }: Profile): FlatProfile {
  const functions = new Map<ProfileFrame, { self: number; total: number }>();
  const strata = new Map<string, { stratum: Stratum; guest?: string; samples: number }>();
  const count = ({ frame, callees, samples: self }: CallNode, around: ReadonlySet<ProfileFrame>): number => {
    const inside = frame === undefined ? around : new Set([...around, frame]);
    const total = [...callees.values()].reduce((sum, callee) => sum + count(callee, inside), self);
    if (frame?.kind !== 'function') return total;
    const figures = functions.get(frame) ?? { self: 0, total: 0 };
    functions.set(frame, figures);
    figures.self += self;
    // A function that called itself is counted once.
    if (!around.has(frame)) figures.total += total;
    if (frame.stratum !== undefined) countStratum(strata, { ...frame, stratum: frame.stratum }, self);
    return total;
  };
  count(tree.root, new Set());
  return {
    samples: samples.length,
    strata: [...strata.values()].filter((one) => one.samples > 0).toSorted((a, b) => b.samples - a.samples),
    functions: [...functions]
      .map(([frame, figures]) => ({ frame, ...figures }))
      .filter(({ self }) => self > 0)
      .toSorted((a, b) => b.self - a.self || b.total - a.total),
  };
}

function countStratum(
  strata: Map<string, { stratum: Stratum; guest?: string; samples: number }>,
  { stratum, guest }: { readonly stratum: Stratum; readonly guest: string | undefined },
  samples: number,
): void {
  const key = `${stratum} ${guest ?? ''}`;
  const known = strata.get(key) ?? { stratum, ...(guest !== undefined && { guest }), samples: 0 };
  strata.set(key, known);
  known.samples += samples;
}
