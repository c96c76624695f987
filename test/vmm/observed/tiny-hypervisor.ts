import type { MachineImage } from '../../../src/machine/image.ts';
import { kernelBase, TinyGuest } from '../tiny-guest.ts';

export const vmid = 5;
/** The root of the second stage: guest-physical memory from 0x80000000 on is the machine's. */
const root = 0x8040_0000;
/** What the hypervisor leaves here, its guest can read. */
export const givenWord = root - 8;
const gigapage = (0x8000_0000n >> 2n) | 0xdfn;
const hgatp = (8n << 60n) | (BigInt(vmid) << 44n) | BigInt(root >>> 12);
const debugConsole = 0x4442_434e;
const writeByte = 2;
const systemReset = 0x5352_5354;
const environmentCall = 10;

/**
 * Software in HS mode that runs a guest in VS mode: it hands the guest's SBI calls on to the firmware, and skips
 * everything else. The guest prints `A`, stores `B` to a device, loads from it, names a CSR of the hypervisor, and
 * shuts down.
 */
export function tinyHypervisor(): MachineImage {
  const code = new TinyGuest()
    .li('t0', root)
    .li('t1', gigapage)
    .op('sd', { rs1: 't0', rs2: 't1', imm: 16 })
    .op('sd', { rs1: 't0', rs2: 't1', imm: givenWord - root })
    .li('t0', hgatp)
    .csrw('hgatp', 't0')
    .op('hfence.gvma', { rs1: 'zero', rs2: 'zero' })
    .la('t0', 'handler')
    .csrw('stvec', 't0')
    // SPV and SPVP, and SPP: SRET then enters VS mode.
    .li('t0', 0x180)
    .op('csrrs', { rd: 'zero', rs1: 't0', csr: 'hstatus' })
    .li('t0', 0x100)
    .op('csrrs', { rd: 'zero', rs1: 't0', csr: 'sstatus' })
    .la('t0', 'guest')
    .csrw('sepc', 't0')
    .op('sret')
    .label('handler')
    .csrr('t4', 'sepc')
    .op('addi', { rd: 't4', rs1: 't4', imm: 4 })
    .csrw('sepc', 't4')
    .csrr('t5', 'scause')
    .li('t6', environmentCall)
    .branch('bne', 't5', 't6', 'resume')
    .op('ecall')
    .label('resume')
    .op('sret')
    .label('guest')
    .sbi(debugConsole, writeByte, 0x41)
    .li('t0', 0x1000_0000)
    .li('t1', 0x42)
    .op('sb', { rs1: 't0', rs2: 't1' })
    .op('lbu', { rd: 't2', rs1: 't0', imm: 5 })
    .csrr('t3', 'hgatp')
    .sbi(systemReset, 0, 0, 0);
  const start = BigInt(kernelBase);
  return { segments: [{ address: start, bytes: code.bytes() }], entry: start };
}
