import assert from 'node:assert/strict';
import { csrByName } from '../../src/isa/csrs/index.ts';
import { Assembler } from './assembler.ts';
import { caseField } from './case.ts';
import { layout, stub } from './layout.ts';
import { floatSlot, logMagic, recordSlots } from './log.ts';

/** Traps that a case may take before it is ended. */
const trapBudget = 14;

/** mstatus.FS = Dirty. */
const floatingPointOn = 3n << 13n;

/** Instructions of the monitor's own between its two looks at minstret: before a case, and after a trap. */
export const monitorInstructions = { begin: 67, resume: 39 } as const;

/**
 * The M-mode program of a fuzzing image. It runs the cases one after the other, each from the state that its
 * description gives; at every trap into M mode it appends all state to the log, and goes on after the instruction
 * that trapped.
 */
export function monitor(csrs: readonly string[]): Uint8Array {
  const a = new Assembler(layout.monitor);
  const set = (name: string, value: bigint): void => {
    a.constant(1, value);
    a.writeCsr(csr(name), 1);
  };
  const recordBytes = 8 * recordSlots(csrs);

  a.jump('jal', { rd: 1 }, 'boot');
  a.label('trap');
  a.emit('csrrw', { rd: 31, rs1: 31, csr: csr('mscratch') });
  for (let register = 1; register < 31; register++) a.store(register, 31, 8 * register);
  a.readCsr(1, csr('mscratch'));
  a.store(1, 31, 8 * 31);
  a.readCsr(1, csr('minstret'));
  a.constant(29, BigInt(layout.variables));
  a.load(2, 29, layout.resumedAt);
  a.emit('sub', { rd: 1, rs1: 1, rs2: 2 });
  a.store(1, 31, 8 * 32);
  for (const [index, name] of csrs.entries()) {
    a.readCsr(1, csr(name));
    a.store(1, 31, 8 * (33 + index));
  }
  a.constant(2, floatingPointOn);
  a.emit('csrrs', { rd: 1, rs1: 2, csr: csr('mstatus') });
  for (let register = 0; register < 32; register++)
    a.emit('fsd', { rs1: 31, rs2: register, imm: 8 * (floatSlot(csrs) + register) });
  a.readCsr(3, csr('fcsr'));
  a.store(3, 31, 8 * (floatSlot(csrs) + 32));
  // As it was.
  a.emit('csrrc', { rd: 0, rs1: 2, csr: csr('mstatus') });
  a.emit('and', { rd: 1, rs1: 1, rs2: 2 });
  a.emit('csrrs', { rd: 0, rs1: 1, csr: csr('mstatus') });
  a.constant(1, logMagic.trap);
  a.store(1, 31, 0);
  // knownDifferences: mprv-stale. A write of MPRV makes QEMU forget what it knows of pages.
  a.constant(1, 1n << 17n);
  a.emit('csrrc', { rd: 2, rs1: 1, csr: csr('mstatus') });
  a.emit('and', { rd: 1, rs1: 1, rs2: 2 });
  a.store(1, 29, layout.modifiesPrivilege);
  a.emit('addi', { rd: 30, rs1: 31, imm: 0 });
  a.emit('addi', { rd: 31, rs1: 31, imm: recordBytes });
  a.writeCsr(csr('mscratch'), 31);
  a.load(28, 29, layout.casePointer);
  a.load(1, 29, layout.trapsLeft);
  a.emit('addi', { rd: 1, rs1: 1, imm: -1 });
  a.store(1, 29, layout.trapsLeft);
  a.jump('blt', { rs1: 1, rs2: 0 }, 'end-of-case');
  a.readCsr(2, csr('mcause'));
  a.readCsr(3, csr('mepc'));
  a.jump('blt', { rs1: 2, rs2: 0 }, 'interrupt');
  // Calls of the handlers below: 9 is HS mode's, 10 VS mode's.
  a.emit('addi', { rd: 4, rs1: 0, imm: 9 });
  a.jump('beq', { rs1: 2, rs2: 4 }, 'hs');
  a.emit('addi', { rd: 4, rs1: 0, imm: 10 });
  a.jump('beq', { rs1: 2, rs2: 4 }, 'vs');

  a.label('exception');
  skipInstruction(a);
  a.writeCsr(csr('mepc'), 3);
  a.label('resume');
  // What a trap tells is for the record alone: machines may tell different things, and code would go on with them.
  for (const name of ['mcause', 'mtval', 'mtval2', 'mtinst']) a.writeCsr(csr(name), 0);
  a.constant(1, 1n << 38n);
  a.emit('csrrc', { rd: 0, rs1: 1, csr: csr('mstatus') });
  a.constant(29, BigInt(layout.variables));
  a.load(1, 29, layout.modifiesPrivilege);
  a.emit('csrrs', { rd: 0, rs1: 1, csr: csr('mstatus') });
  for (let register = 1; register < 29; register++) a.load(register, 30, 8 * register);
  a.readCsr(31, csr('minstret'));
  a.store(31, 29, layout.resumedAt);
  a.load(29, 30, 8 * 29);
  a.load(31, 30, 8 * 31);
  a.load(30, 30, 8 * 30);
  a.emit('mret');

  a.label('interrupt');
  a.emit('addi', { rd: 4, rs1: 2, imm: 0 });
  disableInterrupt(a, csr('mie'));
  a.goto('resume');

  for (const [level, address, epc, cause, shift, told] of [
    ['hs', stub.hs, 'sepc', 'scause', 0, ['scause', 'stval', 'htval', 'htinst']],
    ['vs', stub.vs, 'vsepc', 'vscause', 1, ['vscause', 'vstval']],
  ] as const) {
    a.label(level);
    a.constant(5, BigInt(address + stub.call));
    a.jump('bne', { rs1: 3, rs2: 5 }, 'exception');
    a.readCsr(4, csr(cause));
    a.emit('addi', { rd: 3, rs1: 3, imm: 4 });
    a.writeCsr(csr('mepc'), 3);
    for (const name of told) a.writeCsr(csr(name), 0);
    a.emit('addi', { rd: 1, rs1: 0, imm: 1 << 6 });
    if (level === 'hs') a.emit('csrrc', { rd: 0, rs1: 1, csr: csr('hstatus') });
    a.jump('blt', { rs1: 4, rs2: 0 }, `${level}-interrupt`);
    a.readCsr(3, csr(epc));
    skipInstruction(a);
    a.writeCsr(csr(epc), 3);
    a.goto('resume');
    a.label(`${level}-interrupt`);
    if (shift === 1) a.emit('addi', { rd: 4, rs1: 4, imm: 1 });
    disableInterrupt(a, csr('mie'));
    a.goto('resume');
  }

  a.label('end-of-case');
  a.readCsr(31, csr('mscratch'));
  a.constant(1, logMagic.end);
  a.store(1, 31, 0);
  a.emit('addi', { rd: 31, rs1: 31, imm: 8 });
  a.constant(29, BigInt(layout.variables));
  a.load(28, 29, layout.casePointer);
  a.load(3, 28, caseField.pokes);
  a.emit('addi', { rd: 4, rs1: 28, imm: caseField.csrs + 8 * csrs.length });
  a.label('next-look');
  a.jump('beq', { rs1: 3, rs2: 0 }, 'looked');
  a.load(5, 4, 0);
  a.load(5, 5, 0);
  a.store(5, 31, 0);
  a.emit('addi', { rd: 31, rs1: 31, imm: 8 });
  a.emit('addi', { rd: 4, rs1: 4, imm: 16 });
  a.emit('addi', { rd: 3, rs1: 3, imm: -1 });
  a.goto('next-look');
  a.label('looked');
  a.load(1, 28, caseField.bytes);
  a.emit('add', { rd: 28, rs1: 28, rs2: 1 });
  a.goto('next-case');

  a.label('boot');
  a.constant(1, BigInt(layout.monitor + 4));
  a.writeCsr(csr('mtvec'), 1);
  // Entry 7 opens the arena; entry 0 keeps the handlers whole whatever else a case says.
  set('pmpaddr7', BigInt(layout.arena + layout.arenaBytes / 2 - 1) >> 2n);
  // No timer of M mode ever: it would be due at reset.
  a.constant(1, BigInt(layout.timerComparison));
  a.emit('addi', { rd: 2, rs1: 0, imm: -1 });
  a.store(2, 1, 0);
  // All is zero there; but of code of the image before, QEMU forgets its translation only when a store meets it.
  a.constant(1, BigInt(layout.code));
  a.constant(2, BigInt(layout.tables));
  a.label('clear');
  for (let offset = 0; offset < 64; offset += 8) a.store(0, 1, offset);
  a.emit('addi', { rd: 1, rs1: 1, imm: 64 });
  a.jump('bltu', { rs1: 1, rs2: 2 }, 'clear');
  a.constant(31, BigInt(layout.log));
  a.constant(28, BigInt(layout.cases));

  // x28: the case; x31: the end of the log.
  a.label('next-case');
  a.constant(29, BigInt(layout.variables));
  a.store(28, 29, layout.casePointer);
  a.constant(1, BigInt(trapBudget));
  a.store(1, 29, layout.trapsLeft);
  a.load(1, 28, caseField.kind);
  a.jump('beq', { rs1: 1, rs2: 0 }, 'finish');
  a.constant(1, logMagic.begin);
  a.store(1, 31, 0);
  a.emit('addi', { rd: 31, rs1: 31, imm: 8 });
  a.writeCsr(csr('mscratch'), 31);
  for (let index = 0; index < 8; index++) {
    a.load(1, 28, caseField.pmp + 8 * index);
    a.writeCsr(csr(index === 0 ? 'pmpcfg0' : `pmpaddr${index - 1}`), 1);
  }
  // What an earlier case left pending would stay where its comparators now work.
  for (const name of ['menvcfg', 'hvip', 'mip', 'mcountinhibit']) a.writeCsr(csr(name), 0);
  a.constant(1, floatingPointOn);
  a.emit('csrrs', { rd: 0, rs1: 1, csr: csr('mstatus') });
  for (let register = 0; register < 32; register++)
    a.emit('fld', { rd: register, rs1: 28, imm: caseField.f + 8 * register });
  a.load(1, 28, caseField.fcsr);
  a.writeCsr(csr('fcsr'), 1);
  for (const [index, name] of csrs.entries()) {
    a.load(1, 28, caseField.csrs + 8 * index);
    a.writeCsr(csr(name), 1);
  }
  a.load(3, 28, caseField.pokes);
  a.emit('addi', { rd: 4, rs1: 28, imm: caseField.csrs + 8 * csrs.length });
  a.label('next-poke');
  a.jump('beq', { rs1: 3, rs2: 0 }, 'poked');
  a.load(5, 4, 0);
  a.load(6, 4, 8);
  a.store(6, 5, 0);
  a.emit('addi', { rd: 4, rs1: 4, imm: 16 });
  a.emit('addi', { rd: 3, rs1: 3, imm: -1 });
  a.goto('next-poke');
  a.label('poked');
  a.load(3, 28, caseField.codeWords);
  a.load(5, 28, caseField.codePhysical);
  a.label('next-word');
  a.load(6, 4, 0);
  a.store(6, 5, 0);
  a.emit('addi', { rd: 4, rs1: 4, imm: 8 });
  a.emit('addi', { rd: 5, rs1: 5, imm: 8 });
  a.emit('addi', { rd: 3, rs1: 3, imm: -1 });
  a.jump('bne', { rs1: 3, rs2: 0 }, 'next-word');
  a.emit('fence.i');
  a.emit('sfence.vma');
  a.emit('hfence.vvma');
  a.emit('hfence.gvma');
  a.load(1, 28, caseField.codeVirtual);
  a.writeCsr(csr('mepc'), 1);
  a.readCsr(1, csr('minstret'));
  a.store(1, 29, layout.resumedAt);
  for (let register = 1; register < 32; register++) {
    if (register !== 28) a.load(register, 28, caseField.x + 8 * (register - 1));
  }
  a.load(28, 28, caseField.x + 8 * 27);
  a.emit('mret');

  a.label('finish');
  a.constant(1, logMagic.finish);
  a.store(1, 31, 0);
  finish(a);
  return a.finish();
}

/** Ends the run of an image, as the machine wants it asked for. */
export function finish(a: Assembler): void {
  a.constant(1, BigInt(layout.finishRequest));
  a.load(2, 1, 0);
  a.constant(1, BigInt(layout.finisher));
  a.emit('sw', { rs1: 1, rs2: 2, imm: 0 });
  a.label('for-ever');
  a.goto('for-ever');
}

/** The handlers of HS and VS mode: call the monitor, then return to what trapped. */
export function handlers(): Uint8Array {
  const a = new Assembler(layout.stubs);
  for (const [level, address] of [
    ['hs', stub.hs],
    ['vs', stub.vs],
  ] as const) {
    a.skipTo(address);
    // Vectored: interrupt n enters at BASE + 4 n.
    while (a.here < address + stub.call) a.jump('jal', { rd: 0 }, level);
    a.label(level);
    a.emit('ecall');
    a.emit('sret');
    a.emit('ecall');
    a.jump('jal', { rd: 0 }, level);
  }
  return a.finish();
}

/** Adds its length to x3, the address of an instruction; ends the case where that is not of its code. x28: the case. */
function skipInstruction(a: Assembler): void {
  const place = a.here;
  a.load(5, 28, caseField.codeVirtual);
  a.emit('sub', { rd: 6, rs1: 3, rs2: 5 });
  a.load(7, 28, caseField.codeLength);
  a.jump('bgeu', { rs1: 6, rs2: 7 }, 'end-of-case');
  a.load(8, 28, caseField.codePhysical);
  a.emit('add', { rd: 8, rs1: 8, rs2: 6 });
  a.emit('lhu', { rd: 9, rs1: 8, imm: 0 });
  a.emit('andi', { rd: 9, rs1: 9, imm: 3 });
  a.emit('addi', { rd: 9, rs1: 9, imm: -3 });
  a.emit('addi', { rd: 3, rs1: 3, imm: 2 });
  a.jump('bne', { rs1: 9, rs2: 0 }, `skipped-${place}`);
  a.emit('addi', { rd: 3, rs1: 3, imm: 2 });
  a.label(`skipped-${place}`);
}

/** Clears the enable of the interrupt whose code is the low bits of x4. */
function disableInterrupt(a: Assembler, mie: number): void {
  a.emit('addi', { rd: 5, rs1: 0, imm: 1 });
  a.emit('sll', { rd: 5, rs1: 5, rs2: 4 });
  a.emit('csrrc', { rd: 0, rs1: 5, csr: mie });
}

function csr(name: string): number {
  const address = csrByName.get(name)?.address;
  assert.ok(address !== undefined, name);
  return address;
}
