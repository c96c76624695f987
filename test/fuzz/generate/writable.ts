import { fieldMask, type Csr } from '../../../src/isa/csr.ts';

/** Bits of a CSR that its description lets software write. */
export function writableBits({ fields, writable }: Csr): bigint {
  if (fields.length === 0) return writable;
  return fields.reduce((mask, field) => mask | fieldMask(field), 0n) & writable;
}
