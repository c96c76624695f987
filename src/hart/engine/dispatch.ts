import { csrrw } from '../../isa/extensions/zicsr.ts';
import { compileCsrAccess } from './compile/csr.ts';
import { compileInstruction } from './compile/semantics.ts';
import { compileCall, compileReturn } from './system-calls.ts';
import { compileTimeRead } from './time-reads.ts';
import { csrAccesses } from './csr-access.ts';
import { exitCode } from './exit-code.ts';
import { fetchMissed } from './far-jump.ts';
import { handlerVariants, specialHandler } from './handlers.ts';
import { writePc, writeTlbEntry } from './interpreter-frame.ts';
import { engineWord, pageRecords, recordBytes, recordField, seenFlag, tlbArray, tlbField } from './layout.ts';
import { RecordPlace } from './record-place.ts';
import { leave, readHandler, retire, type DispatchFrame, type HandlerFrame } from './run-frame.ts';
import type { CodeWriter, Label } from './wasm/code-writer.ts';

/**
 * Does the instruction of the current record, by the handler that the record names; the body of a loop. `done` and `undo`
 * are as in `writeRun`.
 *
 * What many handlers compute alike V8 computes once, before the branch table, for every instruction. So what they have
 * in common is in the few blocks that they end in, and the rest begins with a load.
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
  const goOn = (): void => {
    code.plain('i32.add');
    code.set(record);
    readHandler(frame);
    retire(frame);
    code.br(frame.dispatch);
  };
  code.block((nearJump) => {
    code.block((after4) => {
      code.block((after2) => {
        writeHandlers({ ...frame, nearJump, next: { 2: after2, 4: after4 } }, done, undo);
      });
      code.get(record);
      code.i32(recordBytes);
      goOn();
    });
    code.get(record);
    code.i32(2 * recordBytes);
    goOn();
  });
  code.get(record);
  code.get(record);
  code.memory('i32.load', recordField.imm);
  goOn();
}

function writeHandlers(frame: HandlerFrame, done: Label, undo: Label): void {
  const { code, budget, target, record } = frame;
  const handlers: (() => void)[] = [];
  handlers[specialHandler.decode] = () => leave(frame, exitCode.decode, undo);
  handlers[specialHandler.slow] = () => code.br(frame.slow);
  handlers[specialHandler.breakpoint] = () => leave(frame, exitCode.breakpoint, undo);
  handlers[specialHandler.pageEnd] = () => {
    writePc(frame);
    code.set(target);
    code.br(frame.refetch);
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
    code.br(frame.dispatch);
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
    code.br(frame.dispatch);
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
}

/**
 * The second half of a crossing instruction is in whatever page the next virtual one is mapped to now. If that
 * half is still what it was when the instruction was decoded, its record is right.
 */
function writeCrossing(frame: HandlerFrame, done: Label, undo: Label): void {
  const { code, record, address, entry, engineOffset } = frame;
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
  code.get(record);
  code.i32(toCrossing);
  code.plain('i32.add');
  code.set(record);
  code.i32(0);
  code.i32(0);
  code.memory('i32.load', engineOffset + engineWord.pageRecords);
  code.i32(toCrossing);
  code.plain('i32.add');
  code.memory('i32.store', engineOffset + engineWord.pageRecords);
  readHandler(frame);
  code.br(frame.dispatch);
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
