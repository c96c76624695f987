import type { LinuxKernel } from '../../introspection/linux/linux-kernel.ts';
import { listModules, type LinuxModule } from '../../introspection/linux/modules.ts';
import { Btf } from '../../symbols/btf/btf.ts';
import { KernelSymbols } from '../../symbols/linux/kernel-symbols.ts';
import { elfOfModule } from '../../symbols/linux/module-elf.ts';
import { SymbolImage } from '../../symbols/symbol-index.ts';
import type { StratumImage } from '../images/image-set.ts';

/** What has become of a kernel's modules. */
export interface ModuleChange {
  readonly added: readonly StratumImage[];
  readonly removed: readonly StratumImage[];
}

/** The modules of one kernel as images, each read once while it is loaded. */
export class ModuleImages {
  readonly #kernel: StratumImage;
  readonly #byPlace = new Map<string, StratumImage>();

  constructor(kernel: StratumImage) {
    this.#kernel = kernel;
  }

  get images(): readonly StratumImage[] {
    return [...this.#byPlace.values()];
  }

  /** Reads what is new and drops what is gone. The module whose record is at `loading` is new, whatever it is like. */
  update(linux: LinuxKernel, loading: bigint | undefined): ModuleChange | undefined {
    const modules = listModules(linux);
    const present = new Map(modules.map((module) => [keyOf(module), module]));
    const isGone = (key: string): boolean => {
      const module = present.get(key);
      return module === undefined || module.address === loading;
    };
    const removed = [...this.#byPlace].filter(([key]) => isGone(key));
    for (const [key] of removed) this.#byPlace.delete(key);
    const fresh = [...present].filter(([key]) => !this.#byPlace.has(key));
    const added = fresh.map(([key, module]) => [key, this.#imageOf(module, linux)] as const);
    for (const [key, image] of added) this.#byPlace.set(key, image);
    if (added.length === 0 && removed.length === 0) return undefined;
    return { added: added.map(([, image]) => image), removed: removed.map(([, image]) => image) };
  }

  #imageOf(module: LinuxModule, { read }: LinuxKernel): StratumImage {
    const { name, parts } = module;
    const elf = elfOfModule(
      module.symbols(),
      parts.map(({ address, size, isCode }) => ({
        address,
        size,
        code: isCode ? read(address, size) : undefined,
      })),
    );
    const types = module.types();
    const base = this.#kernel.symbols;
    const btf = types && base instanceof KernelSymbols ? Btf.read(types, base.btf) : undefined;
    const symbols = btf === undefined ? new SymbolImage(name, elf) : new KernelSymbols(name, elf, btf);
    const { path, stratum, guest } = this.#kernel;
    return { name, path: `${path} (${name})`, stratum, guest, symbols, kernel: this.#kernel };
  }
}

/** What a module is known by: its tables of symbols move when it has been set up, its code does not. */
function keyOf({ name, parts }: LinuxModule): string {
  return `${name} ${parts.find(({ isCode }) => isCode)?.address ?? 0n}`;
}
