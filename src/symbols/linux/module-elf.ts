import { DiagnosticLog } from '../diagnostics.ts';
import { ElfFile } from '../elf/elf-file.ts';
import { SHF_ALLOC, SHF_EXECINSTR, SHF_WRITE, SHT_NOBITS, SHT_SYMTAB } from '../elf/constants.ts';
import type { ListedSymbol } from './kallsyms.ts';
import { headerWith, section, symbolTable } from './listed-sections.ts';

/** A stretch of memory that a module was given. */
export interface LoadedPart {
  readonly address: bigint;
  readonly size: number;
  /** What code it holds; undefined where it holds data. */
  readonly code: Uint8Array | undefined;
}

/**
 * The ELF file that a module was made from, as far as its symbols and where it lies tell. It is linked to where it
 * lies, and no loader's place is known for it: it has no segments.
 */
export function elfOfModule(symbols: readonly ListedSymbol[], parts: readonly LoadedPart[]): ElfFile {
  const sectionOf = (address: bigint): number | undefined => {
    const index = parts.findIndex(
      (part) => address >= part.address && address < part.address + BigInt(part.size),
    );
    return index < 0 ? undefined : index + 1;
  };
  const table = symbolTable(symbols, sectionOf);
  const sections = [
    section({ index: 0, name: '' }),
    ...parts.map(({ address, size, code }, index) =>
      section({
        index: index + 1,
        name: code === undefined ? '.data' : '.text',
        flags: SHF_ALLOC | (code === undefined ? SHF_WRITE : SHF_EXECINSTR),
        address,
        size: BigInt(size),
        ...(code === undefined ? { type: SHT_NOBITS } : { bytes: code }),
      }),
    ),
    section({
      index: parts.length + 1,
      name: '.symtab',
      type: SHT_SYMTAB,
      bytes: table.entries,
      link: parts.length + 2,
    }),
    section({ index: parts.length + 2, name: '.strtab', bytes: table.names }),
  ];
  return new ElfFile(headerWith(0n), [], sections, new DiagnosticLog());
}
