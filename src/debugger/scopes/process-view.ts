import { formatAddress } from '../../common/address.ts';
import { fieldText } from '../../isa/explain-csr.ts';
import { satp as satpDescription } from '../../isa/csrs/supervisor.ts';
import type { Surroundings } from '../expressions/surroundings.ts';
import type { Scope, Variable } from '../variable.ts';
import { userRanges } from './mapped-ranges.ts';
import { addressRow, groupRow, row } from './row.ts';

/** The process whose address space is in force, as far as it can be seen from outside. */
export function processView(surroundings: Surroundings): Scope {
  return {
    name: 'Process view',
    kind: 'view',
    expensive: true,
    variables: () => [
      row(
        'program',
        surroundings.program?.name ?? 'none that is known',
        'recognised by the code that is mapped',
      ),
      ...taskRows(surroundings),
      ...entryState(surroundings),
      ...addressSpace(surroundings),
    ],
  };
}

/** What the kernel says of it, where that is known well enough to be asked. */
function taskRows({ target, thread }: Surroundings): readonly Variable[] {
  const task = target.introspection.taskOf(thread);
  if (task === undefined) return [];
  return [
    row('process', task.name, 'as the kernel calls it (comm)'),
    row('process ID', String(task.pid)),
    row('thread ID', String(task.threadId)),
    ...(task.pageTable === undefined
      ? [row('kind', 'thread of the kernel: it has no space of its own')]
      : []),
  ];
}

/** Where the process itself is: in this frame, or where it entered the kernel. */
function entryState(surroundings: Surroundings): readonly Variable[] {
  const { activation, registers, thread, virtual, root } = surroundings;
  const entered = thread.hart.trapRecords
    .list()
    .find((record) => record.from.privilege === 0 && record.root === root);
  const state = activation?.stratum === 'process' ? { pc: registers.pc, sp: registers.x[2] } : entered;
  if (state === undefined) return [];
  return [
    addressRow('pc', state.pc, virtual),
    ...(state.sp === undefined ? [] : [addressRow('stack pointer', state.sp, virtual)]),
  ];
}

function addressSpace(surroundings: Surroundings): readonly Variable[] {
  const { root, guestPhysical, physical } = surroundings;
  const memory = guestPhysical ?? physical;
  const [scheme, asid] = satpDescription.fields;
  if (root === 0n || scheme === undefined || asid === undefined) return [row('paging', 'Bare')];
  return [
    row('paging', fieldText(scheme, root)),
    row('ASID', fieldText(asid, root)),
    addressRow('root page table', BigInt.asUintN(44, root) << 12n, memory),
    groupRow('memory', 'what user mode may reach', () => rangeRows(surroundings)),
  ];
}

function rangeRows({ root, guestPhysical, physical, virtual }: Surroundings): readonly Variable[] {
  const { ranges, isCut } = userRanges(root, guestPhysical ?? physical);
  const rows = ranges.map(({ start, size, permissions }) => ({
    ...row(`${formatAddress(start)}–${formatAddress(start + size - 1n)}`, `${permissions} ${sizeText(size)}`),
    memoryReference: virtual.reference(start),
  }));
  if (rows.length === 0) return [row('none', 'nothing is mapped for user mode')];
  return isCut ? [...rows, row('…', 'there is more')] : rows;
}

function sizeText(size: bigint): string {
  const kibibytes = size >> 10n;
  return kibibytes % 1024n === 0n ? `${kibibytes >> 10n} MiB` : `${kibibytes} KiB`;
}
