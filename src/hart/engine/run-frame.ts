import type { InterpreterFrame } from './interpreter-frame.ts';
import { recordField } from './layout.ts';
import type { Label, Local } from './wasm/code-writer.ts';

/** What is there outside the loop over instructions. */
export interface RunFrame extends Omit<InterpreterFrame, Labels> {
  readonly budget: Local;
  /** What a far jump marks its target with: `seenFlag`, or 0 for the pc at which the run begins. */
  readonly seen: Local;
  /** What the budget is at the first instruction, which is not left to a region: that has been tried. */
  readonly passAt: Local;
  readonly exit: Local;
  /** Address of the page's patience: see `pageRecords`. */
  readonly patience: Local;
  /** What the budget was at the far jump into the page. */
  readonly arrival: Local;
}
/** What is there within it, and in handlers. */
export type DispatchFrame = Omit<HandlerFrame, 'next' | 'nearJump'>;
/** What a handler has: all of it. */
export type HandlerFrame = RunFrame & InterpreterFrame;

type Labels = 'dispatch' | 'next' | 'nearJump' | 'farJump' | 'refetch' | 'readMiss' | 'writeMiss' | 'slow';

/** Goes out to a label, with the `exitCode` that tells why. */
export function leave({ code, exit }: RunFrame, why: number, label: Label): void {
  code.i32(why);
  code.set(exit);
  code.br(label);
}

/** Loads the handler of the current record. */
export function readHandler({ code, record, handler }: RunFrame): void {
  code.get(record);
  code.memory('i32.load16_u', recordField.handler);
  code.set(handler);
}

/** Takes the instruction that retired off the budget. */
export function retire({ code, budget }: RunFrame): void {
  code.get(budget);
  code.i32(1);
  code.plain('i32.sub');
  code.set(budget);
}
