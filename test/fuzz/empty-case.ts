import type { FuzzCase } from './case.ts';

/** A case with no code and no state, for tests to fill in what they are about. */
export const emptyCase: FuzzCase = {
  seed: 0,
  mode: 'U',
  x: [],
  f: [],
  fcsr: 0n,
  csrs: new Map(),
  pmp: [],
  pokes: [],
  codeVirtual: 0n,
  codePhysical: 0,
  slots: [],
};
