import type { ArmedAddresses } from '../breakpoints/armed-addresses.ts';
import { unwindThread } from '../stack/unwind.ts';
import type { DebugThread, Target } from '../target/target.ts';
import { Journey } from './journey.ts';
import type { Mover } from './mover.ts';
import { endOfStep } from './outcome.ts';
import type { Plan, SliceOutcome } from './plan.ts';
import { returnFromTrap, returnOf } from './waypoint.ts';

/** Runs until the innermost frame has returned: to its caller, or from a handler to the stratum below. */
export class OutPlan implements Plan {
  readonly #target: Target;
  readonly #mover: Mover;
  readonly #journey: Journey;

  constructor(options: {
    readonly target: Target;
    readonly mover: Mover;
    readonly armed: ArmedAddresses;
    readonly thread: DebugThread;
  }) {
    const { target, mover, thread } = options;
    this.#target = target;
    this.#mover = mover;
    this.#journey = new Journey(options);
    const [level] = unwindThread(target, thread);
    const caller = level?.activations[1];
    if (caller !== undefined) {
      // The frame is gone once the stack pointer is at its top again.
      const top = level?.activations[0]?.cfa ?? thread.cpu.getX(2);
      this.#journey.to(returnOf(thread, caller.registers.pc, top));
    } else if (level?.enteredBy !== undefined) {
      this.#journey.to(returnFromTrap(thread, level.enteredBy));
    } else {
      // The outermost frame never returns: only breakpoints end this.
      this.#journey.to({ addresses: [], isAt: () => false });
    }
  }

  advance(steps: number): SliceOutcome {
    const outcome = this.#journey.goOn(steps);
    if (outcome !== undefined) return outcome;
    return endOfStep(this.#target, this.#mover);
  }

  dispose(): void {
    this.#journey.dispose();
  }
}
