import { assert } from '../common/errors.ts';
import type { Hart } from '../hart/hart.ts';
import { hostedLevel, type HostedLevel } from '../hart/hosted.ts';
import type { Ending } from './ending.ts';
import { HostedTrap, type TrapOutcome } from './hosted-trap.ts';
import type { Levels } from './levels.ts';
import type { MachineStop, RunRequest, StageReached } from './machine-stop.ts';

/** The traps that the machine's hosted levels handle, and what becomes of the harts and the machine after them. */
export class HostedSoftware {
  readonly #levels: Levels;
  readonly #ending: Ending;
  readonly #trap = new HostedTrap();

  constructor(levels: Levels, ending: Ending) {
    this.#levels = levels;
    this.#ending = ending;
  }

  get isUnderWay(): boolean {
    return this.#trap.isUnderWay;
  }

  /** The stage that is about to be done, where a trap is being handled. */
  get stage(): StageReached | undefined {
    return this.#trap.stage;
  }

  /** The hart that took the trap being handled. */
  get hart(): Hart | undefined {
    return this.#trap.hart;
  }

  /** Power-on, once the firmware has put the hart into HS mode. */
  start(hart: Hart): void {
    const begun = this.#levels.supervisor?.start(hart.id);
    if (begun && begun.kind !== 'stage') this.#resumeFrom(hart, begun);
  }

  /** A trap was delivered to a hosted level. */
  begin(hart: Hart, level: HostedLevel): void {
    const { firmware, supervisor } = this.#levels;
    const handler = level === 'machine' ? firmware : supervisor;
    assert(handler !== undefined, 'a hosted level has its software');
    this.#trap.begin(handler, hart, level);
  }

  /** Forgets the trap being handled: the machine is put into another state. */
  abandon(): void {
    this.#trap.abandon();
  }

  /** Goes on with the trap being handled, to its end or to a stage before which the observer wants to stop. */
  run(stopBefore: RunRequest['stopBeforeStage']): MachineStop | undefined {
    const { hart } = this.#trap;
    const outcome = stopBefore ? this.#trap.run(stopBefore) : this.#trap.finish();
    if (!('kind' in outcome)) return { kind: 'stage', hart: outcome.hart, stage: outcome.name };
    if (hart) this.#resumeFrom(hart, outcome);
    return undefined;
  }

  /** Handles a trap that was delivered just now; whether its hart then can go on below the hosted levels. */
  handle(hart: Hart, level: HostedLevel): boolean {
    this.begin(hart, level);
    this.#resumeFrom(hart, this.#trap.finish());
    return !hart.state.waiting && hostedLevel(hart.state, hart.hosted) === undefined;
  }

  #resumeFrom(hart: Hart, outcome: TrapOutcome): void {
    switch (outcome.kind) {
      case 'resumed':
        return;
      case 'waiting':
        hart.state.waiting = true;
        return;
      case 'finished':
        return this.#ending.exit(outcome.code, 'supervisor');
      case 'fatal':
        return this.#ending.fail(outcome.message);
    }
  }
}
