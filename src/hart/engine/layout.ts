import { hartSlot, slotOffset } from '../state-layout.ts';

/**
 * How the engine lays out what its wasm code and TypeScript share: the words at the start of a hart's engine
 * area, the TLBs after them, and the pool of predecoded code.
 */

/** Words in the engine area, as byte offsets from its start. */
export const engineWord = {
  /** Address in the wasm memory of the current translation context's TLBs. */
  context: 0,
  /** Instructions of the budget that `run` left over. */
  remaining: 4,
  /** Size in bytes of the access that missed, and `missesAligned`; of a fetch, whether a jump led there that is not seen before it runs. */
  missSize: 8,
  /** Instructions that the interpreter did; counts on from run to run. */
  interpreted: 12,
  /** Virtual address of the access or the fetch that missed; 64 bits. */
  missAddress: 16,
  /** How many system calls are noted at `calls`. */
  notedCalls: 24,
  /** Whose system calls wasm may take, and return from, by itself: a sum of `callsInside`. */
  callsInside: 28,
  /** How often translated code was entered; counts on from run to run. */
  arrivals: 32,
  /** Which refills wasm may do by itself: a sum of `refillInside`. */
  refillInside: 36,
  /** Where a store missed and wasm found its page but did not fill an entry: the number of the page of RAM plus one. */
  foundPage: 40,
  /** Low half of the number of a virtual page of which accesses were refused last: wasm need not try. */
  refusedPage: 44,
  /** How many entries of TLBs wasm filled; counts on from run to run. */
  refills: 48,
  /** What is interpreted before the first page is known lessens this, which means nothing. */
  patience: 60,
  calls: 64,
  /** What `Clock.elapsed` is where nothing is left of the budget; 64 bits. */
  clockAtEnd: 0x300,
  /** `Clock.offset`; 64 bits. */
  clockOffset: 0x308,
  /** `Clock.stepsPerTick`; 0 where reads of `time` are done outside. */
  stepsPerTick: 0x310,
  /** Of the page that is interpreted: its virtual address, 64 bits, and where its records begin. */
  page: 0x318,
  pageRecords: 0x320,
  /** The last addresses at which that was, 64 bits each, in turn; `directArrival` is added. */
  lastArrivals: 0x400,
} as const;

/** In `engineWord.refusedPage`: the access before was not refused. No harm is done to the pages that have this number. */
export const noRefusedPage = 0xffff_ffff;

/** See `engineWord.refillInside`. */
export const refillInside = { data: 1, execute: 2 } as const;

/** See `engineWord.callsInside`: calls of a kernel in HS mode, and in VS mode. */
export const callsInside = { host: 1, guest: 2 } as const;

/** A power of two. */
export const notedArrivals = 128;
/** Other translated code led there, and nothing came between. */
export const directArrival = 1;

/** System calls that wasm took since TypeScript last looked, and from which it did not return. */
export const notedCalls = { most: 8, bytes: 64 } as const;
/** What is noted of a call, as byte offsets: registers, satp (a guest's: vsatp), and the budget that was left after it. */
export const noted = { pc: 0, ra: 8, sp: 16, fp: 24, a7: 32, root: 40, budget: 48 } as const;

/** In `missSize`: the access has to be aligned. */
export const missesAligned = 0x80;

/** Entries of each TLB, indexed by the low bits of the virtual page number. */
export const tlbEntries = 512;
/**
 * An entry is { tag: i64, addend: i32, detail: i32 }. The tag is the virtual address of the page. For data the
 * addend leads from the low half of a virtual address to the wasm memory. For fetches it is where the page's
 * records begin, and `detail` is where the page's bytes begin.
 */
export const tlbEntryBytes = 16;
/** The parts of an entry, as byte offsets. */
export const tlbField = { tag: 0, addend: 8, detail: 12 } as const;
/** Both halves of the tag of an empty entry: it has bits that every compared address has cleared. */
export const emptyTagHalf = -1;

const tlbBytes = tlbEntries * tlbEntryBytes;
/** Byte offsets of the three arrays within a context. */
export const tlbArray = { read: 0, write: tlbBytes, execute: 2 * tlbBytes } as const;
/** Which of the three arrays an entry is in: by the kind of access that it is for. */
export type TlbArray = keyof typeof tlbArray;
/** How many of the entries that were filled since a context was last empty are noted, so that emptying it is quick. */
export const notedFills = 64;
/** Of how many page tables wasm knows that a context depends on them: a power of two. Each is at the low bits of its page. */
export const knownTables = 128;
/** As byte offsets: the number of the page of RAM plus one, or 0; and what it maps, 64 bits, as `TableDependencies` has it. */
export const knownTable = { page: 0, span: 8, bytes: 16 } as const;
/**
 * How wasm finds pages of a context, as byte offsets. A level of 0 is Bare; -1 in the first stage: it does not. Roots are
 * 64 bits. Rules are for reads, writes and fetches, 32 bits each: bits of an entry, and above them (<< 8) which of them
 * are set.
 */
export const walkPlan = {
  firstLevels: 0,
  secondLevels: 4,
  firstRoot: 8,
  secondRoot: 16,
  firstRules: 24,
  secondRules: 36,
  bytes: 48,
} as const;

const contextWords = 3 * tlbBytes;
/** Words in a context after its arrays, as byte offsets from its start. */
export const contextWord = {
  /** `sstatus.SIE`'s bit where an interrupt is pending and enabled but for the mode's own switch; else 0. */
  interruptWaits: contextWords,
  /** Of U and S mode, and of a guest's, without SUM and MXR: the address of the context of the other one under the same tables; else 0. */
  partner: contextWords + 4,
  /** Entries filled since the context was last empty, up to one more than are noted. */
  fills: contextWords + 8,
  /** Of those: how many words of 32 bits behind the beginning of the first context they are. */
  filled: contextWords + 16,
  walkPlan: contextWords + 16 + 4 * notedFills,
  knownTables: contextWords + 16 + 4 * notedFills + walkPlan.bytes,
} as const;
/** Size of a context: its arrays, and the words after them. */
export const contextBytes = contextWord.knownTables + knownTables * knownTable.bytes;
/** How many contexts a hart has: when one more is needed, that used longest ago goes. */
export const contextCount = 16;
/** Where the first context begins in the engine area. */
export const contextsOffset = 0x1000;

/** A predecoded instruction, as byte offsets: all but the immediate, and the two bytes in its place, are unsigned 16-bit numbers. */
export const recordField = {
  handler: 0,
  /** Byte offsets of registers in the hart's area; rd is that of the sink where it is x0. */
  rd: 2,
  rs1: 4,
  rs2: 6,
  /** Signed 32-bit. The distance in records' bytes for a branch within the page. */
  imm: 8,
  /** Of an instruction that rounds, in place of an immediate: where rs3 is, `unitMask`, and how to round. */
  rs3: 8,
  unitMask: 10,
  rounding: 11,
  /**
   * The handler that a breakpoint or a region took the place of, and `seenFlag`. For a crossing record: the second
   * half-word.
   */
  saved: 12,
  /** The number of the translated function that begins here; of a loop's head, how often it is still passed by. */
  region: 14,
} as const;
/** Size of a record. */
export const recordBytes = 16;
/** In `saved`: a jump whose target is not known before it runs, or from another page, has led here. */
export const seenFlag = 0x8000;

/** Records of one page: one for each half-word, and some more. */
export const pageRecords = {
  /** After the page's last half-word: an instruction that ends with the page goes on here. */
  end: 2048,
  /** The 32-bit instruction that begins in the page's last half-word and ends in the next page. */
  crossing: 2049,
  /**
   * No record: its first word is how many instructions the interpreter does in this page until it tells, at the next
   * far jump into the page.
   */
  patience: 2050,
  /** What follows the crossing instruction in memory. */
  crossingEnd: 2051,
  count: 2052,
} as const;
/** Size of the records of a page. */
export const pageRecordsBytes = pageRecords.count * recordBytes;

/** The bits of a pc that tell its record: that is `(pc & inPageMask) << recordShift` bytes from the page's first. */
export const inPageMask = 0xffe;
/** A record has eight times as many bytes as what it is of, a half-word. */
export const recordShift = 3;

/** Where an x register lies, as a byte offset in the hart’s state. */
export const registerOffset = (register: number): number => slotOffset(hartSlot.x + register);
/** Likewise an f register. */
export const floatRegisterOffset = (register: number): number => slotOffset(hartSlot.f + register);
/** Where goes what is written to x0, which nobody reads. */
export const sinkOffset = slotOffset(hartSlot.sink);
