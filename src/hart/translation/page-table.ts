/** Page numbers (address >> 12) as numbers: 52 bits at most, so exact. Branded, for the walk mixes three kinds. */
export type VirtualPage = number & { readonly __space: 'gva' };
/** Likewise, guest-physical. */
export type GuestPage = number & { readonly __space: 'gpa' };
/** Likewise, host-physical. */
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
  /** A reserved bit or combination is set (Priv. 12.3.2, steps 3 and 4), those of extensions that are off among them. */
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
  | 'not-executable'
  /** A is 0, or D is 0 at a store, and hardware does not set them (Svade). */
  | 'not-accessed'
  | 'not-dirty';

/** What menvcfg or henvcfg says of one stage of translation. */
export interface StageOptions {
  /** ADUE: A and D bits that are 0 are set by hardware (Svadu); else they fault (Svade). */
  readonly updatesUsage: boolean;
  /** PBMTE: leaves may name a memory type (Svpbmt), which changes nothing here: harts see memory in order. */
  readonly memoryTypes: boolean;
}

/** As whom an access is checked: what of mode and status registers one stage of translation looks at. */
export interface StageRules extends StageOptions {
  readonly user: boolean;
  readonly sum: boolean;
  readonly mxr: boolean;
  /** Svnapot. */
  readonly contiguousPages: boolean;
}

/** The physical page number of an entry given by its halves. */
export function pageOf(low: number, high: number): number {
  return (low >>> 10) + (high & 0x3f_ffff) * 0x40_0000;
}

/** The page that a leaf at `level` maps a page to. */
export function leafPage(low: number, high: number, level: number, page: number): number {
  const span = highEntry.contiguous > high ? levelPages(level) : contiguousPages;
  const first = pageOf(low, high);
  return first - remainder(first, span) + remainder(page, span);
}

/** Pages that a leaf at `level` maps: 1, 512, 512², …; so many have tables of `level` levels. */
export function levelPages(level: number): number {
  return pagesOfLevel[level] as number;
}

/** The index of a page in the tables of a level, but for the wider root of a second stage. */
export function tableIndex(page: number, level: number): number {
  return Math.floor(page / levelPages(level)) & 511;
}

/** Judges an entry found at `level` (2 is the root's level of Sv39): Priv. 12.3.2, steps 3 to 9. */
export function judgeEntry(
  low: number,
  high: number,
  level: number,
  access: PageAccess,
  rules: StageRules,
): Verdict {
  if ((low & V) === 0) return 'invalid';
  if (high > highEntry.page && isReserved(low, high, level, rules)) return 'reserved';
  if ((low & (R | W)) === W) return 'reserved';
  if ((low & (R | X)) === 0) {
    if ((low & (D | A | U)) !== 0) return 'reserved';
    return level === 0 ? 'too-deep' : 'pointer';
  }
  if (level > 0 && remainder(pageOf(low, high), levelPages(level)) !== 0) return 'misaligned-superpage';
  if (access === 'any') return 'leaf';
  const verdict = judgePermission(low, access, rules);
  return verdict === 'leaf' && !rules.updatesUsage ? judgeUsage(low, access) : verdict;
}

/** The bits that an access needs set in a leaf, and that hardware sets where they are not (Svadu). */
export function usageBits(access: PageAccess): number {
  switch (access) {
    case 'read':
    case 'execute':
    case 'execute-read':
      return A;
    case 'write':
      return A | D;
    case 'any':
      return 0;
  }
}

const pagesOfLevel = [1, 2 ** 9, 2 ** 18, 2 ** 27, 2 ** 36, 2 ** 45];

/** In the high half of an entry: its part of the page number, the memory type (Svpbmt) and N (Svnapot). */
const highEntry = { page: 0x3f_ffff, memoryType: 0x6000_0000, contiguous: 0x8000_0000 } as const;

/** Svnapot: the size of all that N = 1 can say, 64 KiB. */
const contiguousPages = 16;

/** Of an entry with something in bits 63:54: Svnapot, Svpbmt, and the future's. */
function isReserved(low: number, high: number, level: number, rules: StageRules): boolean {
  const isLeaf = (low & (R | X)) !== 0;
  const memoryType = high & highEntry.memoryType;
  // Priv. Svpbmt: type 3 is reserved, and so are the bits in pointers and without PBMTE.
  if (memoryType !== 0 && (!rules.memoryTypes || !isLeaf || memoryType === highEntry.memoryType)) return true;
  if (high >= highEntry.contiguous) {
    if (!rules.contiguousPages || !isLeaf || level > 0) return true;
    // Priv. Svnapot: of the sizes that the low bits of the page number can tell, there is 64 KiB alone.
    if (remainder(pageOf(low, high), contiguousPages) !== contiguousPages / 2) return true;
  }
  return (high & ~(highEntry.page | highEntry.memoryType | highEntry.contiguous)) !== 0;
}

/** `page % span`, of a power of two; many times as fast where a page's number is no 32-bit integer. */
function remainder(page: number, span: number): number {
  return page - Math.floor(page / span) * span;
}

function judgeUsage(low: number, access: PageAccess): Verdict {
  const missing = usageBits(access) & ~low;
  if ((missing & A) !== 0) return 'not-accessed';
  return missing === 0 ? 'leaf' : 'not-dirty';
}

function judgePermission(low: number, access: Exclude<PageAccess, 'any'>, rules: StageRules): Verdict {
  const userPage = (low & U) !== 0;
  if (rules.user && !userPage) return 'supervisor-page';
  // Priv. 12.1.1.2: SUM has no say in instruction fetches.
  if (!rules.user && userPage && (access === 'execute' || !rules.sum)) return 'user-page';
  switch (access) {
    case 'read': {
      const readable = rules.mxr ? R | X : R;
      return (low & readable) === 0 ? 'not-readable' : 'leaf';
    }
    case 'write':
      return (low & W) === 0 ? 'not-writable' : 'leaf';
    case 'execute':
    case 'execute-read':
      return (low & X) === 0 ? 'not-executable' : 'leaf';
  }
}

/** By the letters that the specification has for them; looked up here once. */
const { valid: V, read: R, write: W, execute: X, user: U, accessed: A, dirty: D } = pteBit;
