import type { TrapRecord } from '../../hart/trap-records.ts';
import type { DebugThread, Target } from '../target/target.ts';
import type { Activation } from './activation.ts';
import { recordsOf } from './trap-entries.ts';

/** More than a handler takes of the interrupted code's stack before it calls anything. */
const mostSaved = 4096n;

/**
 * Was it another task of the kernel that the interrupt came to? A kernel that is preempted goes on with another task
 * within the handler, and the record of the interrupt stays. The handler's outermost function is on the stack of what
 * it interrupted; that is asked of Linux alone, as other kernels may have a stack for interrupts.
 */
export function isOfOtherTask(
  target: Target,
  thread: DebugThread,
  activations: readonly Activation[],
  { from, to, sp }: TrapRecord,
): boolean {
  const outermost = activations.at(-1)?.registers.x[2];
  if (from.privilege !== 1 || to.privilege !== 1 || from.virtual || outermost === undefined) return false;
  if (target.introspection.taskOf(thread) === undefined) return false;
  return sp < outermost || sp - outermost > mostSaved;
}

/**
 * The call of the process that the activations are for, on whatever hart it was made: the handler has the process's
 * stack pointer where its own stack begins.
 */
export function entryOfTask(
  target: Target,
  thread: DebugThread,
  activations: readonly Activation[],
): TrapRecord | undefined {
  const outermost = activations.at(-1);
  const sp = outermost?.registers.x[2];
  if (outermost === undefined || sp === undefined) return undefined;
  const saved = wordsAt(target, outermost, sp);
  return target.threads
    .filter(({ guest }) => guest === thread.guest)
    .flatMap(recordsOf)
    .filter(({ from, to }) => from.privilege === 0 && to.privilege === 1 && from.virtual === to.virtual)
    .filter((record) => record.root === outermost.root && saved.has(record.sp))
    .toSorted((a, b) => b.step - a.step)[0];
}

/** A frame of all registers and some CSRs. */
const frameBytes = 320;

function wordsAt(target: Target, { regime }: Activation, address: bigint): ReadonlySet<bigint> {
  const bytes = target.read(address, frameBytes, regime);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return new Set(
    Array.from({ length: Math.floor(bytes.length / 8) }, (_, index) => view.getBigUint64(8 * index, true)),
  );
}
