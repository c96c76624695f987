import type { TakenTrap } from '../../hart/trap.ts';
import type { ExitRecord } from '../../vmm/exits/record.ts';
import type { DataHit } from '../watches/data-watch.ts';
import type { Activation } from '../stack/activation.ts';
import type { DebugThread } from '../target/target.ts';

/** Where an expression is evaluated: what its names can mean. */
export interface EvaluationContext {
  readonly thread: DebugThread;
  /** The frame whose variables and registers count; undefined where there is none. */
  readonly activation: Activation | undefined;
  /** Which wins where both know a name: the event (in conditions), or the frame that a person looks at. */
  readonly precedence: 'event' | 'frame';
  /** At an exit: `exit.*`, `gpa`, `write`, `guest`, `hypercall.number`, … */
  readonly exit: ExitRecord | undefined;
  /** At a trap: `cause`, `tval`, `from`, `to`, … */
  readonly trap: TakenTrap | undefined;
  /** At an access of watched memory: `old`, `new`, `write`, … */
  readonly hit?: DataHit | undefined;
}
