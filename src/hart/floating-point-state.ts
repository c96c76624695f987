import { boxOf, floatFormats } from '../isa/float-formats.ts';
import type { FloatFormat } from '../isa/float-semantics.ts';
import { csrSlot } from './state-layout.ts';
import type { HartState } from './state.ts';
import { sstatusHigh, sstatusLow } from './status-bits.ts';

/** The value of an f register in a format: the canonical NaN where it holds no boxed value of that format. */
export function unboxed(register: bigint, format: FloatFormat): bigint {
  const box = boxOf(format);
  if ((register & box) !== box) return floatFormats[format].canonicalNaN;
  return register & ~box;
}

/** What an f register holds that was given a value of a format. */
export function boxed(value: bigint, format: FloatFormat): bigint {
  return BigInt.asUintN(64, value) | boxOf(format);
}

/**
 * Notes in mstatus, and with V = 1 in vsstatus too (Priv. hypervisor, vsstatus), that floating-point state was
 * changed. Gives whether that is news. A unit that is Off stays so: then it was no instruction that changed it.
 */
export function markFloatingPointDirty(state: HartState): boolean {
  const news = markDirty(state, csrSlot.mstatus);
  return (state.virtual && markDirty(state, csrSlot.vsstatus)) || news;
}

/** Likewise of the guest whose instruction a VMM does for it. */
export function markGuestFloatingPointDirty(state: HartState): void {
  markDirty(state, csrSlot.mstatus);
  markDirty(state, csrSlot.vsstatus);
}

/** mstatus or vsstatus with SD as the other fields make it: of the three units it sums up, there is only this one. */
export function withStateSummary(status: bigint): bigint {
  const isDirty = (Number(status & 0xffff_ffffn) & sstatusLow.FS) === sstatusLow.FS;
  return isDirty ? status | stateDirty : status & ~stateDirty;
}

const stateDirty = 1n << 63n;

function markDirty(state: HartState, slot: number): boolean {
  const low = state.low(slot);
  const field = low & sstatusLow.FS;
  if (field === 0 || field === sstatusLow.FS) return false;
  state.setLow(slot, low | sstatusLow.FS);
  state.setHigh(slot, state.high(slot) | sstatusHigh.SD);
  return true;
}
