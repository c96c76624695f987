import { formatAddress } from '../../common/address.ts';
import type { Hart } from '../../hart/hart.ts';
import type { HartMode } from '../../hart/hart-mode.ts';
import type { TrapRecord } from '../../hart/trap-records.ts';
import { exceptionCode } from '../../hart/trap.ts';
import { causeName } from '../stack/boundary.ts';
import type { Target } from '../target/target.ts';

/**
 * Why the debuggee does nothing any more but trap, in a sentence; undefined where it does something else. That is so
 * where the first instruction of a handler traps to itself: nothing changes by that, and only another hart or vCPU,
 * of which there is none then, could mend it.
 */
export function endlessTrap({ machine, threads }: Target): string | undefined {
  const [hart] = machine.harts;
  if (hart === undefined || threads.length > 1 || machine.stage !== undefined) return undefined;
  const { newest } = hart.trapRecords;
  if (newest === undefined || !isToItself(newest, hart)) return undefined;
  const name = vectorOf(newest.to);
  return (
    `The guest traps for ever: the first instruction of the handler that ${name} names, at ${formatAddress(newest.pc)}, ` +
    `takes a trap itself (${causeName(newest)}), and so on.`
  );
}

const fetches: readonly number[] = [
  exceptionCode.instructionAccessFault,
  exceptionCode.illegalInstruction,
  exceptionCode.instructionPageFault,
];

/** Did the handler's first instruction trap to where it stands, in the same mode? */
function isToItself({ from, to, pc, interrupt, code }: TrapRecord, { state, csrs }: Hart): boolean {
  if (interrupt || !fetches.includes(code)) return false;
  if (from.privilege !== to.privilege || from.virtual !== to.virtual) return false;
  return pc === state.pc && pc === (csrs.peek(vectorOf(to)) & ~3n);
}

function vectorOf({ privilege, virtual }: HartMode): 'mtvec' | 'stvec' | 'vstvec' {
  if (privilege === 3) return 'mtvec';
  return virtual ? 'vstvec' : 'stvec';
}
