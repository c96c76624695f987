const firstCsrSlot = 76;

/** Slot numbers within a hart's area. A slot is eight bytes. */
export const hartSlot = {
  x: 0,
  /** Index 32 of the x registers: where writes to x0 go. */
  sink: 32,
  pc: 33,
  steps: 34,
  trapsTaken: 35,
  /** 0, 1 or 3, in the low half. */
  privilege: 36,
  /** 0 or 1, in the low half. */
  virtual: 37,
  reservationAddress: 38,
  /** 0 or 1, in the low half. */
  reservationValid: 39,
  /** 0 or 1, in the low half. */
  waiting: 40,
  /** A bit for each interrupt code, in the low half. */
  interruptLines: 41,
  /**
   * In the low half, not 0: a trigger fired at the last trap, or after the last instruction, and its breakpoint is to be
   * raised; 2: with an address of a guest.
   */
  firedTrigger: 42,
  /** The address that it tells of. */
  firedAddress: 43,
  /** f0 to f31. */
  f: 44,
  csr: firstCsrSlot,
  /** tdata1 and tdata2 of each trigger. */
  triggers: 184,
  /** Steps counted, and instructions retired, when counters of events were last brought up to date. */
  settledSteps: 192,
  settledRetired: 193,
  /** In the low half, 1: some counter of events is on. */
  countsEvents: 194,
  /** tdata3 of each trigger. */
  triggerExtras: 196,
} as const;

/** Slots in a hart's area. */
export const hartStateSlots = 208;
/** Bytes of a hart's area. */
export const hartStateBytes = 8 * hartStateSlots;

/** Byte offset of a slot within a hart's area, for code that addresses the wasm memory. */
export const slotOffset = (slot: number): number => 8 * slot;

/** CSRs that have bits of their own; the others are views of these, computed, or constant. */
export const storedCsrs = [
  'mstatus',
  'medeleg',
  'mideleg',
  'mie',
  /** The bits that software sets: SSIP, STIP, SEIP. Lines and timers are ORed in. */
  'mip',
  'mtvec',
  'mcounteren',
  'mcountinhibit',
  'mscratch',
  'mepc',
  'mcause',
  'mtval',
  'mtval2',
  'mtinst',
  'menvcfg',
  /** What to add to the steps counted; the value itself while mcountinhibit.CY is set. */
  'mcycle',
  /** What to add to the instructions retired; the value itself while mcountinhibit.IR is set. */
  'minstret',
  'stvec',
  'scounteren',
  'senvcfg',
  'sscratch',
  'sepc',
  'scause',
  'stval',
  'satp',
  'stimecmp',
  'hstatus',
  'hedeleg',
  'hideleg',
  'hcounteren',
  'henvcfg',
  'htimedelta',
  'htval',
  'htinst',
  'hvip',
  'hgatp',
  'vsstatus',
  'vstvec',
  'vsscratch',
  'vsepc',
  'vscause',
  'vstval',
  'vsatp',
  'vstimecmp',
  'fcsr',
  'pmpcfg0',
  'pmpcfg2',
  'pmpaddr0',
  'pmpaddr1',
  'pmpaddr2',
  'pmpaddr3',
  'pmpaddr4',
  'pmpaddr5',
  'pmpaddr6',
  'pmpaddr7',
  'pmpaddr8',
  'pmpaddr9',
  'pmpaddr10',
  'pmpaddr11',
  'pmpaddr12',
  'pmpaddr13',
  'pmpaddr14',
  'pmpaddr15',
  'tselect',
  'tcontrol',
  'mstateen0',
  'mstateen1',
  'mstateen2',
  'mstateen3',
  'hstateen0',
  'hstateen1',
  'hstateen2',
  'hstateen3',
  'mhpmcounter3',
  'mhpmevent3',
  'mhpmcounter4',
  'mhpmevent4',
  'mhpmcounter5',
  'mhpmevent5',
  'mhpmcounter6',
  'mhpmevent6',
] as const;

/** A CSR that has bits of its own. */
export type StoredCsr = (typeof storedCsrs)[number];

/** Which slot has the bits of a CSR. */
export const csrSlot = Object.fromEntries(
  storedCsrs.map((name, index) => [name, firstCsrSlot + index]),
) as Readonly<Record<StoredCsr, number>>;
