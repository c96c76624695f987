import type { EngineName } from '../src/hart/harts.ts';

const names: readonly EngineName[] = ['reference', 'interpreter', 'translator'];
const named = process.env['STRATA_ENGINE'];

/** The engine that `STRATA_ENGINE` names, for all tests that do not choose one; undefined: each has its usual one. */
export const chosenEngine = named === undefined ? undefined : names.find((name) => name === named);

if (named !== undefined && chosenEngine === undefined)
  throw new Error(`STRATA_ENGINE=${named}: there are ${names.join(', ')}`);
