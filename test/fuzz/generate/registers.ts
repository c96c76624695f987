import type { Random } from '../../hart/engine/differential/random.ts';
import { codePages, dataPages, layout } from '../layout.ts';
import { pageBytes } from '../../../src/common/page.ts';
import type { Setting } from './setting.ts';
import { hugeWindow, largeWindow, windowBase, windowPages } from './tables.ts';

/** Registers that generated code reads but does not write. */
export const pointers = [2, 8, 9, 24, 25];
/** For values that one instruction needs. */
export const constants = [26, 27, 28, 29];
/** Addresses of slots ahead. */
export const targets = [30, 31];
/** All of them. */
export const kept = new Set([...pointers, ...constants, ...targets]);

/** Where loads and stores go: to data by any of its addresses, close to the edges of pages, or where nothing is. */
export function pointer(random: Random, { mode }: Setting): bigint {
  const page = random.below(dataPages);
  const identity = layout.data + page * pageBytes;
  const base = random.weighted([
    [mode === 'M' ? 10 : 3, identity],
    [6, windowBase + pageBytes * (codePages + random.below(windowPages - codePages))],
    [1, largeWindow + (identity % 0x20_0000)],
    [1, hugeWindow + (identity % 0x4000_0000)],
  ]);
  const offset = random.weighted([
    [4, 0x100 + 8 * random.below(16)],
    [3, pageBytes - 8 * random.below(4)],
    [1, 8 * random.below(4)],
    [1, random.below(pageBytes)],
  ]);
  const address = BigInt(base + offset);
  return random.weighted([
    [30, address],
    [1, address | 0xffff_ffff_0000_0000n],
    // Not bit 34: the board has a bus there.
    [1, address | (1n << BigInt(35 + random.below(29)))],
    [mode === 'M' ? 0 : 1, random.value()],
  ]);
}

/** For jumps that fault. */
export function nowhere(random: Random): bigint {
  return random.weighted([
    [2, random.value() | (1n << 40n)],
    [1, 0n],
    [1, BigInt(windowBase - pageBytes)],
    [1, 0xffff_ffff_ffff_fffen],
  ]);
}
