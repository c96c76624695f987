import { assert } from '../../common/errors.ts';
import type { Csr } from '../../isa/csr.ts';
import { csrByAddress, csrByName } from '../../isa/csrs/index.ts';
import type { DecodedInstruction } from '../../isa/instruction.ts';
import { csrSlot, type StoredCsr } from '../state-layout.ts';

const everyBit = 0xffff_ffff_ffff_ffffn;

/** An access to a CSR that wasm does by itself. */
export interface CsrAccess {
  readonly register: SimpleCsr;
  readonly change: CsrChange;
}

/** What becomes of the register: nothing, or a change by a register operand or a constant. */
export type CsrChange = 'read' | `${'write' | 'set' | 'clear'} by ${'rs1' | 'zimm'}`;

/** A CSR whose bits lie in the hart's state as they are read, and whose writes have no effects but the new value. */
export interface SimpleCsr {
  readonly csr: Csr;
  /** Where it lies, and where with V = 1. */
  readonly slot: number;
  readonly guestSlot: number;
  /** Bits that are seen. */
  readonly visible: bigint;
  /** Bits that a write may change, with V = 0 or V = 1. */
  readonly writable: bigint;
  /** Is it sstatus: a change of most of its bits has effects? */
  readonly isStatus: boolean;
}

/** The registers of trap handlers, and what turns interrupts on and off. */
const simpleCsrs: readonly SimpleCsr[] = [
  'sstatus',
  'sscratch',
  'sepc',
  'scause',
  'stval',
  'mscratch',
  'mepc',
  'mcause',
  'mtval',
].map((name) => simpleCsr(named(name)));

const changes: Readonly<Record<string, CsrChange>> = {
  csrrw: 'write by rs1',
  csrrs: 'set by rs1',
  csrrc: 'clear by rs1',
  csrrwi: 'write by zimm',
  csrrsi: 'set by zimm',
  csrrci: 'clear by zimm',
};

/** All accesses that wasm does. */
export const csrAccesses: readonly CsrAccess[] = simpleCsrs.flatMap((register) =>
  (['read', ...Object.values(changes)] as const).map((change) => ({ register, change })),
);

const accesses: ReadonlyMap<number, Readonly<Partial<Record<CsrChange, CsrAccess>>>> = new Map(
  simpleCsrs.map(({ csr }) => [
    csr.address,
    Object.fromEntries(
      csrAccesses.filter(({ register }) => register.csr === csr).map((access) => [access.change, access]),
    ),
  ]),
);

/** The access that an instruction is; `undefined` where it is none, or one that is done outside. */
export function csrAccessOf({ instruction, csr, rs1, zimm }: DecodedInstruction): CsrAccess | undefined {
  const change = changes[instruction.mnemonic];
  if (change === undefined) return undefined;
  // Unpriv. Zicsr: to set or clear by x0 or 0 is no write at all.
  const isRead = !change.startsWith('write') && (change.endsWith('rs1') ? rs1 : zimm) === 0;
  return accesses.get(csr)?.[isRead ? 'read' : change];
}

function simpleCsr(csr: Csr): SimpleCsr {
  const guest = csr.virtualAlias === undefined ? csr : named(csr.virtualAlias);
  return {
    csr,
    slot: slotOf(csr.viewOf?.register ?? csr.name),
    guestSlot: slotOf(guest.name),
    visible: csr.viewOf?.mask ?? everyBit,
    writable: csr.writable | guest.writable,
    isStatus: csr.name === 'sstatus',
  };
}

function named(name: string): Csr {
  const csr = csrByName.get(name);
  assert(csr !== undefined && csrByAddress.has(csr.address), `there is a CSR ${name}`);
  return csr;
}

function slotOf(name: string): number {
  const slot = csrSlot[name as StoredCsr] as number | undefined;
  assert(slot !== undefined, `${name} is stored`);
  return slot;
}
