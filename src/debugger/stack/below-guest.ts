import type { HartMode } from '../../hart/hart-mode.ts';
import type { TrapRecord } from '../../hart/trap-records.ts';
import type { DebugThread, Target } from '../target/target.ts';
import type { LevelStart } from './activation.ts';

/**
 * How a stack goes on where no trap led to a level, with a VMM that is software of the machine: below a guest there is
 * whoever asked for it to run (of KVM, a process in its `ioctl`); and that process, where it does for the guest what
 * KVM could not, is there for the guest's exit. The record, and all inside it, is taken off the list.
 */
export function takeRecordAcross(
  { observed }: Target,
  { hart }: DebugThread,
  records: TrapRecord[],
  { mode, root }: LevelStart,
): TrapRecord | undefined {
  if (observed === undefined) return undefined;
  if (mode.virtual) {
    const space = hart.csrs.peek('satp');
    const isOwner = ({ from, to, root: of }: TrapRecord): boolean =>
      isUser(from) && isSupervisor(to) && of === space;
    return takeAt(records, records.findIndex(isOwner));
  }
  const exit = observed.underWay(hart);
  if (mode.privilege !== 0 || exit === undefined || exit.root !== root) return undefined;
  const isExit = ({ from, to, step }: TrapRecord): boolean =>
    from.virtual && isSupervisor(to) && step === exit.record.step;
  return takeAt(records, records.findIndex(isExit));
}

/**
 * Takes a trap and all inside it off the list. Traps within a guest and those of its host are two orders: the guest's
 * are older where its host came back to it since, and do not hold the host's.
 */
export function takeAt(records: TrapRecord[], index: number): TrapRecord | undefined {
  const taken = records[index];
  if (taken === undefined) return undefined;
  const rest = records.filter((record, at) => at > index || (taken.to.virtual && !record.to.virtual));
  records.splice(0, records.length, ...rest.filter((record) => record !== taken));
  return taken;
}

function isUser({ privilege, virtual }: HartMode): boolean {
  return privilege === 0 && !virtual;
}

function isSupervisor({ privilege, virtual }: HartMode): boolean {
  return privilege === 1 && !virtual;
}
