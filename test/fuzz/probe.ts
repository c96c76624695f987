import { Assembler } from './assembler.ts';
import type { Segment } from './image.ts';
import { layout, ramBase } from './layout.ts';
import { finish } from './monitor.ts';
import type { Qemu } from './qemu.ts';

const csrCount = 0x1000;
const mstatus = 0x300;
const mtvec = 0x305;
const mepc = 0x341;

/** The addresses at which QEMU has a CSR. */
export async function probedCsrs(qemu: Qemu): Promise<ReadonlySet<number>> {
  const { arena } = await qemu.run(csrProbe());
  return new Set(Array.from({ length: csrCount }, (_, csr) => csr).filter((csr) => arena[csr] === 1));
}

/** A program that tries to read every CSR in M mode, and writes a byte for each: 1 where it could. */
function csrProbe(): readonly Segment[] {
  const a = new Assembler(ramBase);
  a.jump('jal', { rd: 1 }, 'boot');
  a.label('trap');
  a.readCsr(3, mepc);
  a.emit('addi', { rd: 3, rs1: 3, imm: 4 });
  a.writeCsr(mepc, 3);
  a.emit('addi', { rd: 1, rs1: 0, imm: 0 });
  a.emit('mret');
  a.label('boot');
  a.writeCsr(mtvec, 1);
  // The registers of floating point are there only while mstatus.FS is not Off.
  a.constant(4, 1n << 13n);
  a.writeCsr(mstatus, 4);
  a.constant(4, BigInt(layout.arena));
  for (let csr = 0; csr < csrCount; csr++) {
    a.emit('addi', { rd: 1, rs1: 0, imm: 1 });
    a.readCsr(2, csr);
    a.emit('sb', { rs2: 1, rs1: 4, imm: 0 });
    a.emit('addi', { rd: 4, rs1: 4, imm: 1 });
  }
  finish(a);
  return [{ address: ramBase, bytes: a.finish() }];
}
