import { exitCode } from './exit-code.ts';
import { writeTlbEntry } from './interpreter-frame.ts';
import {
  engineWord,
  inPageMask,
  pageRecords,
  recordBytes,
  recordField,
  recordShift,
  seenFlag,
  tlbArray,
  tlbField,
} from './layout.ts';
import { leave, readHandler, type RunFrame } from './run-frame.ts';
import type { Label } from './wasm/code-writer.ts';

/** Finds the record of `target`'s instruction through the execute TLB. */
export function writeFarJump(frame: RunFrame, done: Label): void {
  const { code, entry, record, target, address, engineOffset } = frame;
  code.get(target);
  writeTlbEntry(frame);
  code.tee(entry);
  code.memory('i64.load', tlbArray.execute + tlbField.tag);
  code.get(target);
  code.i64(-4096n);
  code.plain('i64.and');
  code.plain('i64.ne');
  code.if(() => {
    code.get(target);
    code.set(address);
    fetchMissed(frame, done, () => code.get(frame.seen));
  });
  writePatience(frame);
  code.get(entry);
  code.memory('i32.load', tlbArray.execute + tlbField.addend);
  code.set(record);
  code.i32(0);
  code.get(record);
  code.memory('i32.store', engineOffset + engineWord.pageRecords);
  code.get(record);
  code.i32(pageRecords.patience * recordBytes);
  code.plain('i32.add');
  code.set(frame.patience);
  code.get(record);
  code.get(target);
  code.plain('i32.wrap_i64');
  code.i32(inPageMask);
  code.plain('i32.and');
  code.i32(recordShift);
  code.plain('i32.shl');
  code.plain('i32.add');
  code.tee(record);
  code.get(record);
  code.memory('i32.load8_u', recordField.saved + 1);
  code.get(frame.seen);
  code.plain('i32.or');
  code.memory('i32.store8', recordField.saved + 1);
  // Not before it is marked as an entry of what is translated now.
  code.get(frame.patience);
  code.memory('i32.load', 0);
  code.i32(0);
  code.plain('i32.le_s');
  code.if(() => leave(frame, exitCode.hotPage, done));
  code.i32(seenFlag >> 8);
  code.set(frame.seen);
  code.i32(0);
  code.get(target);
  code.i64(-4096n);
  code.plain('i64.and');
  code.memory('i64.store', engineOffset + engineWord.page);
  readHandler(frame);
}

/** Lessens the patience with the page that was jumped to last. */
export function writePatience({ code, budget, patience, arrival }: RunFrame): void {
  code.get(patience);
  code.get(patience);
  code.memory('i32.load', 0);
  code.get(arrival);
  code.plain('i32.sub');
  code.get(budget);
  code.tee(arrival);
  code.plain('i32.add');
  code.memory('i32.store', 0);
}

/** Tells that the execute TLB has no entry for `address`. `seen`: what the instruction is to be marked with once its page is there. */
export function fetchMissed(frame: RunFrame, done: Label, seen: () => void): void {
  const { code, address, engineOffset } = frame;
  code.i32(0);
  seen();
  code.memory('i32.store', engineOffset + engineWord.missSize);
  code.i32(0);
  code.get(address);
  code.memory('i64.store', engineOffset + engineWord.missAddress);
  leave(frame, exitCode.fetchMiss, done);
}
