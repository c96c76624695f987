import { csrSlot, hartSlot } from '../state-layout.ts';
import type { HartState } from '../state.ts';
import { mstatusHigh, mstatusLow, sstatusLow } from '../status-bits.ts';

/**
 * What decides how a hart translates fetches and normal accesses, as words that can be compared: the modes and
 * status bits, then the halves of satp, vsatp and hgatp. Registers that have no say are 0, so that M mode and a
 * VMM keep one context whatever guest they serve. It says the same as `fetchRegime` and `accessRegime`, without
 * allocating: it is made at every change of privilege.
 */
export type ContextKey = Int32Array;
/** Length of a `ContextKey`: a word of flags, and two for each register. */
export const contextKeyWords = 7;

/** Bits of a key's first word, and where two of its fields begin. */
export const contextFlag = {
  fetchVirtual: 1 << 2,
  dataPrivilege: 3,
  dataVirtual: 1 << 5,
  sum: 1 << 6,
  mxr: 1 << 7,
  guestMxr: 1 << 8,
};

/** Where the registers lie in the hart's state: looked up here once, for a look-up costs more than a comparison. */
const half = {
  mstatus: 2 * csrSlot.mstatus,
  vsstatus: 2 * csrSlot.vsstatus,
  satp: 2 * csrSlot.satp,
  vsatp: 2 * csrSlot.vsatp,
  hgatp: 2 * csrSlot.hgatp,
  privilege: 2 * hartSlot.privilege,
  virtual: 2 * hartSlot.virtual,
} as const;

/** Writes the key of the hart's present context into `key`. */
export function readContextKey(state: HartState, key: ContextKey): void {
  const { halves } = state;
  const mstatus = halves[half.mstatus] as number;
  const fetchPrivilege = halves[half.privilege] as number;
  const fetchVirtual = halves[half.virtual] !== 0;
  let privilege = fetchPrivilege;
  let virtual = fetchVirtual;
  if (privilege === 3 && (mstatus & mstatusLow.MPRV) !== 0) {
    // Priv. 3.1.6.3: loads and stores are made as though in the mode that MPP and MPV say.
    privilege = (mstatus & mstatusLow.MPP) >>> 11;
    virtual = privilege !== 3 && ((halves[half.mstatus + 1] as number) & mstatusHigh.MPV) !== 0;
  }
  let flags = fetchPrivilege | (privilege << contextFlag.dataPrivilege);
  if (fetchVirtual) flags |= contextFlag.fetchVirtual;
  if (virtual) flags |= contextFlag.dataVirtual;
  if (privilege !== 3) {
    const status = virtual ? (halves[half.vsstatus] as number) : mstatus;
    if (privilege === 1 && (status & sstatusLow.SUM) !== 0) flags |= contextFlag.sum;
    if (((status | mstatus) & sstatusLow.MXR) !== 0) flags |= contextFlag.mxr;
    if ((mstatus & mstatusLow.MXR) !== 0) flags |= contextFlag.guestMxr;
  }
  key[0] = flags;
  const isSupervisors = (!fetchVirtual && fetchPrivilege !== 3) || (!virtual && privilege !== 3);
  const isGuests = fetchVirtual || virtual;
  key[1] = isSupervisors ? (halves[half.satp] as number) : 0;
  key[2] = isSupervisors ? (halves[half.satp + 1] as number) : 0;
  key[3] = isGuests ? (halves[half.vsatp] as number) : 0;
  key[4] = isGuests ? (halves[half.vsatp + 1] as number) : 0;
  key[5] = isGuests ? (halves[half.hgatp] as number) : 0;
  key[6] = isGuests ? (halves[half.hgatp + 1] as number) : 0;
}

/**
 * The flags of the context to which a system call, or its return, leads from one of (V)U or (V)S mode, where that is all
 * that differs: neither SUM nor MXR is set.
 */
export function callPartner(key: ContextKey): number | undefined {
  const flags = key[0] as number;
  const guest = flags & guestFlags;
  if (guest !== 0 && guest !== guestFlags) return undefined;
  const mode = flags & ~guestFlags;
  if (mode === userFlags) return guest | supervisorFlags;
  return mode === supervisorFlags ? guest | userFlags : undefined;
}

const userFlags = 0;
const supervisorFlags = 1 | (1 << contextFlag.dataPrivilege);
const guestFlags = contextFlag.fetchVirtual | contextFlag.dataVirtual;
