import { decode } from '../../../src/isa/decode.ts';
import { guestTableEntries } from '../generate/tables.ts';
import { stub } from '../layout.ts';

/** A trap as both machines logged it. */
export interface TrapPair {
  readonly ours: (csr: string) => bigint;
  readonly theirs: (csr: string) => bigint;
  /** The level that took it. */
  readonly level: 'M' | 'HS' | 'VS';
  /** The instruction at its xepc, if it is one of the case. */
  readonly word: number | undefined;
}

/** Where two machines part: what each of them did with an instruction. */
export interface Parting {
  /** The last instruction that ran; empty before the first. */
  readonly mnemonic: string;
  readonly word: number | undefined;
  /** A store before it may have gone to its bytes. */
  readonly overwritten: boolean;
  readonly ours: TakenTrap | undefined;
  readonly theirs: TakenTrap | undefined;
  /** All that ours took, in order. */
  readonly taken: readonly TakenTrap[];
  /** A CSR at the trap, as ours logged it. */
  readonly read: (csr: string) => bigint;
  /** All values that differ, by name. */
  readonly values: readonly {
    readonly what: string;
    readonly ours: bigint | undefined;
    readonly theirs: bigint | undefined;
  }[];
}

/** A trap by the level that took it. */
export interface TakenTrap {
  readonly level: 'M' | 'HS' | 'VS';
  readonly cause: bigint;
  readonly epc: bigint;
  readonly value: bigint;
  /** mtinst or htinst. */
  readonly instruction: bigint;
}

/** The registers in which a trap tells about itself, by the level that takes it. */
export const told = {
  M: { cause: 'mcause', value: 'mtval', value2: 'mtval2', instruction: 'mtinst', status: 'mstatus' },
  HS: { cause: 'scause', value: 'stval', value2: 'htval', instruction: 'htinst', status: 'hstatus' },
  VS: { cause: 'vscause', value: 'vstval', value2: '', instruction: '', status: '' },
} as const;

const mnemonicOf = (word: number | undefined): string =>
  word === undefined ? '' : (decode(word)?.instruction.mnemonic ?? '');
export const isAtomic = (word: number | undefined): boolean => /^(amo|sc\.|lr\.)/.test(mnemonicOf(word));
/** By opcode: those of F, D and Zfh, and what expands to them. */
export const isFloatingPoint = (word: number | undefined): boolean =>
  word !== undefined && /^(Z?[fd]h?|Zfhmin)$/i.test(decode(word)?.instruction.extension ?? '');
export const isGuestAccess = (word: number | undefined): boolean => /^h[ls]v/.test(mnemonicOf(word));
export const loads = 1;
export const stores = 2;
/** Exception codes of one kind: of fetches, loads, and stores. */
export const families = [
  [0n, 4n, 6n],
  [1n, 5n, 7n],
  [12n, 13n, 15n],
  [20n, 21n, 23n],
] as const;
export const family = (code: bigint): (typeof families)[number] | undefined =>
  families.find((codes) => codes.some((each) => each === code));
export const pseudoInstructions = [0x2000n, 0x2020n, 0x3000n, 0x3020n];

/** Of the guest’s tables, in the second stage. */
export const secondStageEntries = guestTableEntries().map((address) => address.toString(16));

/** As QEMU tells it: 7.2 in vscause less one. */
export function isIllegal(trap: TakenTrap | undefined): boolean {
  return trap !== undefined && (trap.cause === 2n || (trap.level === 'VS' && trap.cause === 1n));
}

/** V before the trap that the record tells of. */
export function wasVirtual({ ours, read }: Parting): boolean {
  return ours?.level === 'HS'
    ? ((read('hstatus') >> 7n) & 1n) === 1n
    : ((read('mstatus') >> 39n) & 1n) === 1n;
}

export function isFault(trap: TakenTrap | undefined): boolean {
  return trap !== undefined && family(trap.cause) !== undefined;
}

export function isStoreFault(trap: TakenTrap | undefined): boolean {
  return trap !== undefined && family(trap.cause)?.[stores] === trap.cause;
}

export function isLoadFault(trap: TakenTrap | undefined): boolean {
  return trap !== undefined && family(trap.cause)?.[loads] === trap.cause;
}

/** Only the A and D bits of a page table entry differ. */
export function isUsage({ what, ours = 0n, theirs = 0n }: Parting['values'][number]): boolean {
  return what.startsWith('memory') && ((ours ^ theirs) & ~0xc0n) === 0n;
}

/** What a record says of the trap that it logged. */
export function takenTrap(read: (csr: string) => bigint): TakenTrap {
  const level = levelOf(read('mcause'), read('mepc'));
  const { cause, value, instruction } = told[level];
  return {
    level,
    cause: read(cause),
    epc: read(returnAddress[level]),
    value: read(value),
    instruction: instruction === '' ? 0n : read(instruction),
  };
}

/** The level that took a trap: those of HS and VS mode come to the log through their handlers' calls. */
export function levelOf(cause: bigint, epc: bigint): TrapPair['level'] {
  if (cause === 9n && epc === BigInt(stub.hs + stub.call)) return 'HS';
  if (cause === 10n && epc === BigInt(stub.vs + stub.call)) return 'VS';
  return 'M';
}

/** The xepc of a level. */
export const returnAddress = { M: 'mepc', HS: 'sepc', VS: 'vsepc' } as const;
