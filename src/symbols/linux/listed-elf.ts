import { DiagnosticLog } from '../diagnostics.ts';
import { ElfFile } from '../elf/elf-file.ts';
import {
  PT_LOAD,
  SHF_ALLOC,
  SHF_EXECINSTR,
  SHF_WRITE,
  SHT_NOBITS,
  SHT_SYMTAB,
  STB_LOCAL,
  STT_FUNC,
  STT_NOTYPE,
  STT_OBJECT,
} from '../elf/constants.ts';
import type { Section } from '../elf/sections.ts';
import type { ListedSymbol } from './kallsyms.ts';

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
  const table = symbolTable(symbols, { start, end });
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
  const headers = { offset: 0, entrySize: 0, count: 0 };
  const header = { type: 'dynamic' as const, entry: start, programHeaders: headers, sectionHeaders: headers };
  return new ElfFile({ ...header, sectionNamesIndex: 0 }, [segment], sections, new DiagnosticLog());
}

/** What the last 2 GiB of the address space, where such kernels are linked, can hold. */
const mostBytes = 1n << 31n;

/** The section that stands for all the rest of the kernel: that of its symbols which are no code. */
const dataIndex = 4;

function section(parts: Pick<Section, 'index' | 'name'> & Partial<Section>): Section {
  return {
    type: 1,
    flags: 0n,
    address: 0n,
    size: BigInt(parts.bytes?.length ?? 0),
    link: 0,
    bytes: new Uint8Array(),
    fileOffset: 0,
    ...parts,
  };
}

const symbolBytes = 24;

/** Symbols as .symtab has them (gABI, chapter 4), those outside the kernel left out: they are no addresses. */
function symbolTable(
  symbols: readonly ListedSymbol[],
  { start, end }: { readonly start: bigint; readonly end: bigint },
): { readonly entries: Uint8Array; readonly names: Uint8Array } {
  const kept = symbols.filter(({ address }) => address >= start && address <= end);
  const entries = new Uint8Array(symbolBytes * kept.length);
  const view = new DataView(entries.buffer);
  const names = new Uint8Array(1 + kept.reduce((sum, { name }) => sum + name.length + 1, 0));
  let nameOffset = 1;
  kept.forEach((symbol, index) => {
    const { address, type, name } = symbol;
    const at = symbolBytes * index;
    const isShared = [kept[index - 1], kept[index + 1]].some((other) => other?.address === address);
    const kind = isShared && isSectionMark(symbol) ? STT_NOTYPE : isCode(symbol) ? STT_FUNC : STT_OBJECT;
    const binding = type === type.toUpperCase() ? 1 : STB_LOCAL;
    view.setUint32(at, nameOffset, true);
    view.setUint8(at + 4, (binding << 4) | kind);
    view.setUint16(at + 6, dataIndex, true);
    view.setBigUint64(at + 8, address, true);
    for (let character = 0; character < name.length; character++)
      names[nameOffset + character] = name.charCodeAt(character);
    nameOffset += name.length + 1;
  });
  return { entries, names };
}

function isCode({ type }: ListedSymbol): boolean {
  return type === 'T' || type === 't' || type === 'W' || type === 'w';
}

/** Where a linker script says that a part of the kernel begins or ends: the function that stands there is meant. */
function isSectionMark({ name }: ListedSymbol): boolean {
  return /^_\w*(_start|_end|_begin|text)$/.test(name);
}
