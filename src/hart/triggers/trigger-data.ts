/** What tdata1 and tdata2 of one trigger say, taken apart (Debug. Sdtrig). */
export type Trigger =
  | {
      /** mcontrol6. */
      readonly kind: 'address';
      readonly modes: number;
      readonly execute: boolean;
      readonly load: boolean;
      readonly store: boolean;
      /** Bytes of an access; 0 for any. */
      readonly size: number;
      readonly match: number;
      readonly compare: bigint;
    }
  /** icount. */
  | { readonly kind: 'count'; readonly modes: number }
  /** itrigger, etrigger. */
  | { readonly kind: 'trap'; readonly modes: number; readonly interrupt: boolean; readonly causes: bigint };

/** Places of bits that the hart itself changes. */
export const triggerBit = {
  addressHit: 1n << 22n,
  countHit: 1n << 24n,
  countPending: 1n << 8n,
  trapHit: 1n << 58n,
} as const;
export const countField = { low: 10n, mask: 0x3fffn } as const;

/** The value of tdata1 of a trigger that does nothing. */
export const disabledTrigger = 15n << 60n;

/** What tdata1 holds after a write: a type that there is not disables, and what a type does not have is zero. */
export function legalTriggerData(written: bigint): bigint {
  const type = Number(written >> 60n);
  const layout = layouts[type];
  if (layout === undefined) return disabledTrigger;
  const kept = (BigInt(type) << 60n) | (written & layout.writable);
  return type === addressType ? legalAddressTrigger(kept) : kept;
}

/** `undefined` for a trigger that cannot fire. */
export function readTrigger(data: bigint, compare: bigint): Trigger | undefined {
  const type = Number(data >> 60n);
  const layout = layouts[type];
  if (layout === undefined) return undefined;
  const modes = layout.modes.reduce(
    (set, place, index) => set | (has(data, place) ? (modeBits[index] ?? 0) : 0),
    0,
  );
  if (modes === 0) return undefined;
  switch (type) {
    case addressType:
      return {
        kind: 'address',
        modes,
        execute: has(data, 2n),
        load: has(data, 0n),
        store: has(data, 1n),
        size: sizes[Number((data >> 16n) & 7n)] ?? 0,
        match: Number((data >> 7n) & 15n),
        compare,
      };
    case countType:
      return { kind: 'count', modes };
    default:
      return { kind: 'trap', modes, interrupt: type === interruptType, causes: compare };
  }
}

const countType = 3;
const interruptType = 4;
const addressType = 6;

/** Of the fields m, s, u, vs and vu, the sets of modes that `modeBit` counts. */
const modeBits = [1 << 3, 1 << 1, 1 << 0, 1 << 5, 1 << 4] as const;

/** By type: the places of m, s, u, vs and vu, and what can be written beside the type. Actions are breakpoints, 0. */
const layouts: Readonly<Record<number, { readonly modes: readonly bigint[]; readonly writable: bigint }>> = {
  [countType]: { modes: [9n, 7n, 6n, 26n, 25n], writable: 0x7ff_ffc0n },
  [interruptType]: { modes: [9n, 7n, 6n, 12n, 11n], writable: triggerBit.trapHit | 0x1ac0n },
  5: { modes: [9n, 7n, 6n, 12n, 11n], writable: triggerBit.trapHit | 0x1ac0n },
  [addressType]: { modes: [6n, 4n, 3n, 24n, 23n], writable: 0x1c7_07dfn },
};

/** Bytes by the field size; others do not exist in RV64. */
const sizes: Readonly<Record<number, number>> = { 0: 0, 1: 1, 2: 2, 3: 4, 5: 8 };
const matches = new Set([0, 1, 2, 3, 4, 5, 8, 9, 12, 13]);

function legalAddressTrigger(data: bigint): bigint {
  let legal = data;
  const size = Number((data >> 16n) & 7n);
  // The size of an instruction is not compared.
  if (!(size in sizes) || has(data, 2n)) legal &= ~(7n << 16n);
  if (!matches.has(Number((data >> 7n) & 15n))) legal &= ~(15n << 7n);
  return legal;
}

function has(data: bigint, place: bigint): boolean {
  return ((data >> place) & 1n) === 1n;
}
