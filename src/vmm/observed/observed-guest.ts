/** A guest of a VMM that is software of the machine: as much as the hart shows of it. */
export interface ObservedGuest {
  /** From its VMID: `vmid1`. */
  readonly name: string;
  /** hgatp.VMID, by which the hart itself tells guests apart. */
  readonly vmid: number;
  /** Its second-stage root register when it last ran. */
  readonly hgatp: bigint;
  /** The hart that ran it last. */
  readonly hart: number;
  readonly exits: number;
  /** Steps in VS and VU mode, up to its last exit. */
  readonly steps: number;
}

/** The VMID of a value of hgatp (Priv. hypervisor, hgatp: bits 57 to 44). */
export function vmidOf(hgatp: bigint): number {
  return Number(BigInt.asUintN(14, hgatp >> 44n));
}

/** What a guest is called, by its VMID. */
export function guestNameOf(vmid: number): string {
  return `vmid${vmid}`;
}
