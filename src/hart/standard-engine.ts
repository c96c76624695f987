import type { EngineName } from './harts.ts';

let standard: EngineName = 'translator';

/** The engine of a machine for which nobody chooses one. */
export function standardEngine(): EngineName {
  return standard;
}

/** For the tests, which run everything with each engine: no machine is there yet. */
export function setStandardEngine(name: EngineName): void {
  standard = name;
}
