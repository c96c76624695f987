import type { TrapRecord } from '../../hart/trap-records.ts';
import type { DebugThread, Target } from '../target/target.ts';
import type { Activation, LevelStart } from './activation.ts';
import { takeRecordAcross } from './below-guest.ts';
import { entryOfTask, isOfOtherTask } from './other-task.ts';
import { isEntered, recordsOf } from './trap-entries.ts';

/** A level of a stack while it is unwound. */
interface UnwoundLevel {
  readonly start: LevelStart;
  readonly activations: readonly Activation[];
  /** What was taken off the records for it. */
  readonly record: TrapRecord | undefined;
}

/**
 * The trap by which the stratum below called a level's activations: the record taken for them, unless they are none of
 * its doing; undefined where nothing is known to have called them. More may be taken off the list of records.
 */
export function entryOfLevel(
  target: Target,
  thread: DebugThread,
  records: TrapRecord[],
  { start, activations, record }: UnwoundLevel,
): TrapRecord | undefined {
  if (record === undefined) return takeRecordAcross(target, thread, records, start);
  if (isOfOtherTask(activations, record) && target.introspection.taskOf(thread) !== undefined)
    return entryOnAnyHart(target, thread, activations);
  return isEntered(activations, record) ? record : takeRecordAcross(target, thread, records, start);
}

/** The handler has the process's stack pointer where its own stack begins. */
function entryOnAnyHart(
  target: Target,
  thread: DebugThread,
  activations: readonly Activation[],
): TrapRecord | undefined {
  const outermost = activations.at(-1);
  const sp = outermost?.registers.x[2];
  if (outermost === undefined || sp === undefined) return undefined;
  const records = target.threads.filter(({ guest }) => guest === thread.guest).flatMap(recordsOf);
  return entryOfTask(records, wordsAt(target, outermost, sp), outermost.root);
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
