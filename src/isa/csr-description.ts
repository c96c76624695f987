import { fieldMask, type Csr, type CsrField, type CsrView } from './csr.ts';
import type { Guard } from './instruction.ts';

type Optional = 'reset' | 'fields' | 'writable' | 'voidsIllegalWrites' | 'guards' | 'viewOf';

/** What a file of this folder says of a register; the rest has a usual value. */
export interface CsrDescription extends Omit<Csr, Optional> {
  /** 0 where not said. */
  readonly reset?: bigint;
  readonly fields?: readonly CsrField[];
  /** Where not said: all fields that are not RO or WPRI; all bits of a register without fields. */
  readonly writable?: bigint;
  readonly voidsIllegalWrites?: true;
  /** Beyond what the address demands. These come first. */
  readonly guards?: readonly Guard[];
  readonly viewOf?: Omit<CsrView, 'shift'> & { readonly shift?: number };
}

/** A CSR of its description, with what follows from its address. */
export function csr({ viewOf, ...description }: CsrDescription): Csr {
  const { address, reset = 0n, fields = [], guards = [], voidsIllegalWrites = false } = description;
  const writable = description.writable ?? (address >>> 10 === 3 ? 0n : writableBits(fields));
  return {
    ...description,
    ...(viewOf && { viewOf: { shift: 0, ...viewOf } }),
    reset,
    fields,
    writable,
    voidsIllegalWrites,
    guards: [...guards, ...addressGuards(address)],
  };
}

type FieldDetails = Pick<Partial<CsrField>, 'rule' | 'legal' | 'legalNeeds' | 'values' | 'needs'>;

/** A field of one bit; see `bits`. */
export function bit(name: string, position: number, summary: string, details: FieldDetails = {}): CsrField {
  return bits(name, position, position, summary, details);
}

/** A field from bit `high` down to bit `low`; WARL where `details` do not say otherwise. */
export function bits(
  name: string,
  high: number,
  low: number,
  summary: string,
  details: FieldDetails = {},
): CsrField {
  return { name, high, low, rule: 'WARL', summary, ...details };
}

/** For a field that this machine hardwires. */
export const readOnly = { rule: 'RO' } as const;

const everyBit = 0xffff_ffff_ffff_ffffn;

function writableBits(fields: readonly CsrField[]): bigint {
  if (fields.length === 0) return everyBit;
  return fields
    .filter(({ rule }) => rule === 'WARL' || rule === 'WLRL')
    .reduce((mask, field) => mask | fieldMask(field), 0n);
}

/** Priv. CSR address mapping (bits 9:8 of the address) and 18.6.1 (which of these a hypervisor gets to see). */
function addressGuards(address: number): readonly Guard[] {
  const source = 'Priv. CSR address mapping';
  const virtualSource = 'Priv. hypervisor, trap cause codes';
  switch ((address >>> 8) & 3) {
    case 0:
      return [];
    case 1:
      return [
        { modes: ['U'], raises: 'illegal-instruction', source },
        { modes: ['VU'], raises: 'virtual-instruction', source: virtualSource },
      ];
    case 2:
      return [
        { modes: ['U'], raises: 'illegal-instruction', source },
        { modes: ['VS', 'VU'], raises: 'virtual-instruction', source: virtualSource },
      ];
    default:
      return [{ modes: ['HS', 'U', 'VS', 'VU'], raises: 'illegal-instruction', source }];
  }
}
