import { hartSlot, slotOffset } from '../../state-layout.ts';
import { sstatusLow } from '../../status-bits.ts';
import { writeGuards } from './guards.ts';
import type { CodePlace } from './semantics.ts';
import type { CsrAccess, SimpleCsr } from '../csr-access.ts';
import { contextWord } from '../layout.ts';
import type { Local } from '../wasm/code-writer.ts';

/** Writes what a CSR instruction does, to its end. */
export function compileCsrAccess({ register, change }: CsrAccess, place: CodePlace): void {
  const { code } = place;
  writeGuards(register.csr.guards, place);
  place.withScratch((old) => {
    place.withScratch((value) => {
      readRegister(register, place);
      code.set(old);
      if (change !== 'read') {
        if (change.startsWith('set') || change.startsWith('clear')) code.get(old);
        if (change.endsWith('rs1')) place.readX('rs1');
        else place.zimm();
        if (change.startsWith('clear')) {
          code.i64(-1n);
          code.plain('i64.xor');
          code.plain('i64.and');
        } else if (change.startsWith('set')) {
          code.plain('i64.or');
        }
        code.set(value);
        writeRegister(register, old, value, place);
      }
    });
    place.writeX('rd', () => {
      code.get(old);
      if (register.visible === everyBit) return;
      code.i64(BigInt.asIntN(64, register.visible));
      code.plain('i64.and');
    });
  });
  place.fallThrough();
}

function readRegister(register: SimpleCsr, place: CodePlace): void {
  writeBase(register, place);
  place.code.memory('i64.load', place.slotAt(register.slot));
}

/** Of the bits of `value` those that may be written; `old` is what the register holds. */
function writeRegister(register: SimpleCsr, old: Local, value: Local, place: CodePlace): void {
  const { code } = place;
  code.get(value);
  code.get(old);
  code.plain('i64.xor');
  code.i64(BigInt.asIntN(64, register.writable));
  code.plain('i64.and');
  code.set(value);
  // From here on `value` has the bits that change.
  if (register.isStatus) leaveForEffects(old, value, place);
  writeBase(register, place);
  code.get(old);
  code.get(value);
  code.plain('i64.xor');
  code.memory('i64.store', place.slotAt(register.slot));
}

/** Some bits say how to translate; and if interrupts are enabled, one may be due before the next instruction. */
function leaveForEffects(old: Local, changing: Local, place: CodePlace): void {
  const { code } = place;
  place.leaveIf(() => {
    code.get(changing);
    code.i64(~BigInt(sstatusLow.SIE | sstatusLow.SPIE | sstatusLow.SPP));
    code.plain('i64.and');
    code.i64(0n);
    code.plain('i64.ne');
  });
  place.leaveIf(() => {
    code.get(changing);
    code.get(old);
    code.i64(-1n);
    code.plain('i64.xor');
    code.plain('i64.and');
    code.plain('i32.wrap_i64');
    code.i32(sstatusLow.SIE);
    code.plain('i32.and');
    place.contextWord(contextWord.interruptWaits);
    code.plain('i32.and');
  });
}

/** Leaves what to add `slotAt(slot)` to: a guest's register lies elsewhere. */
function writeBase({ slot, guestSlot }: SimpleCsr, place: CodePlace): void {
  const { code } = place;
  place.stateBase();
  if (slot === guestSlot) return;
  place.stateBase();
  code.memory('i32.load', place.slotAt(hartSlot.virtual));
  code.i32(slotOffset(guestSlot - slot));
  code.plain('i32.mul');
  code.plain('i32.add');
}

const everyBit = 0xffff_ffff_ffff_ffffn;
