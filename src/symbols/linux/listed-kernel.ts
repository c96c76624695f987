import { Btf } from '../btf/btf.ts';
import { SymbolImage } from '../symbol-index.ts';
import { readKallsyms, type ListedSymbol } from './kallsyms.ts';
import { KernelSymbols } from './kernel-symbols.ts';
import { elfOfList, type ListedKernel } from './listed-elf.ts';

/** The symbols of a kernel without its ELF file, with its types where it tells of them itself (BTF). */
export function symbolsOfList(kernel: ListedKernel): SymbolImage | undefined {
  const elf = elfOfList(kernel);
  if (elf === undefined) return undefined;
  const btf = typesIn(kernel.symbols, kernel.image);
  return btf === undefined ? new SymbolImage('kernel', elf) : new KernelSymbols('kernel', elf, btf);
}

/** The symbols that a flat Linux Image has in itself; nothing where it has no list of them, or is no such image. */
export function symbolsOfImage(image: Uint8Array, physicalAddress: bigint): SymbolImage | undefined {
  const symbols = readKallsyms(image);
  return symbols && symbolsOfList({ symbols, image, physicalAddress });
}

/** What a kernel tells of its types lies in it, between two symbols. */
function typesIn(symbols: readonly ListedSymbol[], image: Uint8Array): Btf | undefined {
  const offsetOf = (name: string): number | undefined => {
    const found = symbols.find((each) => each.name === name);
    const start = symbols.find((each) => each.name === '_start');
    return found && start && Number(found.address - start.address);
  };
  const from = offsetOf('__start_BTF');
  return from === undefined ? undefined : Btf.read(image.subarray(from, offsetOf('__stop_BTF')));
}
