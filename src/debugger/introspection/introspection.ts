import { hartMode } from '../../hart/hart-mode.ts';
import type { TranslationRegime } from '../../hart/translation/regime.ts';
import { LinuxKernel } from '../../introspection/linux/linux-kernel.ts';
import { listProcesses, taskAt, type LinuxTask } from '../../introspection/linux/tasks.ts';
import type { StratumImage } from '../images/image-set.ts';
import type { DebugThread, Target } from '../target/target.ts';
import { ModuleImages, type ModuleChange } from './module-images.ts';

/** What guests' kernels are doing, seen from outside, where one is known well enough: Linux. */
export class Introspection {
  readonly #target: Target;
  readonly #modules = new Map<StratumImage, ModuleImages>();

  constructor(target: Target) {
    this.#target = target;
  }

  /** The Linux that a thread runs under, once it has set up its memory. */
  linuxOf(thread: DebugThread): { readonly image: StratumImage; readonly kernel: LinuxKernel } | undefined {
    const regime = kernelRegime(thread);
    if (regime.satp === 0n) return undefined;
    for (const image of this.#target.images.of('kernel', thread.guest?.name)) {
      if (image.kernel !== undefined) continue;
      const { symbols } = this.#target.inSpace(image, thread, regime);
      const read = (address: bigint, length: number): Uint8Array =>
        this.#target.read(address, length, regime);
      const kernel = LinuxKernel.of(symbols, read);
      if (kernel !== undefined) return { image, kernel };
    }
    return undefined;
  }

  /** What a thread runs, or ran when it entered the kernel; undefined where its kernel is not known. */
  taskOf(thread: DebugThread): LinuxTask | undefined {
    const { cpu, guest } = thread;
    // What runs in a guest of the kernel's own is none of its tasks.
    if (cpu.mode.virtual && guest === undefined) return undefined;
    const linux = this.linuxOf(thread);
    if (linux === undefined) return undefined;
    // Linux keeps the task in tp; while a process runs, and until its trap is taken apart, in sscratch.
    const address = [cpu.getCsr('sscratch') ?? 0n, cpu.getX(4)].find((each) => each >> 63n === 1n);
    return address === undefined ? undefined : taskAt(linux.kernel, address);
  }

  /** The processes of the kernel that a thread runs under, each with its root: satp's value, or vsatp's, but for the ASID. */
  processesOf(thread: DebugThread): readonly LinuxProcess[] {
    const linux = this.linuxOf(thread);
    if (linux === undefined) return [];
    const regime = kernelRegime(thread);
    const mode = (regime.satp >> 60n) << 60n;
    return listProcesses(linux.kernel).flatMap((task) => {
      const physical = task.pageTable && this.#target.physicalOf(task.pageTable, regime);
      return physical === undefined ? [] : [{ ...task, root: mode | (physical >> 12n) }];
    });
  }

  /** Looks which modules the thread's kernel has now. `isLoading`: one was just loaded, perhaps in place of another. */
  lookForModules(thread: DebugThread, isLoading = false): ModuleChange | undefined {
    const found = this.linuxOf(thread);
    if (found === undefined) return this.#forgetModules(thread);
    const modules = this.#modules.get(found.image) ?? new ModuleImages(found.image);
    this.#modules.set(found.image, modules);
    const change = modules.update(found.kernel, isLoading ? thread.cpu.getX(10) : undefined);
    if (change !== undefined) this.#target.images.setModules(found.image, modules.images);
    return change;
  }

  /** The kernel has not begun yet, or not again. */
  #forgetModules({ guest }: DebugThread): ModuleChange | undefined {
    const [kernel] = [...this.#modules.keys()].filter((image) => image.guest === guest?.name);
    const removed = kernel && this.#modules.get(kernel)?.images;
    if (kernel === undefined || removed === undefined) return undefined;
    this.#modules.delete(kernel);
    this.#target.images.setModules(kernel, []);
    return { added: [], removed };
  }
}

/** A process of Linux's, which has a space. */
export interface LinuxProcess extends LinuxTask {
  readonly root: bigint;
}

/** How the kernel below a thread's code translates addresses. */
function kernelRegime({ cpu, guest }: DebugThread): TranslationRegime {
  return cpu.regime(hartMode(1, guest !== undefined));
}
