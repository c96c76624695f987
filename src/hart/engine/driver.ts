import { hartSlot, slotOffset } from '../state-layout.ts';
import { specialHandler } from './handlers.ts';
import { exitCode, type HartPlace } from './exit-code.ts';
import { storeDone } from './write-refill.ts';
import {
  directArrival,
  engineWord,
  inPageMask,
  notedArrivals,
  recordField,
  recordShift,
  seenFlag,
  tlbArray,
  tlbField,
} from './layout.ts';
import { writeTlbEntry } from './interpreter-frame.ts';
import type { CodeWriter, FunctionIndex, Local } from './wasm/code-writer.ts';
import type { ModuleWriter, Signature } from './wasm/module-writer.ts';

/**
 * The type of translated functions: budget, pc, address of the hart's state, address of the translation context, the
 * number by which the function is called. They run instructions from pc on, leave pc in the state, and return a
 * `regionExit` and above it, from `regionExitBits` on, the budget that is left.
 */
export const regionSignature: Signature = {
  parameters: ['i32', 'i64', 'i32', 'i32', 'i32'],
  results: ['i32'],
};

/** Why a region was left. */
export const regionExit = {
  /** Control goes on within its pages. */
  near: 0,
  /** The instruction at pc is for the interpreter. */
  interpret: 1,
  /** An indirect jump, or one to another page, leads to pc. */
  far: 2,
} as const;
/** How many low bits of a translated function’s result are its `regionExit`. */
export const regionExitBits = 2;

/**
 * Writes `run`, which goes to and fro between translated code and the interpreter. It is a function of its own, for a
 * call within the loop over instructions makes the compiler spill registers at each of them.
 */
export function writeDriver(module: ModuleWriter, functions: DriverCalls, hart: HartPlace): void {
  const region = module.type(regionSignature);
  module.function(
    'run',
    { parameters: ['i32', 'i32'], results: ['i32'] },
    ['i32', 'i32', 'i32', 'i32', 'i64', 'i64'],
    (code, [budget, seen, context, entry, record, exit, pc, direct]) =>
      writeLoop({
        code,
        budget,
        seen,
        context,
        entry,
        record,
        exit,
        pc,
        direct,
        ...hart,
        ...functions,
        region,
      } as Frame),
  );
}

type Locals = Record<'budget' | 'seen' | 'context' | 'entry' | 'record' | 'exit' | 'pc' | 'direct', Local>;
/** The functions of the module that it calls. */
interface DriverCalls {
  /** See `Interpreter.run`. */
  readonly interpret: FunctionIndex;
  /** See `writeRefill`. */
  readonly refill: FunctionIndex;
}
interface Frame extends Locals, HartPlace, DriverCalls {
  readonly code: CodeWriter;
  readonly region: ReturnType<ModuleWriter['type']>;
}

function writeLoop(frame: Frame): void {
  const { code, budget, seen, exit, context, direct, engineOffset } = frame;
  code.get(seen);
  code.i32(7);
  code.plain('i32.shl');
  code.set(seen);
  code.loop((again) => {
    // A system call changes it.
    code.i32(0);
    code.memory('i32.load', engineOffset + engineWord.context);
    code.set(context);
    writeRegionCall(frame, () => {
      code.i64(BigInt(directArrival));
      code.set(direct);
      code.br(again);
    });
    code.i64(0n);
    code.set(direct);
    countInterpreted(frame, () => {
      code.get(budget);
      code.get(seen);
      code.call(frame.interpret);
      code.set(exit);
      code.i32(0);
      code.set(seen);
      code.i32(0);
      code.memory('i32.load', engineOffset + engineWord.remaining);
      code.set(budget);
    });
    code.get(exit);
    code.i32(exitCode.region);
    code.plain('i32.eq');
    code.brIf(again);
    refillAfterMiss(frame, () => code.br(again));
  });
  code.get(exit);
}

/** Fills the TLB where the interpreter missed an entry, or does a store to a page table; `filled` where that could be done. */
function refillAfterMiss(frame: Frame, filled: () => void): void {
  const { code, budget, seen, exit, engineOffset } = frame;
  code.get(exit);
  code.i32(exitCode.fetchMiss);
  code.plain('i32.sub');
  code.i32(exitCode.writeMiss - exitCode.fetchMiss);
  code.plain('i32.le_u');
  code.if(() => {
    code.i32(0);
    code.memory('i32.load', engineOffset + engineWord.context);
    code.get(exit);
    code.get(budget);
    code.call(frame.refill);
    code.tee(frame.entry);
    code.if(() => {
      code.get(budget);
      code.get(frame.entry);
      code.i32(Math.log2(storeDone));
      code.plain('i32.shr_u');
      code.plain('i32.sub');
      code.set(budget);
      code.get(exit);
      code.i32(exitCode.fetchMiss);
      code.plain('i32.eq');
      code.if(() => {
        code.i32(0);
        code.memory('i32.load', engineOffset + engineWord.missSize);
        code.set(seen);
      });
      filled();
    });
  });
}

/** Runs the region that begins at pc, if there is one; `elsewhere` where that led to where another may begin. */
function writeRegionCall(frame: Frame, elsewhere: () => void): void {
  const { code, budget, seen, context, entry, record, exit, pc, stateOffset } = frame;
  code.i32(0);
  code.memory('i64.load', stateOffset + slotOffset(hartSlot.pc));
  code.tee(pc);
  writeTlbEntry(frame);
  code.tee(entry);
  code.memory('i64.load', tlbArray.execute + tlbField.tag);
  code.get(pc);
  code.i64(-4096n);
  code.plain('i64.and');
  code.plain('i64.eq');
  code.if(() => {
    code.get(entry);
    code.memory('i32.load', tlbArray.execute + tlbField.addend);
    code.get(pc);
    code.plain('i32.wrap_i64');
    code.i32(inPageMask);
    code.plain('i32.and');
    code.i32(recordShift);
    code.plain('i32.shl');
    code.plain('i32.add');
    code.tee(record);
    code.memory('i32.load16_u', recordField.handler);
    code.i32(specialHandler.region);
    code.plain('i32.eq');
    code.if(() => {
      noteArrival(frame);
      code.get(budget);
      code.get(pc);
      code.i32(stateOffset);
      code.get(context);
      code.get(record);
      code.memory('i32.load16_u', recordField.region);
      code.tee(entry);
      code.get(entry);
      code.callIndirect(frame.region);
      code.tee(exit);
      code.i32(regionExitBits);
      code.plain('i32.shr_u');
      code.set(budget);
      code.get(exit);
      code.i32(regionExit.far);
      code.plain('i32.and');
      code.i32(Math.log2(seenFlag >> 8) - Math.log2(regionExit.far));
      code.plain('i32.shl');
      code.set(seen);
      code.get(exit);
      code.i32(regionExit.interpret);
      code.plain('i32.and');
      code.plain('i32.eqz');
      code.if(elsewhere);
    });
  });
}

/** Remembers pc among the places where translated code was entered last. */
function noteArrival({ code, entry, pc, direct, engineOffset }: Frame): void {
  code.i32(0);
  code.i32(0);
  code.memory('i32.load', engineOffset + engineWord.arrivals);
  code.tee(entry);
  code.i32(1);
  code.plain('i32.add');
  code.memory('i32.store', engineOffset + engineWord.arrivals);
  code.get(entry);
  code.i32(notedArrivals - 1);
  code.plain('i32.and');
  code.i32(3);
  code.plain('i32.shl');
  code.get(pc);
  code.get(direct);
  code.plain('i64.or');
  code.memory('i64.store', engineOffset + engineWord.lastArrivals);
}

function countInterpreted({ code, budget, engineOffset }: Frame, interpret: () => void): void {
  const count = (opcode: 'i32.add' | 'i32.sub'): void => {
    code.i32(0);
    code.i32(0);
    code.memory('i32.load', engineOffset + engineWord.interpreted);
    code.get(budget);
    code.plain(opcode);
    code.memory('i32.store', engineOffset + engineWord.interpreted);
  };
  count('i32.add');
  interpret();
  count('i32.sub');
}
