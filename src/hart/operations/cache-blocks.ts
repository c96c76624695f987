import { faultTrap } from '../fault-trap.ts';
import type { Trap } from '../trap.ts';
import { blockBytes, type AccessFault } from '../virtual-memory.ts';
import type { Operation, OperationContext } from './operation.ts';

/** CBO.INVAL, CBO.CLEAN and CBO.FLUSH: memory has no caches, so that what is left is whether access is allowed. */
export const cacheBlockManagement: Operation = (context, decoded) => {
  const address = context.state.getX(decoded.rs1);
  return fires(context, address) ?? outcome(context.memory.checkBlock(address), address, decoded);
};

/** CBO.ZERO. */
export const cacheBlockZero: Operation = (context, decoded) => {
  const address = context.state.getX(decoded.rs1);
  return fires(context, address) ?? outcome(context.memory.zeroBlock(address), address, decoded);
};

/** Debug. Sdtrig, cache operations: for triggers all of them are stores. */
function fires({ triggers }: OperationContext, address: bigint): Trap | undefined {
  return triggers.areArmed ? triggers.onCacheBlock(address, blockBytes) : undefined;
}

/** Unpriv. CMO: a store's faults, and the address is rs1 itself, not the block's. */
function outcome(
  fault: AccessFault | undefined,
  address: bigint,
  decoded: Parameters<Operation>[1],
): ReturnType<Operation> {
  return fault === undefined ? 'next' : faultTrap(fault, 'store', address, decoded);
}
