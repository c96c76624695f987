import { faultTrap } from '../fault-trap.ts';
import type { AccessFault } from '../virtual-memory.ts';
import type { Operation } from './operation.ts';

/** CBO.INVAL, CBO.CLEAN and CBO.FLUSH: memory has no caches, so that what is left is whether access is allowed. */
export const cacheBlockManagement: Operation = ({ state, memory }, decoded) => {
  const address = state.getX(decoded.rs1);
  return outcome(memory.checkBlock(address), address, decoded);
};

export const cacheBlockZero: Operation = ({ state, memory }, decoded) => {
  const address = state.getX(decoded.rs1);
  return outcome(memory.zeroBlock(address), address, decoded);
};

/** Unpriv. CMO: a store's faults, and the address is rs1 itself, not the block's. */
function outcome(
  fault: AccessFault | undefined,
  address: bigint,
  decoded: Parameters<Operation>[1],
): ReturnType<Operation> {
  return fault === undefined ? 'next' : faultTrap(fault, 'store', address, decoded);
}
