import { regionExitBits } from '../engine/driver.ts';
import { writeTlbEntry } from '../engine/interpreter-frame.ts';
import { writeUnit } from '../engine/float-unit.ts';
import { floatRegisterOffset, inPageMask, registerOffset, tlbArray, tlbField } from '../engine/layout.ts';
import type { CodeWriter, Label, Local } from '../engine/wasm/code-writer.ts';
import { hartSlot, slotOffset } from '../state-layout.ts';
import type { RegionFrame } from './region-frame.ts';
import type { UsedRegisters } from './used-registers.ts';

/** A page of a region: what of it is known when the region is written. */
export interface RegionPage {
  /** Where it begins in virtual memory, from the start of the region's first page. */
  readonly offset: number;
  /** The number by which the region is called at an entry in this page. */
  readonly slot: number;
  /** Where the page's records begin: the TLB for fetches has that number as long as the page is mapped there. */
  readonly records: number;
  /**
   * The address in the wasm memory of 2048 bytes, one for each place in the page: 0, or one more than the entry's place
   * in `FlowOrder.dispatched`.
   */
  readonly entryTable: number;
}

/** Sets `base` and `present` by pc and the TLB, and loads registers from the state. */
export function writeEntry(
  code: CodeWriter,
  frame: RegionFrame,
  pages: readonly RegionPage[],
  used: UsedRegisters,
): void {
  const { state, target, base, slot, x, f, unit } = frame;
  code.get(target);
  code.i64(-4096n);
  code.plain('i64.and');
  code.set(base);
  if (pages.length > 1) {
    for (const page of pages) {
      if (page.offset === 0) continue;
      code.get(slot);
      code.i32(page.slot);
      code.plain('i32.eq');
      code.if(() => {
        code.get(base);
        code.i64(BigInt(page.offset));
        code.plain('i64.sub');
        code.set(base);
      });
    }
    code.i32(0);
    for (const [index, page] of pages.entries()) writePresence(code, frame, page, index);
    code.set(frame.present);
  }
  for (const register of used.x.all) {
    code.get(state);
    code.memory('i64.load', registerOffset(register));
    code.set(x[register] as Local);
  }
  for (const register of used.f.all) {
    code.get(state);
    code.memory('f64.load', floatRegisterOffset(register));
    code.set(f[register] as Local);
  }
  if (used.f.all.length > 0) {
    writeUnit({ code, stateBase: () => code.get(state), slotAt: slotOffset });
    code.set(unit);
  }
}

/** Adds the page's bit to the number on the stack, if the TLB for fetches has the page with its records. */
function writePresence(
  code: CodeWriter,
  { base, address, context, entry }: RegionFrame,
  page: RegionPage,
  index: number,
): void {
  code.get(base);
  code.i64(BigInt(page.offset));
  code.plain('i64.add');
  code.tee(address);
  writeTlbEntry({ code, context });
  code.tee(entry);
  code.memory('i64.load', tlbArray.execute + tlbField.tag);
  code.get(address);
  code.plain('i64.eq');
  code.get(entry);
  code.memory('i32.load', tlbArray.execute + tlbField.addend);
  code.i32(page.records);
  code.plain('i32.eq');
  code.plain('i32.and');
  code.i32(index);
  code.plain('i32.shl');
  code.plain('i32.or');
}

/** Leaves the function's result; all written registers and pc go back to the state. */
export function writeExit(code: CodeWriter, frame: RegionFrame, used: UsedRegisters): void {
  const { state, target, budget, leaveKind, x, f } = frame;
  for (const register of used.x.written) {
    code.get(state);
    code.get(x[register] as Local);
    code.memory('i64.store', registerOffset(register));
  }
  for (const register of used.f.written) {
    code.get(state);
    code.get(f[register] as Local);
    code.memory('f64.store', floatRegisterOffset(register));
  }
  code.get(state);
  code.get(target);
  code.memory('i64.store', slotOffset(hartSlot.pc));
  code.get(budget);
  code.i32(regionExitBits);
  code.plain('i32.shl');
  code.get(leaveKind);
  code.plain('i32.or');
}

/** Sets `choice` to the number of the entry at `target`, or to 0; where that is in no page that is there, leaves. */
export function writeLookUp(
  code: CodeWriter,
  frame: RegionFrame,
  pages: readonly RegionPage[],
  leave: () => void,
): void {
  const { target, base, address, choice, entryTable } = frame;
  const [first] = pages as readonly [RegionPage];
  code.get(target);
  code.i64(-4096n);
  code.plain('i64.and');
  code.get(base);
  if (pages.length === 1) {
    code.plain('i64.ne');
    code.if(leave);
  } else {
    code.plain('i64.sub');
    code.set(address);
    code.block((found) => {
      for (const [index, page] of pages.entries()) {
        code.get(address);
        code.i64(BigInt(page.offset));
        code.plain('i64.eq');
        code.if(() => {
          leaveIfAbsent(code, frame, index, leave);
          code.i32(page.entryTable);
          code.set(entryTable);
          code.br(found);
        });
      }
      leave();
    });
  }
  code.get(target);
  code.plain('i32.wrap_i64');
  code.i32(inPageMask);
  code.plain('i32.and');
  code.i32(1);
  code.plain('i32.shr_u');
  if (pages.length > 1) {
    code.get(entryTable);
    code.plain('i32.add');
  }
  code.memory('i32.load8_u', pages.length > 1 ? 0 : first.entryTable);
  code.set(choice);
}

/** For a way into another page, by its place in the region. */
export function leaveIfAbsent(
  code: CodeWriter,
  { present }: Pick<RegionFrame, 'present'>,
  index: number,
  leave: () => void,
): void {
  code.get(present);
  code.i32(1 << index);
  code.plain('i32.and');
  code.plain('i32.eqz');
  code.if(leave);
}

/** Branches to the label of the entry that `choice` tells, and goes on after that where it tells none. */
export function writeChoice(
  code: CodeWriter,
  { choice }: Pick<RegionFrame, 'choice'>,
  labels: readonly Label[],
): void {
  code.block((noEntry) => {
    code.get(choice);
    code.brTable([noEntry, ...labels], noEntry);
  });
}
