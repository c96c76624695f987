import { stratumOf } from '../target/cpu.ts';
import type { DebugThread, Target } from '../target/target.ts';

/** The line of a source that a thread is in, and the instructions around its pc that belong to it. */
export interface CodeLine {
  readonly file: string;
  readonly line: number;
  readonly start: bigint;
  readonly isStatement: boolean;
  /** Where the function begins, which tells functions apart. */
  readonly functionStart: bigint | undefined;
}

/** Nothing where no image has lines for the thread's pc. */
export function lineAt(target: Target, thread: DebugThread): CodeLine | undefined {
  const { cpu, guest } = thread;
  const { pc } = cpu;
  const image = target.imageAt(pc, stratumOf(cpu.mode), guest?.name, cpu.regime());
  const found = image?.symbols.lineAt(pc);
  if (image === undefined || found === undefined) return undefined;
  const { file, line, start, isStatement } = found;
  return { file, line, start, isStatement, functionStart: image.symbols.functionAt(pc)?.low };
}
