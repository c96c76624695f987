import { pageWait, type MachineMemory } from '../memory.ts';
import type { HartPlace } from './exit-code.ts';
import { ramPage } from './find-table.ts';
import { contextWord, engineWord, pageRecordsBytes, walkPlan } from './layout.ts';
import { writeAccess } from './refill-access.ts';
import { nothingRefused, writeEntry } from './refill-entry.ts';
import { storeWord, writeMissAddress, type RefillFrame, type RefillLocals } from './refill-frame.ts';
import { writeStoreToTable } from './store-to-table.ts';
import { notFound, writeTableWalk } from './table-walk.ts';
import type { FunctionIndex, Label, Local } from './wasm/code-writer.ts';
import type { ModuleWriter } from './wasm/module-writer.ts';

/** What `refill` gives where it did the store that missed, which is a step; 1 where it filled an entry. */
export const storeDone = 2;

/**
 * Writes `refill`, which fills a TLB for what the interpreter missed, as `Refill` would, or does the store; or gives 0, where
 * that is left to `Refill`: what faults, is no RAM, or is seldom. Parameters: the translation context, the
 * `exitCode` of the miss, and the budget that is left.
 */
export function writeRefill(module: ModuleWriter, memory: MachineMemory, hart: HartPlace): FunctionIndex {
  const plan = contextWord.walkPlan;
  const second = writeTableWalk(module, memory, {
    name: 'walkSecond',
    levels: plan + walkPlan.secondLevels,
    root: plan + walkPlan.secondRoot,
    rules: plan + walkPlan.secondRules,
    extraRootBits: 2,
    tables: undefined,
    mapsAccess: false,
  });
  const first = writeTableWalk(module, memory, {
    name: 'walkFirst',
    levels: plan + walkPlan.firstLevels,
    root: plan + walkPlan.firstRoot,
    rules: plan + walkPlan.firstRules,
    extraRootBits: 0,
    tables: second,
    mapsAccess: true,
  });
  const storeToTable = writeStoreToTable(module, memory, hart);
  return module.function(
    'refill',
    { parameters: ['i32', 'i32', 'i32'], results: ['i32'] },
    ['i32', 'i32', 'i32', 'i32', 'i64'],
    (code, [context, exit, budget, access, size, place, filled, page]) => {
      const locals = { context, exit, budget, access, size, place, filled, page } as RefillLocals;
      const frame = { ...locals, code, memory, hart };
      code.block((leave) => writeSteps(frame, [first, second], storeToTable, leave));
      code.get(filled as Local);
    },
  );
}

function writeSteps(
  frame: RefillFrame,
  stages: readonly FunctionIndex[],
  storeToTable: FunctionIndex,
  leave: Label,
): void {
  const { code } = frame;
  const { context, access, place, page } = frame;
  storeWord(frame, engineWord.foundPage, () => code.i32(0));
  writeAccess(frame, leave);
  writeMissAddress(frame);
  code.i64(12n);
  code.plain('i64.shr_u');
  code.set(page);
  code.get(context);
  code.memory('i32.load', contextWord.walkPlan + walkPlan.firstLevels);
  code.i32(0);
  code.plain('i32.lt_s');
  code.brIf(leave);
  for (const stage of stages) {
    code.get(context);
    code.get(page);
    code.get(access);
    code.call(stage);
    code.tee(page);
    code.i64(notFound);
    code.plain('i64.eq');
    code.brIf(leave);
  }
  ramPage(code, page, frame.memory);
  code.tee(page);
  code.i64(BigInt(frame.memory.ramSize / 0x1000));
  code.plain('i64.ge_u');
  code.brIf(leave);
  code.get(page);
  code.plain('i32.wrap_i64');
  code.set(place);
  code.get(access);
  code.i32(2);
  code.plain('i32.eq');
  code.if(
    () => useRecords(frame, leave),
    () => {
      code.get(access);
      code.if(
        () => checkStore(frame, storeToTable, leave),
        () => checkLoad(frame, leave),
      );
    },
  );
  writeEntry(frame);
}

/** Leaves where the page has no predecoded code; else it was asked for, and `size` becomes where that begins. */
function useRecords(frame: RefillFrame, leave: Label): void {
  const { code } = frame;
  const { pages, predecodedOffset } = frame.memory;
  const { size } = frame;
  writeCodePlace(frame);
  code.tee(size);
  code.plain('i32.eqz');
  code.brIf(leave);
  code.get(size);
  code.i32(1);
  code.memory('i32.store8', pages.placesInUse - 1);
  code.get(size);
  code.i32(pageRecordsBytes);
  code.plain('i32.mul');
  code.i32(predecodedOffset - pageRecordsBytes);
  code.plain('i32.add');
  code.set(size);
}

/** Leaves where loads of the page have to be seen. */
function checkLoad({ code, memory, place }: RefillFrame, leave: Label): void {
  code.get(place);
  code.memory('i32.load8_u', memory.pages.waitedFor);
  code.i32(pageWait.watchedReads);
  code.plain('i32.and');
  code.brIf(leave);
}

/** Leaves where stores to the page have to be seen. */
function checkStore(frame: RefillFrame, storeToTable: FunctionIndex, leave: Label): void {
  const { code } = frame;
  const { pages } = frame.memory;
  const { place } = frame;
  code.get(place);
  code.memory('i32.load8_u', pages.waitedFor);
  code.brIf(leave);
  nothingRefused(frame);
  writeCodePlace(frame);
  code.get(place);
  code.memory('i32.load8_u', pages.tableUses);
  code.plain('i32.or');
  code.if(() => {
    writeCodePlace(frame);
    code.plain('i32.eqz');
    code.if(() => {
      code.get(frame.context);
      code.get(place);
      code.call(storeToTable);
      code.if(() => {
        code.i32(storeDone);
        code.set(frame.filled);
        code.br(leave);
      });
    });
    storeWord(frame, engineWord.foundPage, () => {
      code.get(place);
      code.i32(1);
      code.plain('i32.add');
    });
    code.br(leave);
  });
  code.get(place);
  code.i32(1);
  code.memory('i32.store8', frame.hart.writableOffset);
}

/** Leaves the place of the page in the pool of predecoded code plus one, or 0. */
function writeCodePlace(frame: RefillFrame): void {
  const { code } = frame;
  code.get(frame.place);
  code.i32(1);
  code.plain('i32.shl');
  code.memory('i32.load16_u', frame.memory.pages.codePlaces);
}
