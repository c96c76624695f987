import type { Hart } from '../hart/hart.ts';
import type { HostedLevel } from '../hart/hosted.ts';
import type { FirmwareProgress } from './firmware/builtin-firmware.ts';
import type { SupervisorOutcome, SupervisorProgress } from './hosted-supervisor.ts';
import type { StageReached } from './machine-stop.ts';

/** Software of a hosted level, as far as it handles traps: see `HostedSupervisor`. */
export interface TrapHandler {
  beginExit(hart: number): string;
  advance(): SupervisorProgress | FirmwareProgress;
  finish(): TrapOutcome;
}

/** How the handling of a trap ended. */
export type TrapOutcome = SupervisorOutcome | FirmwareProgress;

/** A trap that software of a hosted level is handling, stage by stage. There is one at a time. */
export class HostedTrap {
  // Fields of their own, not objects: a guest may have a million exits a second.
  #handler: TrapHandler | undefined;
  #hart: Hart | undefined;
  #level: HostedLevel = 'machine';
  #name = '';
  #index = 0;
  /** The observer has stopped before this stage already. */
  #stoppedHere = false;

  get isUnderWay(): boolean {
    return this.#handler !== undefined;
  }

  /** The stage that is about to be done, where a trap is being handled. */
  get stage(): StageReached | undefined {
    if (this.#handler === undefined || this.#hart === undefined) return undefined;
    return { hart: this.#hart.id, level: this.#level, name: this.#name, index: this.#index };
  }

  /** The hart that took the trap being handled. */
  get hart(): Hart | undefined {
    return this.#hart;
  }

  begin(handler: TrapHandler, hart: Hart, level: HostedLevel): void {
    this.#name = handler.beginExit(hart.id);
    this.#handler = handler;
    this.#hart = hart;
    this.#level = level;
    this.#index = 0;
    this.#stoppedHere = false;
  }

  /** Forgets the trap being handled: the machine is put into another state. */
  abandon(): void {
    this.#handler = undefined;
    this.#hart = undefined;
  }

  /** Does stages until the trap is handled; the stage before which the observer wants to stop, where it does. */
  run(stopBefore: (stage: StageReached) => boolean): TrapOutcome | StageReached {
    for (;;) {
      const handler = this.#handler;
      if (handler === undefined) return resumed;
      if (!this.#stoppedHere) {
        const { stage } = this;
        if (stage && stopBefore(stage)) {
          this.#stoppedHere = true;
          return stage;
        }
      }
      const progress = handler.advance();
      if (progress.kind !== 'stage') {
        this.abandon();
        return progress;
      }
      this.#name = progress.name;
      this.#index++;
      this.#stoppedHere = false;
    }
  }

  /** Does all stages that are left. */
  finish(): TrapOutcome {
    const outcome = this.#handler?.finish() ?? resumed;
    this.abandon();
    return outcome;
  }
}

const resumed: TrapOutcome = { kind: 'resumed' };
