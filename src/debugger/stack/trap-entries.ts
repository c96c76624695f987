import type { TrapRecord } from '../../hart/trap-records.ts';
import { exceptionCode } from '../../hart/trap.ts';
import { lookupAddress } from '../../symbols/unwind.ts';
import type { StratumImage } from '../images/image-set.ts';
import type { DebugThread, Target } from '../target/target.ts';
import type { Activation, LevelStart } from './activation.ts';
import { takeAt } from './below-guest.ts';

/** Traps that could have led to what a thread runs, innermost first. */
export function entriesOf(target: Target, thread: DebugThread): TrapRecord[] {
  const records = recordsOf(thread).filter((record) => !isJump(thread, record));
  if (thread.cpu.mode.privilege === 0 || !records.some(isFromProcess)) return records;
  // While a guest runs, or an exit of it is being handled, the task is the one that runs the guest.
  const isForGuest = thread.cpu.mode.virtual || records[0]?.from.virtual === true;
  if (thread.vcpu === undefined && isForGuest) return records;
  // A thread of the kernel's own has the space of whoever ran before, but was not called by that.
  const task = target.introspection.taskOf(thread);
  const isOfKernel = task !== undefined && task.pageTable === undefined;
  return isOfKernel ? records.filter((record) => !isFromProcess(record)) : records;
}

function isFromProcess({ from }: TrapRecord): boolean {
  return from.privilege === 0;
}

/** Traps of this thread that are under way, innermost first. Those into the VMM belong to its own frames. */
export function recordsOf(thread: DebugThread): TrapRecord[] {
  const hgatp = thread.vcpu?.getCsr('hgatp');
  return thread.hart.trapRecords
    .list()
    .filter((record) => (hgatp === undefined ? true : record.hgatp === hgatp && record.to.virtual));
}

/**
 * A kernel turns its page tables on by a fault: the address after it is mapped no more, and the "handler" is where it
 * goes on. Nothing was interrupted then. A call of what is not mapped differs: the tables are still the same.
 */
function isJump({ cpu, hart }: DebugThread, { from, to, interrupt, code, root, pc }: TrapRecord): boolean {
  if (interrupt || code !== exceptionCode.instructionPageFault || from.privilege !== to.privilege)
    return false;
  const regime = cpu.regime(from);
  if (regime.satp === root) return false;
  const found = hart.walker.walk({ address: pc, access: 'execute', regime, effects: 'none' });
  return typeof found !== 'number';
}

/**
 * Takes the trap that entered the level, and all inside it, off the list. A trap from a process must be from the
 * space that is in force now, if any is: a kernel may have switched process within a trap.
 */
export function takeRecord(records: TrapRecord[], { mode, root }: LevelStart): TrapRecord | undefined {
  const isEntry = (record: TrapRecord): boolean =>
    record.to.privilege === mode.privilege && record.to.virtual === mode.virtual;
  const isOfSpace = ({ from, root: of }: TrapRecord): boolean =>
    from.privilege !== 0 || from.virtual !== mode.virtual || of === root;
  const exact = records.findIndex((record) => isEntry(record) && isOfSpace(record));
  return takeAt(records, exact >= 0 ? exact : records.findIndex(isEntry));
}

/**
 * Did the trap lead to these activations? Where the handler's first function has frame information, it is the
 * outermost of them; if it is not, the kernel has put the process aside and runs for itself, as its scheduler does.
 */
export function isEntered(activations: readonly Activation[], { from, to }: TrapRecord): boolean {
  const outermost = activations.at(-1);
  if (outermost?.image === undefined || from.privilege !== 0 || to.privilege !== 1) return true;
  if (from.virtual !== to.virtual) return true;
  const { image, thread, mode } = outermost;
  const vector =
    (thread.cpu.getCsr(mode.virtual && thread.vcpu === undefined ? 'vstvec' : 'stvec') ?? 0n) & ~3n;
  const handler = image.symbols.functionAt(vector);
  if (handler === undefined || !hasFrameInformation(image, vector)) return true;
  return activations.some(
    (each) => image.symbols.functionAt(lookupAddress(each.registers))?.low === handler.low,
  );
}

/** Whatever is in registers and memory. */
function hasFrameInformation({ symbols }: StratumImage, pc: bigint): boolean {
  const x = Array.from({ length: 32 }, () => pc);
  return symbols.unwind({ pc, x, pcKind: 'exact' }, anyMemory)?.method === 'cfi';
}

function anyMemory(_address: bigint, length: number): Uint8Array {
  return new Uint8Array(length).fill(1);
}
