import type { TriggerContext } from './trigger-context.ts';

/** What tdata1 to tdata3 of one trigger say, taken apart (Debug. Sdtrig). */
export type Trigger = MatchTrigger | CountTrigger | TrapTrigger;

interface AnyTrigger {
  /** A bit for each mode, as `modeBit` of triggers has them. */
  readonly modes: number;
  readonly context: TriggerContext;
}

/** mcontrol6. */
export interface MatchTrigger extends AnyTrigger {
  readonly kind: 'match';
  readonly execute: boolean;
  readonly load: boolean;
  readonly store: boolean;
  /** What is compared: addresses; or what is loaded, stored or executed. */
  readonly compares: 'address' | 'data';
  /** Bytes of an access; 0 for any. */
  readonly size: number;
  readonly match: number;
  readonly compare: bigint;
}

/** icount. */
interface CountTrigger extends AnyTrigger {
  readonly kind: 'count';
}

/** itrigger, etrigger. */
interface TrapTrigger extends AnyTrigger {
  readonly kind: 'trap';
  readonly interrupt: boolean;
  readonly causes: bigint;
}

/** Places of bits that the hart itself changes. */
export const triggerBit = {
  /** hit0 and hit1 of mcontrol6: 1 is before the instruction, 3 immediately after. */
  matchHit: 1n << 22n,
  matchHitAfter: 1n << 25n,
  countHit: 1n << 24n,
  countPending: 1n << 8n,
  trapHit: 1n << 58n,
} as const;

/** The field count of an icount trigger's tdata1. */
export const countField = { low: 10n, mask: 0x3fffn } as const;

/** The value of tdata1 of a trigger that does nothing. */
export const disabledTrigger = 15n << 60n;

/** What of tdata1 depends on more than what is written. */
export interface TriggerPlace {
  /** What tdata2 of the trigger holds: a write of tdata1 does not change it. */
  readonly compare: bigint;
  /** Is there a hypervisor extension? */
  readonly guests: boolean;
  /** Is there a trigger after it, with which it can make a chain? */
  readonly next: boolean;
}

/** What tdata1 holds after a write: a type that there is not disables, and what a type does not have is zero. */
export function legalTriggerData(written: bigint, place: TriggerPlace): bigint {
  const type = Number(written >> 60n);
  const layout = layouts[type];
  if (layout === undefined) return disabledTrigger;
  const [, , , vs, vu] = layout.modes;
  const guests = place.guests ? (1n << vs) | (1n << vu) : 0n;
  const kept = (BigInt(type) << 60n) | (written & (layout.writable | guests));
  return type === matchType ? legalMatchTrigger(kept, place) : kept;
}

/** What tdata2 holds after a write while tdata1 holds `data`: a power of two is one of 2^63 bytes at most. */
export function legalCompare(data: bigint, written: bigint): bigint {
  return isRangeMatch(data) && isTooLarge(written) ? written & ~(1n << 62n) : written;
}

/** `undefined` for a trigger that cannot fire. */
export function readTrigger(data: bigint, compare: bigint, context: TriggerContext): Trigger | undefined {
  const type = Number(data >> 60n);
  const layout = layouts[type];
  if (layout === undefined) return undefined;
  const modes = layout.modes.reduce(
    (set, place, index) => set | (has(data, place) ? (modeBits[index] ?? 0) : 0),
    0,
  );
  if (modes === 0) return undefined;
  switch (type) {
    case matchType:
      return {
        kind: 'match',
        modes,
        context,
        execute: has(data, 2n),
        load: has(data, 0n),
        store: has(data, 1n),
        compares: has(data, 21n) ? 'data' : 'address',
        size: sizes[sizeOf(data)] ?? 0,
        match: matchOf(data),
        compare,
      };
    case countType:
      return { kind: 'count', modes, context };
    default:
      return { kind: 'trap', modes, context, interrupt: type === interruptType, causes: compare };
  }
}

/** mcontrol6.chain: does the trigger keep the next one from firing where it does not match itself? */
export function isChained(data: bigint): boolean {
  return Number(data >> 60n) === matchType && has(data, chain);
}

const countType = 3;
const interruptType = 4;
const matchType = 6;
/** Of mcontrol6. */
const chain = 11n;

/** Of the fields m, s, u, vs and vu, the sets of modes that `modeBit` counts. */
const modeBits = [1 << 3, 1 << 1, 1 << 0, 1 << 5, 1 << 4] as const;

interface Layout {
  /** The places of m, s, u, vs and vu. */
  readonly modes: readonly [bigint, bigint, bigint, bigint, bigint];
  /** What can be written beside the type, and beside vs and vu. Actions are breakpoints, 0. */
  readonly writable: bigint;
}

const layouts: Readonly<Record<number, Layout>> = {
  [countType]: { modes: [9n, 7n, 6n, 26n, 25n], writable: 0x1ff_ffc0n },
  [interruptType]: { modes: [9n, 7n, 6n, 12n, 11n], writable: triggerBit.trapHit | 0x2c0n },
  5: { modes: [9n, 7n, 6n, 12n, 11n], writable: triggerBit.trapHit | 0x2c0n },
  [matchType]: { modes: [6n, 4n, 3n, 24n, 23n], writable: 0x267_0fdfn },
};

/** Bytes by the field size; others do not exist in RV64. */
const sizes: Readonly<Record<number, number>> = { 0: 0, 1: 1, 2: 2, 3: 4, 5: 8, 6: 16 };
const matches = new Set([0, 1, 2, 3, 4, 5, 8, 9, 12, 13]);

function legalMatchTrigger(data: bigint, { compare, next }: TriggerPlace): bigint {
  let legal = data;
  if (!isLegalSize(data)) legal &= ~(7n << 16n);
  if (!matches.has(matchOf(data)) || (isRangeMatch(data) && isTooLarge(compare))) legal &= ~(15n << 7n);
  if (!next) legal &= ~(1n << chain);
  return legal;
}

/** Instructions are compared at their address whatever their size, which is not known by then. */
function isLegalSize(data: bigint): boolean {
  const size = sizes[sizeOf(data)];
  if (size === undefined) return false;
  if (!has(data, 21n)) return size === 0 || !has(data, 2n);
  return size <= (has(data, 2n) ? 4 : 8);
}

function isRangeMatch(data: bigint): boolean {
  return Number(data >> 60n) === matchType && (matchOf(data) & 7) === 1;
}

function isTooLarge(compare: bigint): boolean {
  return BigInt.asUintN(63, compare) === (1n << 63n) - 1n;
}

function sizeOf(data: bigint): number {
  return Number((data >> 16n) & 7n);
}

function matchOf(data: bigint): number {
  return Number((data >> 7n) & 15n);
}

function has(data: bigint, place: bigint): boolean {
  return ((data >> place) & 1n) === 1n;
}
