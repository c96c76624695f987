import type { Trap } from '../../../hart/trap.ts';
import type { SbiCounters } from './counters.ts';

/** Standard SBI errors (SBI 3, table 1). */
export const sbiError = {
  success: 0n,
  failed: -1n,
  notSupported: -2n,
  invalidParam: -3n,
  denied: -4n,
  invalidAddress: -5n,
  alreadyAvailable: -6n,
  alreadyStarted: -7n,
  alreadyStopped: -8n,
  noShmem: -9n,
  invalidState: -10n,
  badRange: -11n,
  timeout: -12n,
  io: -13n,
  deniedLocked: -14n,
} as const;

/** a0 to a5 of the call, as 64-bit patterns; those that the function has no parameter for may be 0. */
export type SbiArguments = readonly [bigint, bigint, bigint, bigint, bigint, bigint];

/** What becomes of a call. */
export type SbiOutcome =
  /** Back to the caller: a0 = error, a1 = value. */
  | { readonly kind: 'return'; readonly error: bigint; readonly value: bigint }
  /** A legacy call returns in a0 alone (SBI 5). */
  | { readonly kind: 'legacy-return'; readonly value: bigint }
  /** A legacy call's pointer is bad: the caller takes this trap at its ecall (SBI 5). */
  | { readonly kind: 'fault'; readonly trap: Trap }
  /** The caller does not go on after the call: its hart was stopped or suspended, or the system reset. */
  | { readonly kind: 'no-return' };

/** A function of an extension, and what it does. */
export interface SbiFunction {
  /** FID; ignored for legacy extensions. */
  readonly id: number;
  /** As the specification calls it: `sbi_set_timer`. */
  readonly name: string;
  /** Names of a0, a1 …: for records of calls. */
  readonly parameters: readonly string[];
  readonly summary: string;
  readonly call: (target: SbiTarget, args: SbiArguments, extensions: readonly SbiExtension[]) => SbiOutcome;
}

/** An extension that a caller may probe for and call. */
export interface SbiExtension {
  /** EID. */
  readonly id: number;
  readonly name: string;
  /** Legacy extensions (EIDs 0 to 15) are one function each, and a6 is ignored. */
  readonly legacy: boolean;
  readonly functions: readonly SbiFunction[];
}

/** Addresses from `start`, `size` bytes of them, or the whole space. */
export type FenceRange = 'all' | { readonly start: bigint; readonly size: bigint };

/** What remote harts are to forget. */
export type SbiFence =
  | { readonly kind: 'fence.i' }
  | { readonly kind: 'sfence.vma'; readonly range: FenceRange; readonly asid?: bigint }
  | { readonly kind: 'hfence.gvma'; readonly range: FenceRange; readonly vmid?: bigint }
  | { readonly kind: 'hfence.vvma'; readonly range: FenceRange; readonly asid?: bigint };

/** SBI, System Reset Extension: the types of a reset. */
export const resetType = { shutdown: 0, coldReboot: 1, warmReboot: 2 } as const;
/** Likewise, its reasons. */
export const resetReason = { none: 0, systemFailure: 1 } as const;

/** HSM states (SBI 9, table 1); transitions take no time here, so the pending ones are never seen. */
export const hsmState = { started: 0, stopped: 1, suspended: 4 } as const;
/** One of them. */
export type HsmState = (typeof hsmState)[keyof typeof hsmState];

/**
 * What the extensions need of whatever they run on: the machine's built-in firmware, or a guest of the hosted
 * VMM. "The caller" is the hart (or vCPU) that called. Addresses are physical as the caller sees them.
 */
export interface SbiTarget {
  readonly callingHart: number;
  /** Ids of the harts that exist for the caller. */
  readonly harts: readonly number[];
  /** mvendorid, marchid and mimpid. */
  readonly identification: {
    readonly vendor: bigint;
    readonly architecture: bigint;
    readonly implementation: bigint;
  };
  /** Has the caller's hart the hypervisor extension? */
  readonly hasHypervisor: boolean;
  /** Of the caller's hart; absent where they are not offered. */
  readonly counters?: SbiCounters;
  writeConsole(byte: number): void;
  /** The next byte of console input, taken; undefined where there is none. */
  readConsole(): number | undefined;
  /** The caller's next timer interrupt, in ticks; clears the one pending if that is in the future. */
  setTimer(deadline: bigint): void;
  /** Makes the supervisor software interrupt of a hart pending. */
  sendInterrupt(hart: number): void;
  /** Takes back the caller's pending supervisor software interrupt; was there one? */
  clearInterrupt(): boolean;
  /** Done on every one of `harts` when it returns. */
  fence(harts: readonly number[], fence: SbiFence): void;
  hartState(hart: number): HsmState;
  /** Starts a stopped hart in S mode, at `address`, with its id in a0 and `opaque` in a1. */
  startHart(hart: number, address: bigint, opaque: bigint): void;
  stopCaller(): void;
  /** Suspends the caller until an enabled interrupt is pending; it then goes on after the call or at `resume`. */
  suspendCaller(resume?: { readonly address: bigint; readonly opaque: bigint }): void;
  reset(type: number, reason: number): void;
  /** undefined where not all of it is memory that the caller may read. */
  readMemory(address: bigint, length: number): Uint8Array | undefined;
  /** false, and nothing written, where not all of it is memory that the caller may write. */
  writeMemory(address: bigint, bytes: Uint8Array): boolean;
  /**
   * From now on the caller's steal time is written at this address (64 bytes that are zero now), or not any more.
   * Only a VMM's guests have steal time.
   */
  reportStealTime?(address: bigint | undefined): void;
  /** Reads through the caller's own translation; the trap that its load would take, where it faults. */
  readVirtual(address: bigint, length: number): Uint8Array | Trap;
}

/** The call is done; `value` is what it returns. */
export const success = (value = 0n): SbiOutcome => ({ kind: 'return', error: sbiError.success, value });
/** The call is refused, by the name of its error. */
export const failure = (error: Exclude<keyof typeof sbiError, 'success'>): SbiOutcome => ({
  kind: 'return',
  error: sbiError[error],
  value: 0n,
});
/** The caller does not go on after its call. */
export const noReturn: SbiOutcome = { kind: 'no-return' };
