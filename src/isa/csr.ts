/** Who may write a field, and what a write does to it (Priv. 2.3). */
export type FieldRule = 'WARL' | 'WLRL' | 'WPRI' | 'RO';

/** A field of a CSR. `legal` says which values a WARL field takes; a write of another leaves it as it was. */
export interface CsrField {
  readonly name: string;
  readonly high: number;
  readonly low: number;
  readonly rule: FieldRule;
  readonly summary: string;
  readonly legal?: readonly number[];
  /** Names of values, for views: `{ 0: 'Bare', 8: 'Sv39' }`. */
  readonly values?: Readonly<Record<number, string>>;
}

/**
 * A control and status register, described once. The address holds the lowest privilege that may reach it
 * (bits 9:8) and whether it is read-only (bits 11:10 = 3), Priv. 2.1.
 */
export interface Csr {
  readonly name: string;
  readonly address: number;
  readonly summary: string;
  /** The chapter that defines it. */
  readonly source: string;
  readonly reset: bigint;
  /** Empty for a register that is one plain number (`sepc`). */
  readonly fields: readonly CsrField[];
  /** Bits a write may change, where `fields` does not say it all. */
  readonly writable: bigint;
  /** The register that V = 1 puts in its place: `sstatus` → `vsstatus`. */
  readonly virtualAlias?: string;
  /** A view of part of another register: `sstatus` of `mstatus`. Reads and writes go there through `mask`. */
  readonly viewOf?: { readonly register: string; readonly mask: bigint };
}
