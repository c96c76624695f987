import { assert } from '../common/errors.ts';
import type { CsrFile } from '../hart/csr-file.ts';
import { csrSlot, type StoredCsr } from '../hart/state-layout.ts';
import type { HartState } from '../hart/state.ts';
import { sstatusHigh, sstatusLow } from '../hart/status-bits.ts';
import { csrByName } from '../isa/csrs/index.ts';

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

/** Where they have their low halves. */
const storedHalves = Uint16Array.from(storedRegisters, (name) => 2 * csrSlot[name]);
const storedCount = storedRegisters.length;

/** Likewise registers that are part of others. */
const viewRegisters = ['sstatus', 'vsie'] as const;

/** The CSRs that are a vCPU's own, in the order in which a world switch stores them. */
export const switchedCsrs = [...storedRegisters, ...viewRegisters];

/** The name of one of `switchedCsrs`. */
export type SwitchedCsr = (typeof switchedCsrs)[number];

/** Whether a CSR is a vCPU's own: it can be asked for though another vCPU has the hart. */
export function isSwitchedCsr(name: string): name is SwitchedCsr {
  return (switchedCsrs as readonly string[]).includes(name);
}

// A switch is done without BigInts, and so by the halves of the registers: both are done a million times.

/** Halves at which sstatus and vsie lie, in the order of `switchedCsrs`. */
const status = 2 * storedCount;
const enables = status + 2;

/** Puts the registers of a vCPU, as halves in the order of `switchedCsrs`, into the hart. */
export function loadRegisters(state: HartState, csrs: Pick<CsrFile, 'loaded'>, values: Uint32Array): void {
  const { halves } = state;
  for (let index = 0; index < storedCount; index++) {
    const half = storedHalves[index] as number;
    halves[half] = values[2 * index] as number;
    halves[half + 1] = values[2 * index + 1] as number;
  }
  const wanted = values[status] as number;
  state.setLow(csrSlot.mstatus, (state.low(csrSlot.mstatus) & ~statusMask) | (wanted & statusMask));
  const isDirty = (wanted & sstatusLow.FS) === sstatusLow.FS;
  const rest = state.high(csrSlot.mstatus) & ~sstatusHigh.SD;
  state.setHigh(csrSlot.mstatus, isDirty ? rest | sstatusHigh.SD : rest);
  const mask = guestEnables(state);
  const enabled = (values[enables] as number) << enablesShift;
  state.setLow(csrSlot.mie, (state.low(csrSlot.mie) & ~mask) | (enabled & mask));
  csrs.loaded();
}

/** The inverse of `loadRegisters`. */
export function unloadRegisters(state: HartState, values: Uint32Array): void {
  const { halves } = state;
  for (let index = 0; index < storedCount; index++) {
    const half = storedHalves[index] as number;
    values[2 * index] = halves[half] as number;
    values[2 * index + 1] = halves[half + 1] as number;
  }
  values[status] = state.low(csrSlot.mstatus) & statusShown.low;
  values[status + 1] = state.high(csrSlot.mstatus) & statusShown.high;
  values[enables] = (state.low(csrSlot.mie) & guestEnables(state)) >>> enablesShift;
  values[enables + 1] = 0;
}

/** The bits of mie that vsie shows. */
function guestEnables(state: HartState): number {
  return enablesMask & state.low(csrSlot.hideleg);
}

const lowOf = (value: bigint): number => Number(BigInt.asIntN(32, value));

const statusView = viewOf('sstatus', 'mstatus');
const statusShown = { low: lowOf(statusView.mask), high: lowOf(statusView.mask >> 32n) };
/** What of the low half of mstatus is written by way of sstatus. */
const statusMask = lowOf(statusView.mask & statusView.writable);
const enablesView = viewOf('vsie', 'mie');
const enablesMask = lowOf(enablesView.mask & (enablesView.writable << BigInt(enablesView.shift)));
const enablesShift = enablesView.shift;

/** How one of `viewRegisters` shows another register, as its description says. */
function viewOf(name: (typeof viewRegisters)[number], shown: string) {
  const description = csrByName.get(name);
  assert(description?.viewOf?.register === shown, `${name} shows ${shown}`);
  const { mask, shift } = description.viewOf;
  return { mask, shift, writable: description.writable };
}
