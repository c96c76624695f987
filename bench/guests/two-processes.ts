import { TinyGuest } from '../../test/vmm/tiny-guest.ts';

/**
 * What the kernel does for each system call: comes back at once, or goes on with the other process, whose translations
 * have an ASID of their own; or with the other one that has the same ASID, so that SFENCE.VMA is due, as in kernels that
 * use no ASIDs.
 */
export type KernelWork = 'return' | 'switch by ASID' | 'switch with SFENCE.VMA';

/** The root tables, and a process's registers: x1 to x31 by their numbers, then its pc, its satp and the other's address. */
const roots = [0x8060_0000, 0x8060_1000] as const;
const contexts = [0x8060_2000, 0x8060_3000] as const;
const [pcPlace, satpPlace, otherPlace] = [0, 8 * 32, 8 * 33];
/** Programs reach RAM here too, by a page of U mode: S mode runs no such page, and U mode none of S mode's. */
const userRam = 0x4000_0000;
const saved = Array.from({ length: 31 }, (_, index) => index + 1);
const a0 = 10;

/**
 * A kernel with two processes under Sv39 that do nothing but call it. The first one counts its calls in s0, from `times`
 * down to nothing, and ends the machine.
 */
export function twoProcesses(work: KernelWork, times: number): TinyGuest {
  const guest = new TinyGuest();
  for (const [index, root] of roots.entries()) {
    guest.li('t0', root);
    // Gigapages: devices and all RAM for programs, RAM for the kernel. V, R, W, X, A and D; and U.
    for (const [entry, physical, flags] of [
      [0, 0, 0xdf],
      [1, 0x8000_0000, 0xdf],
      [2, 0x8000_0000, 0xcf],
    ] as const)
      guest.li('t1', (physical >>> 12) * 1024 + flags).op('sd', { rs1: 't0', rs2: 't1', imm: 8 * entry });
    const asid = work === 'switch by ASID' ? BigInt(index + 1) : 0n;
    guest
      .li('t0', contexts[index] ?? 0)
      .li('t1', (8n << 60n) | (asid << 44n) | BigInt(root >>> 12))
      .op('sd', { rs1: 't0', rs2: 't1', imm: satpPlace })
      .li('t1', contexts[1 - index] ?? 0)
      .op('sd', { rs1: 't0', rs2: 't1', imm: otherPlace })
      .la('t1', index === 0 ? 'counting' : 'calling')
      .li('t2', 0x8000_0000 - userRam)
      .op('sub', { rd: 't1', rs1: 't1', rs2: 't2' })
      .op('sd', { rs1: 't0', rs2: 't1', imm: pcPlace });
  }
  guest
    .la('t0', 'handler')
    .csrw('stvec', 't0')
    .csrw('sstatus', 'zero')
    .li('t0', contexts[0])
    .csrw('sscratch', 't0')
    .op('ld', { rd: 't1', rs1: 't0', imm: pcPlace })
    .csrw('sepc', 't1')
    .op('ld', { rd: 't1', rs1: 't0', imm: satpPlace })
    .csrw('satp', 't1')
    .op('sfence.vma', { rs1: 'zero', rs2: 'zero' })
    .li('s0', times)
    .op('sret');
  // At a multiple of four, as stvec wants it; all of these instructions have four bytes.
  guest.label('handler');
  if (work === 'return') {
    guest.csrr('t0', 'sepc').op('addi', { rd: 't0', rs1: 't0', imm: 4 }).csrw('sepc', 't0').op('sret');
  } else writeSwitch(guest, work);
  return guest
    .label('counting')
    .op('ecall')
    .op('addi', { rd: 's0', rs1: 's0', imm: -1 })
    .branch('bne', 's0', 'zero', 'counting')
    .exit(0)
    .label('calling')
    .op('ecall')
    .jump('calling');
}

/** All registers go to the process's context, and the other's come back. */
function writeSwitch(guest: TinyGuest, work: KernelWork): void {
  guest.op('csrrw', { rd: 'a0', rs1: 'a0', csr: 'sscratch' });
  for (const number of saved)
    if (number !== a0) guest.op('sd', { rs1: 'a0', rs2: `x${number}`, imm: 8 * number });
  guest
    .csrr('t0', 'sscratch')
    .op('sd', { rs1: 'a0', rs2: 't0', imm: 8 * a0 })
    .csrr('t0', 'sepc')
    .op('addi', { rd: 't0', rs1: 't0', imm: 4 })
    .op('sd', { rs1: 'a0', rs2: 't0', imm: pcPlace })
    .op('ld', { rd: 'a0', rs1: 'a0', imm: otherPlace })
    .op('ld', { rd: 't0', rs1: 'a0', imm: satpPlace })
    .csrw('satp', 't0');
  if (work === 'switch with SFENCE.VMA') guest.op('sfence.vma', { rs1: 'zero', rs2: 'zero' });
  guest.op('ld', { rd: 't0', rs1: 'a0', imm: pcPlace }).csrw('sepc', 't0').csrw('sscratch', 'a0');
  for (const number of saved)
    if (number !== a0) guest.op('ld', { rd: `x${number}`, rs1: 'a0', imm: 8 * number });
  guest.op('ld', { rd: 'a0', rs1: 'a0', imm: 8 * a0 }).op('sret');
}
