import { STB_LOCAL, STT_FUNC, STT_NOTYPE, STT_OBJECT } from '../elf/constants.ts';
import type { ElfFile } from '../elf/elf-file.ts';
import type { Section } from '../elf/sections.ts';
import type { ListedSymbol } from './kallsyms.ts';

/** A section, of which what is not told is empty. */
export function section(parts: Pick<Section, 'index' | 'name'> & Partial<Section>): Section {
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

/** The header of a file that has only an entry. */
export function headerWith(entry: bigint): ElfFile['header'] {
  const headers = { offset: 0, entrySize: 0, count: 0 };
  return { type: 'dynamic', entry, programHeaders: headers, sectionHeaders: headers, sectionNamesIndex: 0 };
}

const symbolBytes = 24;

/** Symbols as .symtab has them (gABI, chapter 4), those that are in no section left out: they are no addresses. */
export function symbolTable(
  symbols: readonly ListedSymbol[],
  sectionOf: (address: bigint) => number | undefined,
): { readonly entries: Uint8Array; readonly names: Uint8Array } {
  const kept = symbols.filter(({ address }) => sectionOf(address) !== undefined);
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
    view.setUint16(at + 6, sectionOf(address) ?? 0, true);
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
