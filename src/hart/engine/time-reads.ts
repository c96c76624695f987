import { time } from '../../isa/csrs/counters.ts';
import { csrSlot, hartSlot } from '../state-layout.ts';
import { writeGuards } from './compile/guards.ts';
import { engineWord } from './layout.ts';
import type { RecordPlace } from './record-place.ts';
import type { HandlerFrame } from './run-frame.ts';

/**
 * RDTIME: the machine's clock, and in a guest htimedelta with it. All that it depends on but the steps of this run is
 * written down before the run. What follows may be translated code, to which nothing else leads.
 */
export function compileTimeRead(frame: HandlerFrame, place: RecordPlace): void {
  const { code, engineOffset } = frame;
  place.leaveIf(() => {
    code.i32(0);
    code.memory('i32.load', engineOffset + engineWord.stepsPerTick);
    code.plain('i32.eqz');
  });
  writeGuards(time.guards, place);
  place.writeX('rd', () => {
    code.i32(0);
    code.memory('i64.load', engineOffset + engineWord.clockAtEnd);
    code.get(frame.budget);
    code.plain('i64.extend_i32_u');
    code.plain('i64.sub');
    code.i32(0);
    code.memory('i64.load32_u', engineOffset + engineWord.stepsPerTick);
    code.plain('i64.div_u');
    code.i32(0);
    code.memory('i64.load', engineOffset + engineWord.clockOffset);
    code.plain('i64.add');
    place.stateBase();
    code.memory('i64.load', place.slotAt(csrSlot.htimedelta));
    place.stateBase();
    code.memory('i64.load', place.slotAt(hartSlot.virtual));
    code.plain('i64.mul');
    code.plain('i64.add');
  });
  place.nextPc();
  code.set(frame.target);
  code.br(frame.farJump);
}
