import type { CsrFile } from '../hart/csr-file.ts';
import { csrSlot, type HartState, type StoredCsr } from '../hart/state.ts';

/**
 * What a world switch exchanges: registers that the hart stores as such. They are all exchanged before anything is
 * translated, so Priv. 18.5.3 (vsatp last, or translations of one guest get under the VMID of another) is kept.
 */
const storedRegisters = [
  'sepc',
  'hstatus',
  'scounteren',
  'senvcfg',
  'vsstatus',
  'vstvec',
  'vsscratch',
  'vsepc',
  'vscause',
  'vstval',
  'hvip',
  'htimedelta',
  'vstimecmp',
  'hgatp',
  'vsatp',
  'fcsr',
] as const satisfies readonly StoredCsr[];

const storedSlots = storedRegisters.map((name) => csrSlot[name]);

/** Likewise registers that are part of others. */
const viewRegisters = ['sstatus', 'vsie'] as const;

/** The CSRs that are a vCPU's own, in the order in which a world switch stores them. */
export const switchedCsrs = [...storedRegisters, ...viewRegisters];

export type SwitchedCsr = (typeof switchedCsrs)[number];

/** Whether a CSR is a vCPU's own: it can be asked for though another vCPU has the hart. */
export function isSwitchedCsr(name: string): name is SwitchedCsr {
  return (switchedCsrs as readonly string[]).includes(name);
}

/** Puts the registers of a vCPU, in the order of `switchedCsrs`, into the hart. */
export function loadRegisters(state: HartState, csrs: CsrFile, values: BigUint64Array): void {
  // What came out of stored registers is legal, and goes back as it is.
  for (let index = 0; index < storedSlots.length; index++)
    state.slots[storedSlots[index] as number] = values[index] as bigint;
  viewRegisters.forEach((name, index) => csrs.poke(name, values[storedSlots.length + index] as bigint));
  csrs.loaded();
}

/** The inverse of `loadRegisters`. */
export function unloadRegisters(state: HartState, csrs: CsrFile, values: BigUint64Array): void {
  for (let index = 0; index < storedSlots.length; index++)
    values[index] = state.slots[storedSlots[index] as number] as bigint;
  viewRegisters.forEach((name, index) => {
    values[storedSlots.length + index] = csrs.peek(name);
  });
}
