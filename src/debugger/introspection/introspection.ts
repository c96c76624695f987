import { hartMode } from '../../hart/state.ts';
import type { TranslationRegime } from '../../hart/translation/regime.ts';
import { LinuxKernel } from '../../introspection/linux/linux-kernel.ts';
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

/** How the kernel below a thread's code translates addresses. */
function kernelRegime({ cpu, guest }: DebugThread): TranslationRegime {
  return cpu.regime(hartMode(1, guest !== undefined));
}
