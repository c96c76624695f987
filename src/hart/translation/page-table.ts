/** Page numbers (address >> 12) as numbers: 52 bits at most, so exact. Branded, for the walk mixes three kinds. */
export type VirtualPage = number & { readonly __space: 'gva' };
export type GuestPage = number & { readonly __space: 'gpa' };
export type HostPage = number & { readonly __space: 'hpa' };

/** Bits of a page-table entry's low half (Priv. 12.3). */
export const pteBit = {
  valid: 0x01,
  read: 0x02,
  write: 0x04,
  execute: 0x08,
  user: 0x10,
  global: 0x20,
  accessed: 0x40,
  dirty: 0x80,
} as const;

/** What an access needs of a page. `execute-read` is HLVX; `any` is for views, which no permission stops. */
export type PageAccess = 'read' | 'write' | 'execute' | 'execute-read' | 'any';

/** What the entry at one level of a walk says. All but `pointer` and `leaf` end in a fault. */
export type Verdict =
  | 'pointer'
  | 'leaf'
  /** Nothing that can hold an entry answers at its address, or PMP forbids it. */
  | 'unreachable'
  /** V is 0. */
  | 'invalid'
  /** A reserved bit or combination is set (Priv. 12.3.2, steps 3 and 4). */
  | 'reserved'
  /** A pointer at the last level. */
  | 'too-deep'
  /** A superpage whose low PPN bits are not 0. */
  | 'misaligned-superpage'
  /** U is 1: supervisor code may not fetch it, nor touch it unless SUM. */
  | 'user-page'
  /** U is 0, and the access is made as U-mode (every G-stage access is). */
  | 'supervisor-page'
  | 'not-readable'
  | 'not-writable'
  | 'not-executable';

/** As whom an access is checked: what of mode and status registers one stage of translation looks at. */
export interface StageRules {
  readonly user: boolean;
  readonly sum: boolean;
  readonly mxr: boolean;
}

/** The physical page number of an entry given by its halves. */
export function pageOf(low: number, high: number): number {
  return (low >>> 10) + (high & 0x3f_ffff) * 0x40_0000;
}

/** Judges an entry found at `level` (2 is the root's level of Sv39): Priv. 12.3.2, steps 3 to 8. */
export function judgeEntry(
  low: number,
  high: number,
  level: number,
  access: PageAccess,
  rules: StageRules,
): Verdict {
  if ((low & pteBit.valid) === 0) return 'invalid';
  // Bits 63:54 belong to Svnapot, Svpbmt and the future: none is implemented.
  if (high >>> 22 !== 0) return 'reserved';
  if ((low & (pteBit.read | pteBit.write)) === pteBit.write) return 'reserved';
  if ((low & (pteBit.read | pteBit.execute)) === 0) {
    if ((low & (pteBit.dirty | pteBit.accessed | pteBit.user)) !== 0) return 'reserved';
    return level === 0 ? 'too-deep' : 'pointer';
  }
  if ((pageOf(low, high) & lowPages(level)) !== 0) return 'misaligned-superpage';
  return access === 'any' ? 'leaf' : judgePermission(low, access, rules);
}

/** A mask of the page-number bits that a leaf at `level` leaves to the address. */
export function lowPages(level: number): number {
  return (1 << (9 * level)) - 1;
}

/** The bits that an access needs set in a leaf, and that hardware sets where they are not (Svadu). */
export function usageBits(access: PageAccess): number {
  switch (access) {
    case 'read':
    case 'execute':
    case 'execute-read':
      return pteBit.accessed;
    case 'write':
      return pteBit.accessed | pteBit.dirty;
    case 'any':
      return 0;
  }
}

function judgePermission(low: number, access: Exclude<PageAccess, 'any'>, rules: StageRules): Verdict {
  const userPage = (low & pteBit.user) !== 0;
  if (rules.user && !userPage) return 'supervisor-page';
  // Priv. 12.1.1.2: SUM has no say in instruction fetches.
  if (!rules.user && userPage && (access === 'execute' || !rules.sum)) return 'user-page';
  switch (access) {
    case 'read': {
      const readable = rules.mxr ? pteBit.read | pteBit.execute : pteBit.read;
      return (low & readable) === 0 ? 'not-readable' : 'leaf';
    }
    case 'write':
      return (low & pteBit.write) === 0 ? 'not-writable' : 'leaf';
    case 'execute':
    case 'execute-read':
      return (low & pteBit.execute) === 0 ? 'not-executable' : 'leaf';
  }
}
