import type { Position } from '../machine/machine-stop.ts';

/**
 * An exact point in the machine's history: steps since power-on and, while the VMM handles an exit, how many of
 * its stages are done. Without `stage` it is the point after all of them. Marks of one history are totally ordered.
 */
export type Mark = Position;

/** Negative where `a` comes first, positive where `b` does, 0 where they are the same point. */
export function compareMarks(a: Mark, b: Mark): number {
  if (a.step !== b.step) return a.step - b.step;
  if (a.stage === b.stage) return 0;
  return (a.stage ?? Infinity) - (b.stage ?? Infinity);
}
