import { latin1 } from '../../common/latin1.ts';
import type { ListedSymbol } from '../../symbols/linux/kallsyms.ts';
import type { KernelObject, ReadKernel } from '../kernel-object.ts';

/** RISC-V's relocations keep labels: modules have many times more of these than of names that anybody gave. */
const mostSymbols = 1_000_000;
const mostNameBytes = 32 << 20;
const symbolBytes = 24;

/**
 * The symbols in a module's table (struct mod_kallsyms): entries as in .symtab (gABI, chapter 4), with addresses; nm's
 * letter of each stands in a table of its own. By address.
 */
export function moduleSymbols(read: ReadKernel, table: KernelObject): readonly ListedSymbol[] {
  const count = Number(table.word('num_symtab') ?? 0n);
  const [entries, names, letters] = [table.word('symtab'), table.word('strtab'), table.word('typetab')];
  if (count > mostSymbols || entries === undefined || names === undefined) return [];
  const bytes = read(entries, symbolBytes * count);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const last = Math.floor(bytes.length / symbolBytes);
  const texts = read(names, nameBytes(view, last));
  const types = letters === undefined ? new Uint8Array() : read(letters, count);
  const found: ListedSymbol[] = [];
  for (let index = 0; index < last; index++) {
    const name = nameAt(texts, view.getUint32(symbolBytes * index, true));
    const address = view.getBigUint64(symbolBytes * index + 8, true);
    if (name !== '' && address !== 0n)
      found.push({ address, type: String.fromCharCode(types[index] ?? functionLetter), name });
  }
  return found.toSorted((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
}

/** Linux's KSYM_NAME_LEN. Where no zero ends a name, the memory is damaged, or was changed on purpose. */
const longestName = 512;
/** nm's `t`. */
const functionLetter = 0x74;

function nameBytes(view: DataView, count: number): number {
  let last = 0;
  for (let index = 0; index < count; index++)
    last = Math.max(last, view.getUint32(symbolBytes * index, true));
  return Math.min(last + longestName, mostNameBytes);
}

/** Labels (`.L…`) and mapping symbols (`$x…`) are no names. */
function nameAt(bytes: Uint8Array, offset: number): string {
  const first = bytes[offset];
  if (first === undefined || first === 0x24 || (first === 0x2e && bytes[offset + 1] === 0x4c)) return '';
  const name = bytes.subarray(offset, offset + longestName);
  const end = name.indexOf(0);
  return latin1(end < 0 ? name : name.subarray(0, end));
}
