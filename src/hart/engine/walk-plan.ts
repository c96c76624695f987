import { pteBit } from '../translation/page-table.ts';
import { contextFlag, type ContextKey } from './context-key.ts';
import { walkPlan } from './layout.ts';

/**
 * Writes how wasm finds pages in the context of a key: by what tables, and which bits of an entry let an access pass
 * that `QuickWalk` lets pass. What is seldom, as accesses that M mode makes as another mode, it leaves alone.
 */
export function writeWalkPlan(key: ContextKey, words: Int32Array, at: number): void {
  const flags = key[0] as number;
  const privilege = (flags >> contextFlag.dataPrivilege) & 3;
  const virtual = (flags & contextFlag.fetchVirtual) !== 0;
  const isOneMode = privilege === (flags & 3) && virtual === ((flags & contextFlag.dataVirtual) !== 0);
  const first = virtual ? half.vsatp : half.satp;
  const firstLevels = privilege === 3 ? 0 : levelsOf(key[first + 1] as number);
  const secondLevels = virtual ? levelsOf(key[half.hgatp + 1] as number) : 0;
  const isPlain = isOneMode && firstLevels >= 0 && secondLevels >= 0;
  words[at + walkPlan.firstLevels / 4] = isPlain ? firstLevels : unknown;
  words[at + walkPlan.secondLevels / 4] = secondLevels;
  writeRoot(key, first, words, at + walkPlan.firstRoot / 4);
  writeRoot(key, half.hgatp, words, at + walkPlan.secondRoot / 4);
  const isSet = (flag: number): boolean => (flags & flag) !== 0;
  const user = privilege === 0;
  const firstRules = { user, sum: isSet(contextFlag.sum), mxr: isSet(contextFlag.mxr) };
  // Priv. 18.5.1: the second stage takes all accesses as those of U mode.
  const secondRules = { user: true, sum: false, mxr: isSet(contextFlag.guestMxr) };
  for (const [index, access] of accesses.entries()) {
    words[at + walkPlan.firstRules / 4 + index] = ruleOf(access, firstRules);
    words[at + walkPlan.secondRules / 4 + index] = ruleOf(access, secondRules);
  }
}

/** The low halves of the registers in a key. */
const half = { satp: 1, vsatp: 3, hgatp: 5 } as const;
const accesses = ['read', 'write', 'execute'] as const;
const unknown = -1;

/** By the high half of satp, vsatp or hgatp: Bare, Sv39, Sv48, Sv57. */
function levelsOf(high: number): number {
  const mode = high >>> 28;
  if (mode === 0) return 0;
  return mode >= 8 && mode <= 10 ? mode - 5 : unknown;
}

/** PPN: bits 43:0. */
function writeRoot(key: ContextKey, register: number, words: Int32Array, at: number): void {
  words[at] = key[register] as number;
  words[at + 1] = (key[register + 1] as number) & 0xfff;
}

/** The bits of a leaf that count, and which of them are set where the access may pass: see `walkPlan`. */
function ruleOf(
  access: (typeof accesses)[number],
  { user, sum, mxr }: { readonly user: boolean; readonly sum: boolean; readonly mxr: boolean },
): number {
  let set: number = pteBit.valid | pteBit.accessed;
  if (access === 'read' && !mxr) set |= pteBit.read;
  if (access === 'write') set |= pteBit.read | pteBit.write | pteBit.dirty;
  if (access === 'execute') set |= pteBit.execute;
  if (user) set |= pteBit.user;
  // Priv. 12.1.1.2: SUM has no say in instruction fetches.
  const looksAtUser = user || !sum || access === 'execute';
  return set | (looksAtUser ? pteBit.user : 0) | (set << 8);
}
