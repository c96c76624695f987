import { knownDifferences, type KnownDifference } from './known-differences.ts';
import type { Parting, TrapPair } from './traps.ts';

/** Why two machines parted there, if it is known. */
export function explain(parting: Parting): KnownDifference | undefined {
  return knownDifferences.find((each) => each.explains?.(parting));
}

/** What a difference of a CSR after a trap comes from, if that is known and harmless to what follows. */
export function tolerate(csr: string, trap: TrapPair): KnownDifference | undefined {
  return knownDifferences.find((each) => each.tolerates?.(csr, trap));
}

const everyBit = (1n << 64n) - 1n;

/** By CSR: bits that generated code may write. */
export const writeMasks: ReadonlyMap<string, bigint> = collect(({ notWritten }) => notWritten, everyBit);

/** By CSR: bits that are not compared. */
export const notCompared: ReadonlyMap<string, bigint> = collect((each) => each.notCompared, 0n);

function collect(
  bitsOf: (difference: KnownDifference) => Readonly<Record<string, bigint>> | undefined,
  start: bigint,
): ReadonlyMap<string, bigint> {
  const found = new Map<string, bigint>();
  for (const difference of knownDifferences) {
    for (const [name, bits] of Object.entries(bitsOf(difference) ?? {})) {
      const before = found.get(name) ?? start;
      found.set(name, start === 0n ? before | bits : before & ~bits);
    }
  }
  return found;
}
