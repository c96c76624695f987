import { csrrw } from '../../isa/extensions/zicsr.ts';
import { compileCsrAccess } from './compile-csr.ts';
import { compileInstruction } from './compile-semantics.ts';
import { compileCall, compileReturn } from './compile-traps.ts';
import { compileTimeRead } from './compile-time.ts';
import { csrAccesses } from './csr-access.ts';
import { exitCode } from './exit-code.ts';
import { fetchMissed } from './far-jump.ts';
import { handlerVariants, specialHandler } from './handlers.ts';
import { writePc, writeTlbEntry } from './interpreter-frame.ts';
import {
  pageRecords,
  recordBytes,
  recordField,
  recordShift,
  seenFlag,
  tlbArray,
  tlbField,
} from './layout.ts';
import { RecordPlace } from './record-place.ts';
import { addToBudget, leave, type DispatchFrame } from './run-frame.ts';
import type { CodeWriter, Label } from './wasm/code-writer.ts';

/**
 * Does the instruction of the current record, by the handler that the record names; the body of a loop. `done` and `undo`
 * are as in `writeRun`.
 */
export function writeDispatch(frame: DispatchFrame, done: Label, undo: Label): void {
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
    handlers[specialHandler.time] = () => {
      compileTimeRead(frame, new RecordPlace(frame, { instruction: csrrw, reach: 'far', length: 4 }));
    };
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
function writeCrossing(frame: DispatchFrame, done: Label, undo: Label): void {
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
