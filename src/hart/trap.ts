/**
 * Trap causes (Priv. table 3.6 and 18.6). Interrupts have bit 63 of the cause register set; here that is
 * `interrupt`, and `code` is the rest.
 */
export const exceptionCode = {
  instructionAddressMisaligned: 0,
  instructionAccessFault: 1,
  illegalInstruction: 2,
  breakpoint: 3,
  loadAddressMisaligned: 4,
  loadAccessFault: 5,
  storeAddressMisaligned: 6,
  storeAccessFault: 7,
  ecallFromU: 8,
  ecallFromS: 9,
  ecallFromVs: 10,
  ecallFromM: 11,
  instructionPageFault: 12,
  loadPageFault: 13,
  storePageFault: 15,
  instructionGuestPageFault: 20,
  loadGuestPageFault: 21,
  virtualInstruction: 22,
  storeGuestPageFault: 23,
} as const;

/** Of interrupts, which are the numbers of their bits in mip and mie, too. */
export const interruptCode = {
  supervisorSoftware: 1,
  virtualSupervisorSoftware: 2,
  machineSoftware: 3,
  supervisorTimer: 5,
  virtualSupervisorTimer: 6,
  machineTimer: 7,
  supervisorExternal: 9,
  virtualSupervisorExternal: 10,
  machineExternal: 11,
  supervisorGuestExternal: 12,
  counterOverflow: 13,
} as const;

/** A trap that an instruction caused or an interrupt that is due: a value, not an error. */
export interface Trap {
  readonly kind: 'trap';
  readonly interrupt: boolean;
  readonly code: number;
  /** For mtval, stval or vstval. */
  readonly tval: bigint;
  /** Guest-physical address >> 2, for mtval2 or htval; 0 where none. */
  readonly tval2: bigint;
  /** Transformed instruction for mtinst or htinst (Priv. 18.6.3); 0 where none. */
  readonly tinst: bigint;
  /** Is tval a guest virtual address? Sets mstatus.GVA or hstatus.GVA. */
  readonly gva: boolean;
}

/** Privilege as the hart encodes it, and virtualization mode. */
export type Privilege = 0 | 1 | 3;

/** A trap as it was taken: what the debugger's stack and trap breakpoints are made of. */
export interface TakenTrap {
  readonly trap: Trap;
  /** Steps counted before the trap. */
  readonly step: number;
  readonly pc: bigint;
  readonly from: { readonly privilege: Privilege; readonly virtual: boolean };
  readonly to: { readonly privilege: Privilege; readonly virtual: boolean };
}

/** A synchronous exception without more to tell than its code and tval. */
export function exception(code: number, tval = 0n): Trap {
  return { kind: 'trap', interrupt: false, code, tval, tval2: 0n, tinst: 0n, gva: false };
}
