/** Why an engine's `run` came back; numbers, for it comes back often. */
export const engineExit = {
  /** The budget is used up. */
  budget: 0,
  /** The instruction at pc has to be done outside: it is not a plain one, or its fetch or access is not. */
  slow: 1,
  /** pc is at a breakpoint. */
  breakpoint: 2,
  /** Likewise `slow`: a load or a store, at `missAddress`, that is not one of RAM that may be reached by a TLB. */
  refusedLoad: 3,
  refusedStore: 4,
} as const;
/** One of `engineExit`. */
export type EngineExit = (typeof engineExit)[keyof typeof engineExit];
