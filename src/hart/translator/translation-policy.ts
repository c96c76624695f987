import { mostFunctions } from '../layout.ts';

/** How soon code is translated; all counts but `changeHeat` are of instructions that the interpreter did. */
export interface TranslationPolicy {
  /** After so many steps it is looked at where a hart is, as long as the interpreter does much of the work. */
  readonly interval: number;
  /** A page is translated once the interpreter spent so many in it; 0: as soon as it is met. */
  readonly pageHeat: number;
  /** A loop is translated by itself once the interpreter came by so often at its head: 1 to 65535. */
  readonly loopHeat: number;
  /** Two translated pages become one region once control went so often from one to the other. */
  readonly changeHeat: number;
  /** Numbers for translated functions, of which one has as many as it has pages. */
  readonly capacity: number;
}

/** What machines have, unless told. */
export const standardPolicy: TranslationPolicy = {
  interval: 1 << 16,
  pageHeat: 800_000,
  loopHeat: 1000,
  changeHeat: 1_000_000,
  capacity: mostFunctions,
};

/** What was translated so far, for `strata run --stats` and the like. */
export interface TranslationStatistics {
  readonly translations: number;
  /** Of those, how many have several pages. */
  readonly merged: number;
  /** Instructions that the interpreter did, of which the translator was told. */
  readonly interpreted: number;
  /** Functions that are there now. */
  readonly functions: number;
  /** Bytes of wasm code written so far. */
  readonly bytes: number;
  /** Dropped because their code or its breakpoints changed, because pages were merged, or for want of room. */
  readonly dropped: number;
}
