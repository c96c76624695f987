import { assert } from '../../common/errors.ts';
import { sd } from '../../isa/extensions/rv64i-memory.ts';
import type { MachineMemory } from '../memory.ts';
import { hartSlot, slotOffset } from '../state-layout.ts';
import { pteBit } from '../translation/page-table.ts';
import type { HartPlace } from './exit-code.ts';
import { handlerOf } from './handlers.ts';
import { writeTlbEntry } from './interpreter-frame.ts';
import {
  contextBytes,
  contextCount,
  contextsOffset,
  contextWord,
  emptyTagHalf,
  engineWord,
  inPageMask,
  knownTable,
  knownTables,
  recordField,
  recordShift,
  tlbArray,
  tlbEntries,
  tlbEntryBytes,
  tlbField,
} from './layout.ts';
import { anything } from './table-dependencies.ts';
import type { CodeWriter, FunctionIndex, Label, Local } from './wasm/code-writer.ts';
import type { ModuleWriter } from './wasm/module-writer.ts';

type Locals = Record<
  | 'context'
  /** The number within RAM of the page that is stored to, which has a page table and no code. */
  | 'page'
  | 'record'
  /** Where the entry lies in the wasm memory. */
  | 'place'
  /** How many contexts depend on the table that were not looked at yet. */
  | 'dependents'
  /** A context, and one of its entries. */
  | 'other'
  | 'entry'
  | 'done'
  | 'pc'
  /** The virtual page that the page table's entry maps, as a tag. */
  | 'tag',
  Local
>;

/**
 * Writes `storeToTable`, which does the SD at pc that missed, to a page table, and drops what came of the table's entry, as
 * `WatchedStores` and `TablePages` would: programs that come and go cost a kernel tens of thousands of those. Gives 1; or 0
 * where it is left to TypeScript: another instruction, a table of which it is not known what its entries map, or by which
 * other harts go. Then nothing has happened, but that translations may have been dropped. Parameters: the translation
 * context, and the number of the page of RAM.
 */
export function writeStoreToTable(
  module: ModuleWriter,
  memory: MachineMemory,
  hart: HartPlace,
): FunctionIndex {
  return module.function(
    'storeToTable',
    { parameters: ['i32', 'i32'], results: ['i32'] },
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i64', 'i64'],
    (code, [context, page, record, place, dependents, other, entry, done, pc, tag]) => {
      const locals = { context, page, record, place, dependents, other, entry, done, pc, tag } as Locals;
      const frame = { ...locals, code, memory, hart };
      code.block((leave) => {
        findRecord(frame, leave);
        findEntry(frame, leave);
        dropTranslations(frame, leave);
        store(frame);
        code.i32(1);
        code.set(frame.done);
      });
      code.get(frame.done);
    },
  );
}

interface Frame extends Locals {
  readonly code: CodeWriter;
  readonly memory: MachineMemory;
  readonly hart: HartPlace;
}

/** Leaves where the instruction at pc is no SD of four or two bytes. */
function findRecord(frame: Frame, leave: Label): void {
  const { code, record, entry, pc, hart } = frame;
  code.i32(0);
  code.memory('i64.load', hart.stateOffset + slotOffset(hartSlot.pc));
  code.tee(pc);
  writeTlbEntry(frame);
  code.tee(entry);
  code.memory('i64.load', tlbArray.execute + tlbField.tag);
  code.get(pc);
  code.i64(-4096n);
  code.plain('i64.and');
  code.plain('i64.ne');
  code.brIf(leave);
  code.get(entry);
  code.memory('i32.load', tlbArray.execute + tlbField.addend);
  code.get(pc);
  code.plain('i32.wrap_i64');
  code.i32(inPageMask);
  code.plain('i32.and');
  code.i32(recordShift);
  code.plain('i32.shl');
  code.plain('i32.add');
  code.set(record);
  isHandler(frame, 4);
  isHandler(frame, 2);
  code.plain('i32.or');
  code.plain('i32.eqz');
  code.brIf(leave);
}

function isHandler({ code, record }: Frame, length: 2 | 4): void {
  const handler = handlerOf(sd, length, 'far');
  assert(handler !== undefined, 'SD is done in wasm, and has a short form');
  code.get(record);
  code.memory('i32.load16_u', recordField.handler);
  code.i32(handler);
  code.plain('i32.eq');
}

/** Leaves where the store is to parts of two entries. */
function findEntry({ code, page, place, hart, memory }: Frame, leave: Label): void {
  const missAddress = hart.engineOffset + engineWord.missAddress;
  code.i32(0);
  code.memory('i32.load', missAddress);
  code.i32(entryBytes - 1);
  code.plain('i32.and');
  code.brIf(leave);
  code.get(page);
  code.i32(12);
  code.plain('i32.shl');
  code.i32(0);
  code.memory('i32.load', missAddress);
  code.i32(0xfff);
  code.plain('i32.and');
  code.plain('i32.add');
  code.i32(memory.ramOffset);
  code.plain('i32.add');
  code.set(place);
}

/** No translation came of an entry that is not valid. Leaves where it is not known which did. */
function dropTranslations(frame: Frame, leave: Label): void {
  const { code, page, place, dependents, other, hart, memory } = frame;
  const contexts = hart.engineOffset + contextsOffset;
  code.get(place);
  code.memory('i32.load8_u', 0);
  code.i32(pteBit.valid);
  code.plain('i32.and');
  code.if(() => {
    code.get(page);
    code.memory('i32.load8_u', memory.pages.tableUses);
    code.set(dependents);
    code.i32(contexts);
    code.set(other);
    code.loop((next) => {
      dropOfContext(frame, leave);
      code.get(other);
      code.i32(contextBytes);
      code.plain('i32.add');
      code.tee(other);
      code.i32(contexts + contextCount * contextBytes);
      code.plain('i32.lt_u');
      code.brIf(next);
    });
    code.get(dependents);
    code.brIf(leave);
  });
}

/** See `TableDependencies` for what a context knows of a table. */
function dropOfContext({ code, page, place, dependents, other, entry, tag }: Frame, leave: Label): void {
  code.get(page);
  code.i32(knownTables - 1);
  code.plain('i32.and');
  code.i32(Math.log2(knownTable.bytes));
  code.plain('i32.shl');
  code.get(other);
  code.plain('i32.add');
  code.tee(entry);
  code.memory('i32.load', contextWord.knownTables + knownTable.page);
  code.get(page);
  code.i32(1);
  code.plain('i32.add');
  code.plain('i32.eq');
  code.if(() => {
    code.get(entry);
    code.memory('i64.load', contextWord.knownTables + knownTable.span);
    code.tee(tag);
    code.i64(BigInt(anything));
    code.plain('i64.eq');
    code.brIf(leave);
    code.get(dependents);
    code.i32(1);
    code.plain('i32.sub');
    code.set(dependents);
    // An entry of a TLB is at the low bits of its page, which are those that the table's entry is at.
    code.get(place);
    code.i32((tlbEntries - 1) * entryBytes);
    code.plain('i32.and');
    code.i32(Math.log2(tlbEntryBytes / entryBytes));
    code.plain('i32.shl');
    code.get(other);
    code.plain('i32.add');
    code.set(entry);
    code.get(tag);
    code.i64(21n);
    code.plain('i64.shl');
    code.get(place);
    code.i32((tlbEntries - 1) * entryBytes);
    code.plain('i32.and');
    code.plain('i64.extend_i32_u');
    code.i64(9n);
    code.plain('i64.shl');
    code.plain('i64.or');
    code.set(tag);
    for (const array of Object.values(tlbArray)) {
      code.get(entry);
      code.memory('i64.load', array + tlbField.tag);
      code.get(tag);
      code.plain('i64.eq');
      code.if(() => {
        code.get(entry);
        code.i64(BigInt(emptyTagHalf));
        code.memory('i64.store', array + tlbField.tag);
      });
    }
  });
}

function store({ code, record, place, pc, hart, ...frame }: Frame): void {
  code.get(place);
  code.get(record);
  code.memory('i32.load16_u', recordField.rs2);
  code.memory('i64.load', hart.stateOffset);
  code.memory('i64.store', 0);
  code.i32(0);
  code.get(pc);
  code.i64(4n);
  code.i64(2n);
  isHandler({ ...frame, code, record, place, pc, hart }, 4);
  code.plain('select');
  code.plain('i64.add');
  code.memory('i64.store', hart.stateOffset + slotOffset(hartSlot.pc));
}

/** Of a page table. */
const entryBytes = 8;
