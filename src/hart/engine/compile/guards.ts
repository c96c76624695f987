import type { Guard } from '../../../isa/instruction.ts';
import { compileGuards } from '../../guards.ts';
import { hartSlot } from '../../state-layout.ts';
import type { CodeWriter } from '../wasm/code-writer.ts';

/** What guards need of the place that they are compiled for. */
interface GuardPlace {
  readonly code: CodeWriter;
  leaveIf(condition: () => void): void;
  stateBase(): void;
  slotAt(slot: number): number;
}

/** Writes code that is left where a guard holds: then the instruction raises something, and that is not done in wasm. */
export function writeGuards(guards: readonly Guard[], place: GuardPlace): void {
  if (guards.length === 0) return;
  for (const { modes, half, low, mask, equals } of compileGuards(guards).guards) {
    place.leaveIf(() => {
      const { code } = place;
      writeIsIn(modes, place);
      if (half < 0) return;
      readHalf(half, place);
      code.i32(low);
      code.plain('i32.shr_u');
      code.i32(mask);
      code.plain('i32.and');
      code.i32(equals);
      code.plain('i32.eq');
      code.plain('i32.and');
    });
  }
}

/** Leaves 1 where the hart is in one of the modes, which are bits as in `CompiledGuard`; else 0. */
function writeIsIn(modes: number, place: GuardPlace): void {
  const { code } = place;
  code.i32(modes);
  readHalf(2 * hartSlot.privilege, place);
  readHalf(2 * hartSlot.virtual, place);
  code.i32(2);
  code.plain('i32.shl');
  code.plain('i32.or');
  code.plain('i32.shr_u');
  code.i32(1);
  code.plain('i32.and');
}

function readHalf(half: number, place: GuardPlace): void {
  place.stateBase();
  place.code.memory('i32.load', place.slotAt(half >> 1) + 4 * (half & 1));
}
