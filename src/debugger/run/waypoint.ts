import type { HartMode } from '../../hart/hart-mode.ts';
import type { TrapRecord } from '../../hart/trap-records.ts';
import type { DebugThread } from '../target/target.ts';

/**
 * A point that a step runs to at full speed: the end of a call, of a handler, of another thread's turn. The
 * addresses are armed; the rest tells this thread's arrival from others that pass there.
 */
export interface Waypoint {
  readonly addresses: readonly bigint[];
  readonly isAt: (thread: DebugThread) => boolean;
}

/** Where a call returns to, once its frame is gone. */
export function returnOf(thread: DebugThread, address: bigint, stackPointer: bigint): Waypoint {
  const isHere = sameSpace(thread, thread.cpu.mode, thread.cpu.root);
  return {
    addresses: [address],
    isAt: (at) => isHere(at) && at.cpu.pc === address && at.cpu.getX(2) >= stackPointer,
  };
}

/** Any arrival of the thread at an address, in its present mode and space. */
export function arrivalAt(thread: DebugThread, address: bigint): Waypoint {
  const isHere = sameSpace(thread, thread.cpu.mode, thread.cpu.root);
  return { addresses: [address], isAt: (at) => isHere(at) && at.cpu.pc === address };
}

/** Where a handler returns to: the interrupted instruction, or the one after it (2 or 4 bytes on). */
export function returnFromTrap(thread: DebugThread, record: TrapRecord): Waypoint {
  const addresses = [0n, 2n, 4n].map((offset) => BigInt.asUintN(64, record.pc + offset));
  const isHere = sameSpace(thread, record.from, record.root);
  return {
    addresses,
    isAt: (at) => isHere(at) && addresses.includes(at.cpu.pc) && at.cpu.getX(2) === record.sp,
  };
}

/** A kernel has one space, whichever root is in force; a process is where its root is. */
function sameSpace(thread: DebugThread, mode: HartMode, root: bigint): (at: DebugThread) => boolean {
  return (at) =>
    at === thread &&
    at.cpu.mode.privilege === mode.privilege &&
    at.cpu.mode.virtual === mode.virtual &&
    (mode.privilege !== 0 || at.cpu.root === root);
}
