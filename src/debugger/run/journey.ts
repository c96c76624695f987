import type { Mark } from '../../timeline/mark.ts';
import type { ArmedAddresses } from '../breakpoints/armed-addresses.ts';
import type { DebugThread, Target } from '../target/target.ts';
import { idlePerSlice, type Mover } from './mover.ts';
import { outcomeOf } from './outcome.ts';
import type { SliceOutcome } from './plan.ts';
import type { Waypoint } from './waypoint.ts';

/** The movements a step is made of: single instructions, and stretches at full speed to a waypoint. */
export class Journey {
  readonly #target: Target;
  readonly #mover: Mover;
  readonly #armed: ArmedAddresses;
  readonly #from: Mark;
  #waypoint: Waypoint | undefined;
  #onArrival: (() => void) | undefined;

  constructor(options: { readonly target: Target; readonly mover: Mover; readonly armed: ArmedAddresses }) {
    this.#target = options.target;
    this.#mover = options.mover;
    this.#armed = options.armed;
    this.#from = options.target.machine.position;
  }

  get isUnderWay(): boolean {
    return this.#waypoint !== undefined;
  }

  /** Sets out for a waypoint; `goOn` then moves. */
  to(waypoint: Waypoint, onArrival?: () => void): void {
    this.dispose();
    this.#waypoint = waypoint;
    this.#onArrival = onArrival;
    for (const address of waypoint.addresses) this.#armed.arm('virtual', address);
  }

  /** Nothing where the waypoint is reached; else what the slice came to. */
  goOn(steps: number): SliceOutcome | undefined {
    const waypoint = this.#waypoint;
    if (waypoint === undefined) return undefined;
    if (!waypoint.isAt(this.#target.currentThread)) {
      const moved = this.#mover.run(steps, this.#from, { ...idlePerSlice, isAt: waypoint.isAt });
      if (moved.kind !== 'awaited') return outcomeOf(this.#target, moved);
    }
    const arrived = this.#onArrival;
    this.dispose();
    arrived?.();
    return undefined;
  }

  /** One step of the machine. `isStage` stops it before the first stage of an exit. Nothing if all went well. */
  single(isStage?: (thread: DebugThread) => boolean): SliceOutcome | undefined {
    const moved = this.#mover.run(1, this.#from, isStage && { isStage });
    return moved.kind === 'budget' || moved.kind === 'awaited' ? undefined : outcomeOf(this.#target, moved);
  }

  dispose(): void {
    for (const address of this.#waypoint?.addresses ?? []) this.#armed.disarm('virtual', address);
    this.#waypoint = undefined;
    this.#onArrival = undefined;
  }
}
