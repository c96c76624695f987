import type { SourceLocation } from './source.ts';
import type { Stratum } from './stratum.ts';

/** One row of the call stack that crosses the strata. */
export type Frame = CodeFrame | BoundaryFrame | StageFrame;

interface FrameBase {
  /** Stable while the debuggee stands still. */
  readonly id: number;
  readonly stratum: Stratum;
  /** As the stack shows it. */
  readonly name: string;
}

/** A function activation in guest code. Registers are those of this frame, as far as they can be recovered. */
export interface CodeFrame extends FrameBase {
  readonly kind: 'code';
  readonly pc: bigint;
  /** Text of the memory reference of pc, in the space of this frame. */
  readonly pcReference: string;
  readonly location: SourceLocation | undefined;
  /** Image that holds the pc, `undefined` where none is known. */
  readonly image: string | undefined;
}

/** Where one stratum was entered from the one below it: `— ecall from U: system call 5 (read) —`. */
export interface BoundaryFrame extends FrameBase {
  readonly kind: 'boundary';
}

/** A stage of the hosted VMM's handling of an exit. */
export interface StageFrame extends FrameBase {
  readonly kind: 'stage';
  readonly location: SourceLocation;
}
