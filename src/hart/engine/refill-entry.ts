import {
  contextsOffset,
  contextWord,
  engineWord,
  notedFills,
  noRefusedPage,
  tlbArray,
  tlbEntries,
  tlbEntryBytes,
  tlbField,
} from './layout.ts';
import { loadWord, storeWord, writeMissAddress, type RefillFrame } from './refill-frame.ts';

/** Writes the entry, and notes it as `TranslationContexts` does. */
export function writeEntry(frame: RefillFrame): void {
  const { code } = frame;
  const { context, access, size, place, filled, page } = frame;
  // From here on `page` is the tag, and `place` the address of the page in the wasm memory.
  code.get(place);
  code.i32(12);
  code.plain('i32.shl');
  code.i32(frame.memory.ramOffset);
  code.plain('i32.add');
  code.set(place);
  writeMissAddress(frame);
  code.i64(-4096n);
  code.plain('i64.and');
  code.set(page);
  code.get(access);
  code.i32(Math.log2(tlbArray.write));
  code.plain('i32.shl');
  code.get(context);
  code.plain('i32.add');
  code.get(page);
  code.i64(BigInt(12 - Math.log2(tlbEntryBytes)));
  code.plain('i64.shr_u');
  code.plain('i32.wrap_i64');
  code.i32((tlbEntries - 1) * tlbEntryBytes);
  code.plain('i32.and');
  code.plain('i32.add');
  code.tee(filled);
  code.get(page);
  code.memory('i64.store', tlbField.tag);
  code.get(access);
  code.i32(2);
  code.plain('i32.eq');
  code.if(
    () => {
      code.get(filled);
      code.get(size);
      code.memory('i32.store', tlbField.addend);
      code.get(filled);
      code.get(place);
      code.memory('i32.store', tlbField.detail);
    },
    () => {
      code.get(filled);
      code.get(place);
      code.get(page);
      code.plain('i32.wrap_i64');
      code.plain('i32.sub');
      code.memory('i32.store', tlbField.addend);
      code.get(filled);
      code.i32(0);
      code.memory('i32.store', tlbField.detail);
    },
  );
  noteFill(frame);
  code.get(access);
  code.i32(2);
  code.plain('i32.ne');
  code.if(() => nothingRefused(frame));
  storeWord(frame, engineWord.refills, () => {
    loadWord(frame, engineWord.refills);
    code.i32(1);
    code.plain('i32.add');
  });
  code.i32(1);
  code.set(filled);
}

function noteFill(frame: RefillFrame): void {
  const { code } = frame;
  const { context, place, filled } = frame;
  code.get(context);
  code.memory('i32.load', contextWord.fills);
  code.tee(place);
  code.i32(notedFills);
  code.plain('i32.le_u');
  code.if(() => {
    code.get(context);
    code.get(place);
    code.i32(1);
    code.plain('i32.add');
    code.memory('i32.store', contextWord.fills);
    code.get(place);
    code.i32(notedFills);
    code.plain('i32.lt_u');
    code.if(() => {
      code.get(place);
      code.i32(2);
      code.plain('i32.shl');
      code.get(context);
      code.plain('i32.add');
      code.get(filled);
      code.i32(frame.hart.engineOffset + contextsOffset);
      code.plain('i32.sub');
      code.i32(2);
      code.plain('i32.shr_u');
      code.memory('i32.store', contextWord.filled);
    });
  });
}

/** The access was not refused, whatever the one before was. */
export function nothingRefused(frame: RefillFrame): void {
  storeWord(frame, engineWord.refusedPage, () => frame.code.i32(noRefusedPage | 0));
}
