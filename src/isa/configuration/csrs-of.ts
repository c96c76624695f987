import { fieldMask, type Csr, type CsrField } from '../csr.ts';
import { allCsrs, csrByName } from '../csrs/index.ts';
import type { Isa } from './isa.ts';

/** The CSRs of a machine of this instruction set; fields and values that it does not have are read-only zero. */
export function csrsOf(isa: Isa): readonly Csr[] {
  let csrs = known.get(isa);
  if (csrs === undefined) {
    csrs = allCsrs.filter((csr) => isa.includes(csr)).map((csr) => adapt(csr, isa));
    known.set(isa, csrs);
  }
  return csrs;
}

/** Every hart asks. */
const known = new WeakMap<Isa, readonly Csr[]>();

function adapt(csr: Csr, isa: Isa): Csr {
  const absent = csr.fields.filter((field) => !isa.includes(field));
  const gone = absent.reduce((mask, field) => mask | fieldMask(field), 0n);
  const fields = csr.fields.filter((field) => !absent.includes(field)).map((field) => withLegal(field, isa));
  // What a register that is not there would forbid is allowed.
  const guards = csr.guards.filter(({ field }) => isThere(field?.split('.')[0], isa));
  // Priv. machine level, mepc: where only IALIGN = 32 is supported, the two low bits are always zero.
  const unaligned = csr.holdsPc === true ? BigInt(isa.instructionAlignment - 1) : 0n;
  return { ...csr, fields, guards, reset: csr.reset & ~gone, writable: csr.writable & ~gone & ~unaligned };
}

function isThere(register: string | undefined, isa: Isa): boolean {
  const csr = register === undefined ? undefined : csrByName.get(register);
  return csr === undefined || isa.includes(csr);
}

function withLegal(field: CsrField, isa: Isa): CsrField {
  const { legal, legalNeeds = {} } = field;
  if (legal === undefined) return field;
  const isLegal = (value: number): boolean => {
    const extension = legalNeeds[value];
    return extension === undefined || isa.has(extension);
  };
  return { ...field, legal: legal.filter(isLegal) };
}
