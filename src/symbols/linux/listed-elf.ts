import { DiagnosticLog } from '../diagnostics.ts';
import { ElfFile } from '../elf/elf-file.ts';
import { PT_LOAD, SHF_ALLOC, SHF_EXECINSTR, SHF_WRITE, SHT_NOBITS, SHT_SYMTAB } from '../elf/constants.ts';
import type { Section } from '../elf/sections.ts';
import type { ListedSymbol } from './kallsyms.ts';
import { headerWith, section, symbolTable } from './listed-sections.ts';

/** What is known of a kernel without an ELF file of it. */
export interface ListedKernel {
  /** By address. */
  readonly symbols: readonly ListedSymbol[];
  /** What lies in memory from `_start` on; empty where that is not at hand. */
  readonly image: Uint8Array;
  /** Where `_start` is loaded. */
  readonly physicalAddress: bigint;
}

/**
 * The ELF file that a kernel was made from, as far as a list of its symbols tells: so whoever asks an ELF file for
 * symbols, code or segments need not know of other sources. Nothing where the list does not name where the kernel
 * begins and ends.
 */
export function elfOfList({ symbols, image, physicalAddress }: ListedKernel): ElfFile | undefined {
  const named = (name: string): bigint | undefined => symbols.find((one) => one.name === name)?.address;
  const start = named('_start') ?? named('_text');
  const end = named('_end');
  if (start === undefined || end === undefined || end <= start || end - start > mostBytes) return undefined;
  const part = (low: bigint, high: bigint): Uint8Array =>
    image.subarray(Number(low - start), Math.max(Number(low - start), Number(high - start)));
  const makeCode = (index: number, name: string, from: string, to: string): Section => {
    const low = named(from) ?? start;
    const high = named(to) ?? low;
    const size = high > low ? high - low : 0n;
    const bytes = part(low, low + size);
    return section({ index, name, flags: SHF_ALLOC | SHF_EXECINSTR, address: low, size, bytes });
  };
  const table = symbolTable(symbols, (address) =>
    address >= start && address <= end ? dataIndex : undefined,
  );
  const data = { index: dataIndex, name: '.data', type: SHT_NOBITS, flags: SHF_ALLOC | SHF_WRITE };
  const sections = [
    section({ index: 0, name: '' }),
    makeCode(1, '.head.text', '_start', '_stext'),
    makeCode(2, '.text', '_stext', '_etext'),
    makeCode(3, '.init.text', '_sinittext', '_einittext'),
    section({ ...data, address: start, size: end - start }),
    section({ index: 5, name: '.symtab', type: SHT_SYMTAB, bytes: table.entries, link: 6 }),
    section({ index: 6, name: '.strtab', bytes: table.names }),
  ];
  const segment = {
    type: PT_LOAD,
    flags: { read: true, write: true, execute: true },
    physicalAddress,
    virtualAddress: start,
    bytes: image,
    fileOffset: 0,
    memorySize: Number(end - start),
  };
  return new ElfFile(headerWith(start), [segment], sections, new DiagnosticLog());
}

/** What the last 2 GiB of the address space, where such kernels are linked, can hold. */
const mostBytes = 1n << 31n;

/** The section that stands for all the rest of the kernel: that of its symbols which are no code. */
const dataIndex = 4;
