import type { InterpreterFrame } from './interpreter-frame.ts';
import type { Label, Local } from './wasm/code-writer.ts';

/** What is there outside the loop over instructions. */
export interface RunFrame extends Omit<InterpreterFrame, Labels> {
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
/** What is there within it. */
export type DispatchFrame = RunFrame & InterpreterFrame;

type Labels = 'nextInstruction' | 'farJump' | 'readMiss' | 'writeMiss' | 'slow';

/** Goes out to a label, with the `exitCode` that tells why. */
export function leave({ code, exit }: RunFrame, why: number, label: Label): void {
  code.i32(why);
  code.set(exit);
  code.br(label);
}

/** Gives back what of the budget an instruction took that was not done, or takes it. */
export function addToBudget({ code, budget }: RunFrame, by: number): void {
  code.get(budget);
  code.i32(by);
  code.plain('i32.add');
  code.set(budget);
}
