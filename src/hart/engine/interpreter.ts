import type { InstructionAlignment } from '../../isa/configuration/isa.ts';
import type { MachineMemory } from '../memory.ts';
import { hartSlot, slotOffset } from '../state-layout.ts';
import { writeDispatch } from './dispatch.ts';
import { writeDriver } from './driver.ts';
import { exitCode, type HartPlace } from './exit-code.ts';
import { writeFarJump, writePatience } from './far-jump.ts';
import { floatLocals } from './compile/float-place.ts';
import { writePc } from './interpreter-frame.ts';
import { engineWord } from './layout.ts';
import { leave, retire, type RunFrame } from './run-frame.ts';
import type { Local } from './wasm/code-writer.ts';
import { ModuleWriter } from './wasm/module-writer.ts';
import type { ValueType } from './wasm/opcodes.ts';
import { writeRefill } from './write-refill.ts';

/** The exports of the interpreter's module. */
export interface Interpreter {
  /**
   * Runs at most `budget` instructions from pc, in translated code where there is some; gives an `exitCode`. What
   * is left is in `engineWord.remaining`. `entry`: 1 where pc is one to which jumps lead that nobody sees, as to a
   * trap handler; else 0.
   */
  readonly run: (budget: number, entry: 0 | 1) => number;
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
    { parameters: parameterNames.map(() => 'i32'), results: ['i32'] },
    [...Object.values(namedLocals), ...scratchLocals, ...doubleLocals, ...singleLocals],
    (code, locals) => {
      let next = 0;
      const take = (count: number): readonly Local[] => locals.slice(next, (next += count));
      const names = [...parameterNames, ...Object.keys(namedLocals)];
      const named = Object.fromEntries(take(names.length).map((local, index) => [names[index], local]));
      writeRun({
        code,
        ...(named as Record<LocalName, Local>),
        scratch: take(scratchLocals.length),
        doubles: take(doubleLocals.length),
        singles: take(singleLocals.length),
        stateOffset,
        engineOffset,
        alignment,
        ramDelta: memory.ramBase - memory.ramOffset,
      });
    },
  );
  writeDriver(module, { interpret, refill: writeRefill(module, memory, hart) }, hart);
  return module.finish();
}

const parameterNames = ['budget', 'seen'] as const;
const namedLocals = {
  record: 'i32',
  context: 'i32',
  entry: 'i32',
  host: 'i32',
  missSize: 'i32',
  exit: 'i32',
  passAt: 'i32',
  handler: 'i32',
  target: 'i64',
  address: 'i64',
  patience: 'i32',
  arrival: 'i32',
} as const satisfies Readonly<Record<string, ValueType>>;
type LocalName = (typeof parameterNames)[number] | keyof typeof namedLocals;
const scratchLocals: readonly ValueType[] = Array.from({ length: 4 }, () => 'i64');
const doubleLocals: readonly ValueType[] = Array.from({ length: floatLocals.doubles }, () => 'f64');
const singleLocals: readonly ValueType[] = Array.from({ length: floatLocals.singles }, () => 'f32');

/**
 * done { undo { slow { readMiss { writeMiss { refetch: loop { probe; farJump { dispatch: loop { … } } retire } } } } } }
 *
 * Whoever goes to `done` has set `exit`, and `target` to the pc; whoever goes to `undo` has set `exit`, and the
 * current record's instruction has not retired.
 */
function writeRun(frame: RunFrame): void {
  const { code, budget, exit, target, context, address, missSize, stateOffset, engineOffset } = frame;
  code.get(budget);
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
            code.loop((refetch) => {
              writeFarJump(frame, done);
              code.block((farJump) => {
                code.loop((dispatch) => {
                  const labels = { dispatch, farJump, refetch, readMiss, writeMiss, slow };
                  writeDispatch({ ...frame, ...labels }, done, undo);
                });
              });
              retire(frame);
              code.br(refetch);
            });
          });
          missed(exitCode.writeMiss);
        });
        missed(exitCode.readMiss);
      });
      leave(frame, exitCode.slow, undo);
    });
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
