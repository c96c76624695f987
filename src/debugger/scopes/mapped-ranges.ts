import { pteBit } from '../../hart/translation/page-table.ts';
import { schemeOf, type TranslationScheme } from '../../isa/translation-schemes.ts';
import type { Space } from '../expressions/value.ts';

/** Neighbouring pages of a space with the same permissions. */
export interface MappedRange {
  readonly start: bigint;
  /** Bytes. */
  readonly size: bigint;
  /** `rwx`, a dash for each permission that is missing. */
  readonly permissions: string;
}

/** What is mapped in a space, by ascending address. */
export interface MappedRanges {
  readonly ranges: readonly MappedRange[];
  /** True where there were too many tables or ranges to look at all. */
  readonly isCut: boolean;
}

/** A page table that a guest fills with nonsense must not take for ever to read. */
const mostTables = 2048;
const mostRanges = 256;

/**
 * What page tables map for user mode (pages with U set), lowest address first; of a second stage that is all, since
 * guests' accesses count as user mode's (Priv. hypervisor, guest physical address translation). `root` is the value of
 * the root register; `memory` is what its physical addresses mean.
 */
export function userRanges(
  root: bigint,
  memory: Pick<Space, 'read'>,
  register: 'satp' | 'hgatp' = 'satp',
): MappedRanges {
  const ranges: { start: bigint; size: bigint; permissions: string }[] = [];
  const scheme = schemeOf(register, root);
  let tables = 0;
  let isCut = false;
  const visit = (table: bigint, level: number, base: bigint): void => {
    if (++tables > mostTables || ranges.length > mostRanges) {
      isCut = true;
      return;
    }
    const isWideRoot = register === 'hgatp' && level === scheme.levels - 1;
    const bytes = memory.read(table, isWideRoot ? 16384 : 4096);
    const entries = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength - (bytes.byteLength % 8));
    const span = 1n << BigInt(12 + 9 * level);
    for (let at = 0; at < entries.byteLength; at += 8) {
      const low = entries.getUint32(at, true);
      if ((low & pteBit.valid) === 0) continue;
      const start = base + BigInt(at / 8) * span;
      if ((low & (pteBit.read | pteBit.write | pteBit.execute)) !== 0) {
        if ((low & pteBit.user) !== 0)
          add(register === 'satp' ? canonical(start, scheme) : start, span, permissionsOf(low));
      } else if (level > 0) visit(pageAddress(entries.getBigUint64(at, true)), level - 1, start);
    }
  };
  const add = (start: bigint, size: bigint, permissions: string): void => {
    const last = ranges.at(-1);
    if (last && last.start + last.size === start && last.permissions === permissions) last.size += size;
    else ranges.push({ start, size, permissions });
  };
  if (scheme.levels > 0) visit(BigInt.asUintN(44, root) << 12n, scheme.levels - 1, 0n);
  return { ranges: ranges.slice(0, mostRanges), isCut };
}

function pageAddress(entry: bigint): bigint {
  return BigInt.asUintN(44, entry >> 10n) << 12n;
}

/** Of Sv39, bits 63 to 39 of an address equal bit 38. */
function canonical(address: bigint, { addressBits }: TranslationScheme): bigint {
  return BigInt.asUintN(64, BigInt.asIntN(addressBits, address));
}

function permissionsOf(low: number): string {
  const letter = (bit: number, name: string): string => ((low & bit) === 0 ? '-' : name);
  return `${letter(pteBit.read, 'r')}${letter(pteBit.write, 'w')}${letter(pteBit.execute, 'x')}`;
}
