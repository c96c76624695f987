import type { AccessSize } from '../isa/semantics.ts';

/**
 * Everything on the machine's bus that is not RAM. Addresses are host-physical and below 2^53; a hart reports
 * a larger one as an access fault by itself. Values are unsigned.
 */
export interface Bus {
  /** A guest access, with side effects. `undefined`: nothing answers there (access fault). */
  load(address: number, size: AccessSize): bigint | undefined;
  /** A guest access, with side effects. `false`: nothing answers there (access fault). */
  store(address: number, size: AccessSize, value: bigint): boolean;
}
