import { latin1 } from '../../common/latin1.ts';
import type { ListedSymbol } from './kallsyms.ts';

/**
 * Symbols of a kernel from its System.map, or from /proc/kallsyms (as linked in the former, as loaded in the latter):
 * `ffffffff80000000 T _start` on each line, a module's name in brackets behind it. Nothing where the text is none of
 * these. The symbols of modules are left out, for they lie elsewhere.
 */
export function readSystemMap(bytes: Uint8Array): readonly ListedSymbol[] | undefined {
  if (!looksLikeSystemMap(bytes)) return undefined;
  const found: ListedSymbol[] = [];
  for (const line of latin1(bytes).split('\n')) {
    const parts = linePattern.exec(line);
    if (parts === null) continue;
    const [, address = '', type = '', name = ''] = parts;
    found.push({ address: BigInt(`0x${address}`), type, name });
  }
  return found.toSorted((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
}

/** Does a file begin like one? Tells it from an ELF file before it is read. */
export function looksLikeSystemMap(bytes: Uint8Array): boolean {
  return /^[0-9a-fA-F]{8,16} [A-Za-z?] \S/.test(latin1(bytes.subarray(0, 64)));
}

const linePattern = /^([0-9a-fA-F]{8,16}) ([A-Za-z?]) (\S+)\r?$/;
