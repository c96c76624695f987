import type { SbiTarget } from './sbi.ts';

/** Can a hart begin to execute at this physical address? It holds memory, and an instruction may begin there. */
export function isEntryAddress(target: SbiTarget, address: bigint): boolean {
  return address % 2n === 0n && target.readMemory(address, 2) !== undefined;
}
