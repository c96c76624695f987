import type { MemoryReference } from '../memory-reference.ts';
import { recordsOf } from '../stack/unwind.ts';
import type { DebugThread, Target } from '../target/target.ts';
import { noGuest } from './space-regime.ts';

/** An address space that can be looked at. */
export interface Space {
  /** Where looking best begins: at the start of RAM, or in a virtual space at the page of the code that runs. */
  readonly reference: MemoryReference;
  /** For people: `Virtual memory of a, vCPU 0 (sh)`. */
  readonly title: string;
  /** Bytes of RAM; unknown for virtual spaces, which are full of holes. */
  readonly size: bigint | undefined;
}

/** Host-physical memory, then that of the guests, then the virtual spaces of their vCPUs. */
export function listSpaces(target: Target, thread?: DebugThread): readonly Space[] {
  const threads = thread === undefined ? target.threads : [thread];
  const virtual = new Map<string, Space>();
  for (const each of threads)
    for (const space of virtualSpaces(target, each)) virtual.set(identity(space), space);
  return [
    hostPhysical(target),
    ...guestPhysical(target).filter(({ reference }) =>
      threads.some(({ guest }) => reference.space === 'gpa' && guest?.name === reference.guest),
    ),
    ...virtual.values(),
  ];
}

function hostPhysical({ machine, vmm }: Target): Space {
  const { ramBase, ramSize } = machine.board.memory;
  return {
    reference: { space: 'hpa', address: BigInt(ramBase) },
    title: vmm === undefined ? 'Physical memory' : 'Host-physical memory',
    size: BigInt(ramSize),
  };
}

function guestPhysical({ vmm }: Target): readonly Space[] {
  return (vmm?.guests ?? []).map(({ name, memory }) => ({
    reference: { space: 'gpa', guest: name, address: BigInt(memory.base) },
    title: `Guest-physical memory of ${name}`,
    size: BigInt(memory.size),
  }));
}

/** The space in force, and those of processes that are in the kernel: in a call, or while others have their turn. */
function virtualSpaces(target: Target, thread: DebugThread): readonly Space[] {
  const { cpu } = thread;
  const own = cpu.mode.privilege === 3 ? [] : [{ root: cpu.root, pc: cpu.pc, unknown: 'kernel' }];
  const interrupted = recordsOf(thread)
    .filter(({ from }) => from.privilege === 0)
    .map(({ root, pc }) => ({ root, pc, unknown: 'process' }));
  return [...interrupted, ...own].flatMap(({ root, pc, unknown }) => {
    const regime = { ...cpu.regime({ ...cpu.mode, privilege: 0 }), satp: root };
    // Of a process that has ended, the kernel may have used the tables for something else.
    if (root === 0n || target.read(pc, 2, regime).length === 0) return [];
    const what = target.programOf(thread, regime)?.name ?? unknown;
    return {
      reference: { space: 'gva', guest: thread.guest?.name ?? noGuest, root, address: pc & ~0xfffn },
      title: `Virtual memory of ${thread.name.replace(':', ',')} (${what})`,
      size: undefined,
    };
  });
}

/** A space is listed once, whoever has it in force. */
function identity({ reference }: Space): string {
  return reference.space === 'gva' ? `${reference.guest}:${reference.root}` : reference.space;
}
