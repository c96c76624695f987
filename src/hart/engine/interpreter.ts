import { csrrw } from '../../isa/extensions/zicsr.ts';
import type { InstructionAlignment } from '../../isa/configuration/isa.ts';
import type { MachineMemory } from '../memory.ts';
import { hartSlot, slotOffset } from '../state-layout.ts';
import { exitCode, type HartPlace } from './exit-code.ts';
import { writeDriver } from './driver.ts';
import { floatLocals } from './float-place.ts';
import { compileCsrAccess } from './compile-csr.ts';
import { compileInstruction } from './compile-semantics.ts';
import { compileCall, compileReturn } from './compile-traps.ts';
import { csrAccesses } from './csr-access.ts';
import { handlerVariants, specialHandler } from './handlers.ts';
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
import { writePc, writeTlbEntry, type InterpreterFrame } from './interpreter-frame.ts';
import { RecordPlace } from './record-place.ts';
import type { CodeWriter, Label, Local } from './wasm/code-writer.ts';
import { ModuleWriter } from './wasm/module-writer.ts';
import type { ValueType } from './wasm/opcodes.ts';

/** The exports of the interpreter's module. */
export interface Interpreter {
  /**
   * Runs at most `budget` instructions from pc, in translated code where there is some; gives an `exitCode`. What
   * is left is in `engineWord.remaining`. `entry`: 1 where pc is one to which jumps lead that nobody sees, as to a
   * trap handler; else 0.
   */
  run(budget: number, entry: 0 | 1): number;
}

/**
 * Writes the interpreter for one hart of a machine as a wasm module, which imports `machine.memory` and the table of
 * translated functions, `machine.regions`.
 */
export function writeInterpreter(
  memory: MachineMemory,
  hart: HartPlace,
  alignment: InstructionAlignment,
): Uint8Array {
  const module = new ModuleWriter(
    { module: 'machine', name: 'memory', pages: memory.wasm.buffer.byteLength / 0x1_0000 },
    { module: 'machine', name: 'regions' },
  );
  const { stateOffset, engineOffset } = hart;
  const interpret = module.function(
    'interpret',
    { parameters: ['i32', 'i32'], results: ['i32'] },
    localTypes,
    (
      code,
      [
        budget,
        seen,
        record,
        context,
        entry,
        host,
        missSize,
        exit,
        passAt,
        handler,
        bias,
        target,
        address,
        patience,
        arrival,
        ...rest
      ],
    ) => {
      writeRun({
        code,
        budget,
        seen,
        record,
        context,
        entry,
        host,
        missSize,
        exit,
        passAt,
        handler,
        bias,
        target,
        address,
        patience,
        arrival,
        scratch: rest.slice(0, scratchLocals),
        doubles: rest.slice(scratchLocals, scratchLocals + floatLocals.doubles),
        singles: rest.slice(scratchLocals + floatLocals.doubles),
        stateOffset,
        engineOffset,
        alignment,
        ramDelta: memory.ramBase - memory.ramOffset,
      } as OuterFrame);
    },
  );
  writeDriver(module, interpret, hart);
  return module.finish();
}

/** Of the type i64. */
const scratchLocals = 4;
const localTypes: readonly ValueType[] = [
  ...Array.from({ length: 8 }, () => 'i32' as const),
  ...Array.from({ length: 3 }, () => 'i64' as const),
  ...Array.from({ length: 2 }, () => 'i32' as const),
  ...Array.from({ length: scratchLocals }, () => 'i64' as const),
  ...Array.from({ length: floatLocals.doubles }, () => 'f64' as const),
  ...Array.from({ length: floatLocals.singles }, () => 'f32' as const),
];

type Labels = 'nextInstruction' | 'farJump' | 'readMiss' | 'writeMiss' | 'slow';
/** What is there outside the loop over instructions. */
interface OuterFrame extends Omit<InterpreterFrame, Labels> {
  readonly budget: Local;
  /** What a far jump marks its target with: `seenFlag`, or 0 for the pc at which the run begins. */
  readonly seen: Local;
  /** What the budget is at the first instruction, which is not left to a region: that has been tried. */
  readonly passAt: Local;
  readonly handler: Local;
  readonly exit: Local;
  /** Address of the page's patience: see `pageRecords`. */
  readonly patience: Local;
  /** What the budget was at the far jump into the page. */
  readonly arrival: Local;
  readonly engineOffset: number;
}
type Frame = OuterFrame & InterpreterFrame;

/**
 * done { undo { slow { readMiss { writeMiss { farJump: loop { probe; nextInstruction: loop { dispatch, handlers } } } } } } }
 *
 * Whoever goes to `done` has set `exit`, and `target` to the pc; whoever goes to `undo` has set `exit`, and the
 * current record's instruction has not retired.
 */
function writeRun(frame: OuterFrame): void {
  const { code, budget, exit, target, context, address, missSize, stateOffset, engineOffset } = frame;
  code.get(budget);
  code.i32(1);
  code.plain('i32.sub');
  code.set(frame.passAt);
  const pcOffset = stateOffset + slotOffset(hartSlot.pc);
  code.i32(0);
  code.memory('i32.load', engineOffset + engineWord.context);
  code.set(context);
  code.i32(0);
  code.memory('i64.load', pcOffset);
  code.set(target);
  code.i32(engineOffset + engineWord.patience);
  code.set(frame.patience);
  code.get(budget);
  code.set(frame.arrival);
  code.block((done) => {
    code.block((undo) => {
      const missed = (which: number): void => {
        code.i32(0);
        code.get(address);
        code.memory('i64.store', engineOffset + engineWord.missAddress);
        code.i32(0);
        code.get(missSize);
        code.memory('i32.store', engineOffset + engineWord.missSize);
        leave(frame, which, undo);
      };
      code.block((slow) => {
        code.block((readMiss) => {
          code.block((writeMiss) => {
            code.loop((farJump) => {
              writeFarJump(frame, done);
              code.loop((nextInstruction) => {
                writeDispatch({ ...frame, nextInstruction, farJump, readMiss, writeMiss, slow }, done, undo);
              });
            });
          });
          missed(exitCode.writeMiss);
        });
        missed(exitCode.readMiss);
      });
      leave(frame, exitCode.slow, undo);
    });
    addToBudget(frame, 1);
    writePc(frame);
    code.set(target);
  });
  writePatience(frame);
  code.i32(0);
  code.get(target);
  code.memory('i64.store', pcOffset);
  code.i32(0);
  code.get(budget);
  code.memory('i32.store', engineOffset + engineWord.remaining);
  code.get(exit);
}

/** Finds the record of `target`'s instruction through the execute TLB. */
function writeFarJump(frame: OuterFrame, done: Label): void {
  const { code, entry, record, target, bias, address } = frame;
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
  code.tee(record);
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
  code.get(target);
  code.get(record);
  code.i32(recordShift);
  code.plain('i32.shr_u');
  code.plain('i64.extend_i32_u');
  code.plain('i64.sub');
  code.set(bias);
}

/** Lessens the patience with the page that was jumped to last. */
function writePatience({ code, budget, patience, arrival }: OuterFrame): void {
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

function writeDispatch(frame: Frame, done: Label, undo: Label): void {
  const { code, budget, target, record } = frame;
  code.get(budget);
  code.plain('i32.eqz');
  code.if(() => {
    writePc(frame);
    code.set(target);
    leave(frame, exitCode.budget, done);
  });
  addToBudget(frame, -1);
  code.get(record);
  code.memory('i32.load16_u', recordField.handler);
  code.set(frame.handler);
  code.loop((again) => {
    const handlers: (() => void)[] = [];
    handlers[specialHandler.decode] = () => leave(frame, exitCode.decode, undo);
    handlers[specialHandler.slow] = () => code.br(frame.slow);
    handlers[specialHandler.breakpoint] = () => leave(frame, exitCode.breakpoint, undo);
    handlers[specialHandler.pageEnd] = () => {
      addToBudget(frame, 1);
      writePc(frame);
      code.set(target);
      code.br(frame.farJump);
    };
    handlers[specialHandler.call] = () => compileCall(frame);
    handlers[specialHandler.return] = () => compileReturn(frame);
    handlers[specialHandler.crossing] = () => writeCrossing(frame, done, undo);
    handlers[specialHandler.region] = () => {
      code.get(budget);
      code.get(frame.passAt);
      code.plain('i32.ne');
      code.if(() => leave(frame, exitCode.region, undo));
      readSaved();
      code.br(again);
    };
    handlers[specialHandler.loopHead] = () => {
      code.get(record);
      code.get(record);
      code.memory('i32.load16_u', recordField.region);
      code.i32(1);
      code.plain('i32.sub');
      code.tee(frame.handler);
      code.memory('i32.store16', recordField.region);
      code.get(frame.handler);
      code.plain('i32.eqz');
      code.if(() => leave(frame, exitCode.hotLoop, undo));
      readSaved();
      code.br(again);
    };
    const readSaved = (): void => {
      code.get(record);
      code.memory('i32.load16_u', recordField.saved);
      code.i32(seenFlag - 1);
      code.plain('i32.and');
      code.set(frame.handler);
    };
    for (const variant of handlerVariants) {
      handlers.push(() => compileInstruction(variant.instruction, new RecordPlace(frame, variant)));
    }
    for (const access of csrAccesses) {
      handlers.push(() =>
        compileCsrAccess(access, new RecordPlace(frame, { instruction: csrrw, reach: 'far', length: 4 })),
      );
    }
    nestBlocks(code, handlers, () => code.get(frame.handler));
  });
}

/**
 * The second half of a crossing instruction is in whatever page the next virtual one is mapped to now. If that
 * half is still what it was when the instruction was decoded, its record is right.
 */
function writeCrossing(frame: Frame, done: Label, undo: Label): void {
  const { code, record, bias, address, entry, nextInstruction } = frame;
  const toCrossing = (pageRecords.crossing - lastRecord) * recordBytes;
  writePc(frame);
  code.i64(2n);
  code.plain('i64.add');
  code.tee(address);
  writeTlbEntry(frame);
  code.tee(entry);
  code.memory('i64.load', tlbArray.execute + tlbField.tag);
  code.get(address);
  code.plain('i64.ne');
  code.if(() => {
    addToBudget(frame, 1);
    writePc(frame);
    code.set(frame.target);
    fetchMissed(frame, done, () => code.i32(0));
  });
  code.get(entry);
  code.memory('i32.load', tlbArray.execute + tlbField.detail);
  code.memory('i32.load16_u', 0);
  code.get(record);
  code.memory('i32.load16_u', toCrossing + recordField.saved);
  code.plain('i32.ne');
  code.if(() => leave(frame, exitCode.decode, undo));
  addToBudget(frame, 1);
  code.get(record);
  code.i32(toCrossing);
  code.plain('i32.add');
  code.set(record);
  code.get(bias);
  code.i64(BigInt(toCrossing >> recordShift));
  code.plain('i64.sub');
  code.set(bias);
  code.br(nextInstruction);
}

/** `seen`: what the instruction is to be marked with once its page is there. */
function fetchMissed(frame: OuterFrame, done: Label, seen: () => void): void {
  const { code, address, engineOffset } = frame;
  code.i32(0);
  seen();
  code.memory('i32.store', engineOffset + engineWord.missSize);
  code.i32(0);
  code.get(address);
  code.memory('i64.store', engineOffset + engineWord.missAddress);
  leave(frame, exitCode.fetchMiss, done);
}

function leave({ code, exit }: OuterFrame, why: number, label: Label): void {
  code.i32(why);
  code.set(exit);
  code.br(label);
}

function addToBudget({ code, budget }: OuterFrame, by: number): void {
  code.get(budget);
  code.i32(by);
  code.plain('i32.add');
  code.set(budget);
}

/** A branch table over as many nested blocks as there are bodies; each body ends with a branch. */
function nestBlocks(code: CodeWriter, bodies: readonly (() => void)[], selector: () => void): void {
  const labels: Label[] = [];
  const nest = (index: number): void => {
    const body = bodies[index];
    if (body === undefined) {
      selector();
      code.brTable(labels, labels[0] as Label);
      return;
    }
    code.block((label) => {
      labels[index] = label;
      nest(index + 1);
    });
    body();
  };
  nest(0);
}

const lastRecord = pageRecords.end - 1;
