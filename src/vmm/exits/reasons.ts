/**
 * Why guests leave to the VMM: RISC-V's causes, split as a person asks about them. One row makes a reason:
 * exception filters, statistics, documentation and the numbers in exit rows come from this table. Ids are
 * stable (they stand in launch configurations); the order is not.
 */
export const exitReasons = [
  {
    id: 'mmio-load',
    label: 'Device load',
    description: 'The guest loads from a device register: a load guest-page fault at a device address.',
  },
  {
    id: 'mmio-store',
    label: 'Device store',
    description:
      'The guest stores to a device register, or does an AMO on it: a store guest-page fault at a device address.',
  },
  {
    id: 'fetch-missing-mapping',
    label: 'Fetch, no mapping',
    description: 'The guest fetches where its second-stage tables map nothing and no device answers.',
  },
  {
    id: 'load-missing-mapping',
    label: 'Load, no mapping',
    description: 'The guest loads where its second-stage tables map nothing and no device answers.',
  },
  {
    id: 'store-missing-mapping',
    label: 'Store, no mapping',
    description: 'The guest stores where its second-stage tables map nothing and no device answers.',
  },
  {
    id: 'fetch-permission',
    label: 'Fetch, no permission',
    description: 'The guest fetches from a page whose second-stage entry lacks X.',
  },
  {
    id: 'load-permission',
    label: 'Load, no permission',
    description: 'The guest loads from a page whose second-stage entry lacks R.',
  },
  {
    id: 'store-permission',
    label: 'Store, no permission',
    description: 'The guest stores to a page whose second-stage entry lacks W.',
  },
  {
    id: 'virtual-csr',
    label: 'Virtual instruction: CSR',
    description: 'The guest accesses a CSR that virtual supervisor or user mode may not reach.',
  },
  {
    id: 'virtual-wfi',
    label: 'Virtual instruction: WFI',
    description: 'The guest waits for an interrupt, which hstatus.VTW turns into an exit.',
  },
  {
    id: 'virtual-sret',
    label: 'Virtual instruction: SRET',
    description: 'The guest executes SRET in user mode, or hstatus.VTSR traps it.',
  },
  {
    id: 'virtual-sfence',
    label: 'Virtual instruction: SFENCE',
    description: 'The guest executes SFENCE.VMA in user mode, or hstatus.VTVM traps it.',
  },
  {
    id: 'virtual-hypervisor',
    label: 'Virtual instruction: hypervisor',
    description: 'The guest executes a hypervisor instruction: HFENCE, HLV, HLVX or HSV.',
  },
  {
    id: 'hypercall',
    label: 'Hypercall',
    description: 'The guest kernel calls the SBI: an ECALL from virtual supervisor mode.',
  },
  {
    id: 'timer-interrupt',
    label: 'Timer interrupt',
    description: "The VMM's timer fires: a time slice is over, or a waiting vCPU's timer is due.",
  },
  {
    id: 'external-interrupt',
    label: 'External interrupt',
    description: 'A device of the machine asks for the VMM, as for a key typed at a console.',
  },
  {
    id: 'software-interrupt',
    label: 'Software interrupt',
    description: 'The VMM is asked for from outside of the guest, by an inter-processor interrupt.',
  },
  {
    id: 'breakpoint',
    label: 'Breakpoint',
    description: 'The guest executes EBREAK while the VMM intercepts breakpoints.',
  },
  {
    id: 'illegal-instruction',
    label: 'Illegal instruction',
    description: 'The guest executes an illegal instruction while the VMM intercepts these.',
  },
  {
    id: 'shutdown',
    label: 'Shutdown',
    description: 'The guest powers itself off, through the SBI or its test finisher.',
  },
  {
    id: 'reset',
    label: 'Reset',
    description: 'The guest resets itself, through the SBI or its test finisher.',
  },
  {
    id: 'exception',
    label: 'Other exception',
    description:
      'The guest raises an exception that its VMM keeps for itself: an access fault or a misaligned access, say.',
  },
] as const satisfies readonly ExitReasonRow[];

/** A reason as filters, views and documentation show it. */
export interface ExitReasonRow {
  readonly id: string;
  readonly label: string;
  readonly description: string;
}

/** The id of a reason: `mmio-store`. */
export type ExitReason = (typeof exitReasons)[number]['id'];

/** The number by which exit rows hold a reason: its place in the table. */
export const reasonNumber = Object.fromEntries(exitReasons.map(({ id }, index) => [id, index])) as Readonly<
  Record<ExitReason, number>
>;
