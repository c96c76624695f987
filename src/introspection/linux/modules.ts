import type { ListedSymbol } from '../../symbols/linux/kallsyms.ts';
import type { KernelObject } from '../kernel-object.ts';
import type { LinuxKernel } from './linux-kernel.ts';
import { moduleSymbols } from './module-symbols.ts';

/** A stretch of memory that a module has. */
export interface ModulePart {
  readonly address: bigint;
  readonly size: number;
  readonly isCode: boolean;
}

/** A module that Linux has loaded (kernel/module/). */
export interface LinuxModule {
  /** Of its record (`struct module`). */
  readonly address: bigint;
  readonly name: string;
  readonly parts: readonly ModulePart[];
  /** Its symbols; read when asked. */
  readonly symbols: () => readonly ListedSymbol[];
  /** Its .BTF section, which goes on from the kernel's. */
  readonly types: () => Uint8Array | undefined;
}

/** What Linux calls with each module that it has loaded, in a0, before anything of it runs (kernel/module/main.c). */
export const moduleLoaded = 'do_init_module';

/** MODULE_STATE_UNFORMED. */
const unformed = 3n;
const mostModules = 1000;
const mostBytes = 64 << 20;

/** The modules that are loaded, newest first. */
export function listModules(kernel: LinuxKernel): readonly LinuxModule[] {
  const type = kernel.record('module');
  if (type === undefined) return [];
  const modules = [...kernel.list('modules', type, 'list', mostModules)];
  return modules.flatMap((module) => describe(kernel, module) ?? []);
}

function describe(kernel: LinuxKernel, module: KernelObject): LinuxModule | undefined {
  const name = module.text('name');
  const parts = partsOf(module);
  const table = module.target('kallsyms');
  // What is not set up so far that it could run has no symbols to believe in.
  if (module.word('state') === unformed) return undefined;
  if (name === undefined || name === '' || table === undefined || parts.length === 0) return undefined;
  return {
    address: module.address,
    name,
    parts,
    symbols: () => moduleSymbols(kernel.read, table),
    types: () => typesOf(kernel, module),
  };
}

/** Since 6.4 seven stretches by what they hold (enum mod_mem_type), the first and fifth of them code; before, two. */
function partsOf(module: KernelObject): readonly ModulePart[] {
  const found: ModulePart[] = [];
  const add = (address: bigint | undefined, size: bigint | undefined, isCode: boolean): void => {
    if (address === undefined || size === undefined || address === 0n || size <= 0n || size > mostBytes)
      return;
    found.push({ address, size: Number(size), isCode });
  };
  if (module.place('mem') !== undefined) {
    for (let index = 0; index < 7; index++) {
      const part = module.part('mem', index);
      add(part?.word('base'), part?.word('size'), index === 0 || index === 4);
    }
    return found;
  }
  for (const layout of ['core_layout', 'init_layout']) {
    const base = module.word(`${layout}.base`);
    const text = module.word(`${layout}.text_size`) ?? 0n;
    add(base, text, true);
    add(base === undefined ? undefined : base + text, (module.word(`${layout}.size`) ?? 0n) - text, false);
  }
  return found;
}

/** The kernel's own copies (kernel/bpf/btf.c), for what the module brought is gone once it is loaded. */
function typesOf(kernel: LinuxKernel, module: KernelObject): Uint8Array | undefined {
  const type = kernel.record('btf_module');
  // One that was built apart from its kernel brings types of its own to go on from.
  const isApart = (module.word('btf_base_data_size') ?? 0n) !== 0n;
  if (type === undefined || isApart) return undefined;
  for (const entry of kernel.list('btf_modules', type, 'list', mostModules)) {
    if (entry.word('module') !== module.address) continue;
    const btf = entry.target('btf');
    const [address, size] = [btf?.word('data'), Number(btf?.word('data_size') ?? 0n)];
    if (address === undefined || address === 0n || size > mostBytes) return undefined;
    const bytes = kernel.read(address, size);
    return bytes.length === size ? bytes : undefined;
  }
  return undefined;
}
