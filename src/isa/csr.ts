import type { ExtensionName } from './configuration/extensions.ts';
import type { Guard } from './instruction.ts';

/** Who may write a field, and what a write does to it (Priv. CSR field specifications). */
export type FieldRule = 'WARL' | 'WLRL' | 'WPRI' | 'RO';

/** A field of a CSR. `legal` says which values a WARL field takes; a write of another leaves it as it was. */
export interface CsrField {
  readonly name: string;
  readonly high: number;
  readonly low: number;
  readonly rule: FieldRule;
  readonly summary: string;
  readonly legal?: readonly number[];
  /** Extensions without which a legal value is none. */
  readonly legalNeeds?: Readonly<Record<number, ExtensionName>>;
  /** Extensions without which the field is read-only zero. */
  readonly needs?: readonly ExtensionName[];
  /** Names of values, for views: `{ 0: 'Bare', 8: 'Sv39' }`. */
  readonly values?: Readonly<Record<number, string>>;
}

/** How a register shows part of another: it holds nothing itself. */
export interface CsrView {
  readonly register: string;
  /** Bits of the other register that are seen, at their places there. */
  readonly mask: bigint;
  /** Bits of the other register appear this much lower: `vsie.SSIE` (1) is `mie.VSSIE` (2). */
  readonly shift: number;
  /** A register whose bits, at the same places, allow the view; where one is 0 the view's is read-only zero. */
  readonly gate?: string;
}

/**
 * A control and status register, described once. The address holds the lowest privilege that may reach it
 * (bits 9:8) and whether it is read-only (bits 11:10 = 3), Priv. CSR address mapping.
 */
export interface Csr {
  readonly name: string;
  readonly address: number;
  readonly summary: string;
  /** The chapter that defines it. */
  readonly source: string;
  /** Its value after reset, read-only fields included. */
  readonly reset: bigint;
  /** Empty for a register that is one plain number (`sepc`). */
  readonly fields: readonly CsrField[];
  /** Bits that a write by this name may change; all others keep their value. */
  readonly writable: bigint;
  /** It holds the address of an instruction: its low bits are zero where instructions are aligned to more than two bytes. */
  readonly holdsPc?: true;
  /** An illegal value in any field makes the whole write void (Priv. supervisor level, satp), not only that field's. */
  readonly voidsIllegalWrites: boolean;
  /** The register that V = 1 puts in its place: `sstatus` → `vsstatus`. */
  readonly virtualAlias?: string;
  /** Extensions without which the register does not exist. */
  readonly needs?: readonly ExtensionName[];
  readonly viewOf?: CsrView;
  /**
   * When an access raises an exception, reads and writes alike, by mode and CSR fields; the first that holds
   * decides. The privilege that the address demands is among them; that a write to a read-only register is an
   * illegal instruction is not.
   */
  readonly guards: readonly Guard[];
}

/** Priv. CSR address mapping: a write to such a register is an illegal instruction, whatever the mode. */
export function isReadOnly(csr: Csr): boolean {
  return csr.address >>> 10 === 3;
}

/** The field's value in a register value. */
export function fieldValue(field: CsrField, value: bigint): bigint {
  return (value & fieldMask(field)) >> BigInt(field.low);
}

/** The register value with another value in the field; bits that do not fit are dropped. */
function withField(field: CsrField, value: bigint, fieldContent: bigint): bigint {
  const mask = fieldMask(field);
  return (value & ~mask) | ((fieldContent << BigInt(field.low)) & mask);
}

/** The bits of the register that the field has. */
export function fieldMask({ high, low }: CsrField): bigint {
  return ((1n << BigInt(high - low + 1)) - 1n) << BigInt(low);
}

/**
 * What the register holds after `written` is written over `old`, as far as the description alone tells: read-only
 * bits stay, WARL fields keep their value where the new one is not legal.
 */
export function legalize(csr: Csr, old: bigint, written: bigint): bigint {
  let value = (old & ~csr.writable) | (written & csr.writable);
  for (const field of csr.fields) {
    if (field.legal === undefined || field.legal.includes(Number(fieldValue(field, value)))) continue;
    if (csr.voidsIllegalWrites) return old;
    value = withField(field, value, fieldValue(field, old));
  }
  return value;
}
