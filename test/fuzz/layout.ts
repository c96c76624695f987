/**
 * Where things lie in the RAM of a fuzzing image. What generated code may reach below M mode is one naturally
 * aligned megabyte, the arena: physical memory protection denies it the rest.
 */
export const ramBase = 0x8000_0000;
export const ramBytes = 64 << 20;

export const layout = {
  monitor: ramBase,
  /** Words of the monitor's own. */
  variables: ramBase + 0x8000,
  /** The case that runs: where its description begins. */
  casePointer: 0,
  /** Traps left before the case is ended. */
  trapsLeft: 8,
  /** minstret when generated code last went on. */
  resumedAt: 16,
  /** mstatus.MPRV of what trapped. */
  modifiesPrivilege: 24,
  /** What is written to the finisher in the end: machines differ in what they do with it. */
  finishRequest: ramBase + 0x8800,
  arena: ramBase + 0x10_0000,
  arenaBytes: 0x10_0000,
  /** Trap handlers of HS and VS mode. */
  stubs: ramBase + 0x10_0000,
  /** Two pages, in succession. */
  code: ramBase + 0x10_4000,
  data: ramBase + 0x10_8000,
  tables: ramBase + 0x18_0000,
  cases: ramBase + 0x40_0000,
  log: ramBase + 0x120_0000,
  logEnd: ramBase + 0x3c0_0000,
  finisher: 0x10_0000,
  timerComparison: 0x200_4000,
} as const;

export const codePages = 2;
export const dataPages = 4;

/** The handlers of HS and VS mode begin with a vector of 16 jumps; their environment call comes after it. */
export const stub = {
  hs: layout.stubs,
  vs: layout.stubs + 0x800,
  call: 0x100,
} as const;
