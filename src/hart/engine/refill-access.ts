import { exitCode } from './exit-code.ts';
import { engineWord, missesAligned, refillInside } from './layout.ts';
import { loadWord, writeMissAddress, type RefillFrame } from './refill-frame.ts';
import type { Label } from './wasm/code-writer.ts';

/** Sets `access`. Leaves where TypeScript has to see to accesses of this kind, or the access cannot be done in wasm. */
export function writeAccess(frame: RefillFrame, leave: Label): void {
  const { code } = frame;
  const { exit, budget, access, size } = frame;
  loadWord(frame, engineWord.missSize);
  code.set(size);
  code.get(exit);
  code.i32(exitCode.fetchMiss);
  code.plain('i32.eq');
  code.if(
    () => {
      code.i32(2);
      code.set(access);
      loadWord(frame, engineWord.refillInside);
      code.i32(refillInside.execute);
      code.plain('i32.and');
      code.plain('i32.eqz');
      // The next instruction is not begun.
      code.get(budget);
      code.plain('i32.eqz');
      code.plain('i32.or');
      code.brIf(leave);
    },
    () => {
      code.get(exit);
      code.i32(exitCode.readMiss);
      code.plain('i32.sub');
      code.set(access);
      loadWord(frame, engineWord.refillInside);
      code.i32(refillInside.data);
      code.plain('i32.and');
      code.plain('i32.eqz');
      code.brIf(leave);
      writeMissAddress(frame);
      code.i64(12n);
      code.plain('i64.shr_u');
      code.plain('i32.wrap_i64');
      loadWord(frame, engineWord.refusedPage);
      code.plain('i32.eq');
      code.brIf(leave);
      checkSize(frame, leave);
    },
  );
}

/** Leaves where the access is not in one page, or has to be aligned and is not. */
function checkSize(frame: RefillFrame, leave: Label): void {
  const { code } = frame;
  const { size } = frame;
  code.get(size);
  code.i32(missesAligned);
  code.plain('i32.and');
  code.if(
    () => {
      writeMissAddress(frame);
      code.plain('i32.wrap_i64');
      code.get(size);
      code.i32(missesAligned + 1);
      code.plain('i32.sub');
      code.plain('i32.and');
      code.brIf(leave);
    },
    () => {
      writeMissAddress(frame);
      code.plain('i32.wrap_i64');
      code.i32(0xfff);
      code.plain('i32.and');
      code.get(size);
      code.plain('i32.add');
      code.i32(0x1000);
      code.plain('i32.gt_u');
      code.brIf(leave);
    },
  );
}
