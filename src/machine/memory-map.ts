/**
 * Where QEMU's `virt` board has its devices, and which PLIC source each interrupts: guests built for that board
 * find everything where they expect it.
 */
export const virtMemoryMap = {
  finisher: { base: 0x0010_0000, size: 0x1000 },
  rtc: { base: 0x0010_1000, size: 0x1000, interrupt: 11 },
  clint: { base: 0x0200_0000, size: 0x1_0000 },
  plic: { base: 0x0c00_0000, size: 0x60_0000 },
  uart0: { base: 0x1000_0000, size: 0x100, interrupt: 10 },
  /** The first of the slots; the others follow, and so do their interrupts. */
  virtio: { base: 0x1000_1000, size: 0x1000, interrupt: 1 },
  ram: { base: 0x8000_0000 },
} as const;

/** Places for virtio devices. */
export const virtioSlotCount = 8;

/** Sources of the board's PLIC, numbered from 1. */
export const virtPlicSources = 96;

/** Where a supervisor-mode payload (a kernel) is put when firmware lies at the start of RAM. */
export const kernelOffset = 0x20_0000;
