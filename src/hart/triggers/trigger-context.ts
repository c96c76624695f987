import { csrSlot } from '../state-layout.ts';
import type { HartState } from '../state.ts';

/** Address space and virtual machine to which textra64 limits a trigger; `undefined` where it does not. */
export interface TriggerContext {
  readonly asid: number | undefined;
  readonly vmid: number | undefined;
}

/**
 * What textra64 (tdata3) holds after a write (Debug. Sdtrig): it can select by ASID and, where there are guests, by
 * VMID; contexts are not there to be selected by. Fields have as many bits as what they are compared with.
 */
export function legalExtra(written: bigint, guests: boolean): bigint {
  const space = (written & 3n) === bySpace ? bySpace : 0n;
  const kept = (written & spaceNumber) | space;
  if (!guests) return kept;
  const selection = (written >> machineSelection) & 7n;
  const machine = (selection & 3n) === byMachine ? selection : 0n;
  return kept | (written & machineNumber) | (machine << machineSelection);
}

/** What a value of textra64 limits a trigger to. */
export function readContext(extra: bigint): TriggerContext {
  const selection = (extra >> machineSelection) & 7n;
  return {
    asid: (extra & 3n) === bySpace ? Number((extra >> 2n) & 0xffffn) : undefined,
    // Debug. textra32, mhselect: its upper bit is the lowest of the number.
    vmid:
      (selection & 3n) === byMachine
        ? Number(((extra >> 51n) << 1n) | (selection >> 2n)) & 0x3fff
        : undefined,
  };
}

/** Is the hart in that context? `virtual`: the mode is VS or VU mode. */
export function isInContext({ asid, vmid }: TriggerContext, state: HartState, virtual: boolean): boolean {
  if (asid !== undefined && asid !== spaceOf(state, virtual)) return false;
  return vmid === undefined || vmid === ((state.high(csrSlot.hgatp) >>> 12) & 0x3fff);
}

function spaceOf(state: HartState, virtual: boolean): number {
  return (state.high(virtual ? csrSlot.vsatp : csrSlot.satp) >>> 12) & 0xffff;
}

/** Values of sselect, and of the low bits of mhselect. */
const bySpace = 2n;
const byMachine = 2n;
/** svalue, mhvalue, and where mhselect begins. */
const spaceNumber = 0xffffn << 2n;
const machineNumber = 0x1fffn << 51n;
const machineSelection = 48n;
