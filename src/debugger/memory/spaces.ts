import { formatMemoryReference, type MemoryReference } from '../memory-reference.ts';
import { hartMode } from '../../hart/hart-mode.ts';
import { virtMemoryMap } from '../../machine/memory-map.ts';
import { recordsOf } from '../stack/trap-entries.ts';
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
  const tables = new Set([...virtual.values()].map(({ reference }) => tableOf(reference)));
  const others = threads
    .filter(({ guest }, index) => threads.findIndex((each) => each.guest === guest) === index)
    .flatMap((each) => processSpaces(target, each))
    .filter(({ reference }) => !tables.has(tableOf(reference)));
  return [
    hostPhysical(target),
    ...guestPhysical(target).filter(({ reference }) =>
      threads.some(
        ({ guest }) => guest === undefined || (reference.space === 'gpa' && guest.name === reference.guest),
      ),
    ),
    ...virtual.values(),
    ...others,
  ];
}

/** Spaces of the processes that the thread's kernel tells of, whether or not any has run for long. */
function processSpaces(target: Target, thread: DebugThread): readonly Space[] {
  return target.introspection.processesOf(thread).map(({ name, pid, root }) => ({
    reference: { space: 'gva', guest: thread.guest?.name ?? noGuest, root, address: 0n },
    title: `Virtual memory of process ${pid} (${name})`,
    size: undefined,
  }));
}

/** A space by its root table: its number (ASID) may change. */
function tableOf(reference: MemoryReference): string {
  return reference.space === 'gva'
    ? `${reference.guest}:${BigInt.asUintN(44, reference.root)}`
    : formatMemoryReference(reference);
}

function hostPhysical({ machine, vmm }: Target): Space {
  const { ramBase, ramSize } = machine.board.memory;
  return {
    reference: { space: 'hpa', address: BigInt(ramBase) },
    title: vmm === undefined ? 'Physical memory' : 'Host-physical memory',
    size: BigInt(ramSize),
  };
}

function guestPhysical({ vmm, observed }: Target): readonly Space[] {
  if (vmm === undefined) return (observed?.guests ?? []).map(({ name }) => observedPhysical(name));
  return vmm.guests.map(({ name, memory }) => ({
    reference: { space: 'gpa', guest: name, address: BigInt(memory.base) },
    title: `Guest-physical memory of ${name}`,
    size: BigInt(memory.size),
  }));
}

/** How much of it there is, only the VMM knows. Guests of boards like this one have their RAM where it has its own. */
function observedPhysical(guest: string): Space {
  return {
    reference: { space: 'gpa', guest, address: BigInt(virtMemoryMap.ram.base) },
    title: `Guest-physical memory of ${guest}`,
    size: undefined,
  };
}

/** The space in force, and those of processes that are in the kernel: in a call, or while others have their turn. */
function virtualSpaces(target: Target, thread: DebugThread): readonly Space[] {
  const { cpu } = thread;
  const { virtual } = cpu.mode;
  const { hgatp } = cpu.regime();
  const own =
    cpu.mode.privilege === 3 ? [] : [{ root: cpu.root, pc: cpu.pc, unknown: 'kernel', virtual, hgatp }];
  const interrupted = recordsOf(thread)
    .filter(({ from }) => from.privilege === 0)
    .map(({ root, pc, from, hgatp: of }) => ({
      root,
      pc,
      unknown: 'process',
      virtual: from.virtual,
      hgatp: of,
    }));
  let known: ReadonlyMap<bigint, string> | undefined;
  const processes = (): ReadonlyMap<bigint, string> =>
    (known ??= new Map(
      target.introspection
        .processesOf(thread)
        .map(({ name, pid, root }) => [BigInt.asUintN(44, root), `${name}, process ${pid}`]),
    ));
  return [...interrupted, ...own].flatMap(({ root, pc, unknown, ...of }) => {
    const regime = { ...cpu.regime(hartMode(0, of.virtual)), satp: root, hgatp: of.hgatp };
    // Of a process that has ended, the kernel may have used the tables for something else.
    if (root === 0n || target.read(pc, 2, regime).length === 0) return [];
    const process =
      of.virtual === (thread.guest !== undefined) ? processes().get(BigInt.asUintN(44, root)) : undefined;
    const what = target.programOf(thread, regime)?.name ?? process ?? unknown;
    return {
      reference: {
        space: 'gva',
        guest: target.guestName(thread, regime) ?? noGuest,
        root,
        address: pc & ~0xfffn,
      },
      title: `Virtual memory of ${thread.name.replace(':', ',')} (${what})`,
      size: undefined,
    };
  });
}

/** A space is listed once, whoever has it in force. */
function identity({ reference }: Space): string {
  return reference.space === 'gva' ? `${reference.guest}:${reference.root}` : reference.space;
}
