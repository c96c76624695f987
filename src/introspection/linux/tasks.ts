import { KernelObject } from '../kernel-object.ts';
import type { LinuxKernel } from './linux-kernel.ts';

/** A thread of Linux's: of a process, or of the kernel. */
export interface LinuxTask {
  /** Of its `struct task_struct`. */
  readonly address: bigint;
  /** `comm`. */
  readonly name: string;
  /** What the guest's `ps` calls PID: that of the process. */
  readonly pid: number;
  /** Of the thread alone. */
  readonly threadId: number;
  /** Where the kernel sees the root page table of its process; a thread of the kernel's has no space of its own. */
  readonly pageTable: bigint | undefined;
}

/** More than small guests have; a list that damage has made endless ends here. */
const mostTasks = 20_000;

/** Every process and thread of the kernel, in the order in which they were made; of a process, its first thread. */
export function listProcesses(kernel: LinuxKernel): readonly LinuxTask[] {
  const type = kernel.record('task_struct');
  const first = kernel.variable('init_task', 'task_struct');
  if (type === undefined || first === undefined) return [];
  return [...first.list('tasks', type, 'tasks', mostTasks)].flatMap((task) => describe(task) ?? []);
}

/** The task at an address; undefined where there is none that could be believed. */
export function taskAt(kernel: LinuxKernel, address: bigint): LinuxTask | undefined {
  const type = kernel.record('task_struct');
  return type && describe(new KernelObject(type, address, kernel.read));
}

function describe(task: KernelObject): LinuxTask | undefined {
  const [name, pid, threadId] = [task.text('comm'), task.word('tgid'), task.word('pid')];
  if (name === undefined || pid === undefined || threadId === undefined) return undefined;
  const pageTable = task.target('mm')?.word('pgd');
  return { address: task.address, name, pid: Number(pid), threadId: Number(threadId), pageTable };
}
