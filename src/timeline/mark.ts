/**
 * An exact point in the machine's history: steps since power-on and, while the VMM handles an exit, how many
 * of its stages are done. Marks of one history are totally ordered.
 */
export interface Mark {
  readonly step: number;
  readonly stage: number;
}

/** Negative where `a` comes first, positive where `b` does, 0 where they are the same point. */
export function compareMarks(a: Mark, b: Mark): number {
  return a.step - b.step || a.stage - b.stage;
}
