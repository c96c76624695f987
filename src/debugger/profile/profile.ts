import type { CallNode, CallTree } from './call-tree.ts';

/** A sample: where the guest was at a step. */
export interface Sample {
  readonly node: CallNode;
  readonly step: number;
  /** Nanoseconds of the machine's time during which all harts waited since the sample before. */
  readonly idleNanoseconds: number;
}

/** Where a guest spent its steps. */
export interface Profile {
  readonly tree: CallTree;
  readonly samples: readonly Sample[];
  readonly stepsPerSample: number;
  /** Where sampling began. */
  readonly firstStep: number;
  readonly nanosecondsPerStep: number;
}
