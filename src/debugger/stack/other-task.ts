import type { TrapRecord } from '../../hart/trap-records.ts';
import type { Activation } from './activation.ts';

/** More than a handler takes of the interrupted code's stack before it calls anything. */
const mostSaved = 4096n;

/**
 * Was it another task of the kernel that the interrupt came to? A kernel that is preempted goes on with another task
 * within the handler, and the record of the interrupt stays. The handler's outermost function is on the stack of what
 * it interrupted. To be asked of Linux alone, as other kernels may have a stack for interrupts.
 */
export function isOfOtherTask(
  activations: readonly Pick<Activation, 'registers'>[],
  { from, to, sp }: Pick<TrapRecord, 'from' | 'to' | 'sp'>,
): boolean {
  const outermost = activations.at(-1)?.registers.x[2];
  if (from.privilege !== 1 || to.privilege !== 1 || from.virtual || outermost === undefined) return false;
  return sp < outermost || sp - outermost > mostSaved;
}

/**
 * The call of a process in the space `root`, of the records of all harts the latest whose stack pointer is among the
 * words that its handler has saved.
 */
export function entryOfTask(
  records: readonly TrapRecord[],
  saved: ReadonlySet<bigint>,
  root: bigint,
): TrapRecord | undefined {
  return records
    .filter(({ from, to }) => from.privilege === 0 && to.privilege === 1 && from.virtual === to.virtual)
    .filter((record) => record.root === root && saved.has(record.sp))
    .toSorted((a, b) => b.step - a.step)[0];
}
