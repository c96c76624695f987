import type { Hart } from '../hart/hart.ts';
import type { HostedLevel } from '../hart/hosted.ts';
import type { TakenTrap } from '../hart/trap.ts';
import type { FirmwareProgress } from './firmware/builtin-firmware.ts';
import type { SupervisorProgress } from './hosted-supervisor.ts';
import type { StageReached } from './machine-stop.ts';

/** Software of a hosted level, as far as it handles traps: see `HostedSupervisor`. */
export interface TrapHandler {
  beginExit(hart: number, trap: TakenTrap): string;
  advance(): SupervisorProgress | FirmwareProgress;
}

/** How the handling of a trap ended. */
export type TrapOutcome = Exclude<SupervisorProgress | FirmwareProgress, { readonly kind: 'stage' }>;

interface Handling {
  readonly hart: Hart;
  readonly handler: TrapHandler;
  stage: StageReached;
  /** The observer has stopped before this stage already. */
  stoppedHere: boolean;
}

/** A trap that software of a hosted level is handling, stage by stage. There is one at a time. */
export class HostedTrap {
  #handling: Handling | undefined;

  /** The stage that is about to be done, where a trap is being handled. */
  get stage(): StageReached | undefined {
    return this.#handling?.stage;
  }

  /** The hart that took the trap being handled. */
  get hart(): Hart | undefined {
    return this.#handling?.hart;
  }

  begin(handler: TrapHandler, hart: Hart, level: HostedLevel, trap: TakenTrap): void {
    const name = handler.beginExit(hart.id, trap);
    this.#handling = {
      hart,
      handler,
      stage: { hart: hart.id, level, name, index: 0 },
      stoppedHere: false,
    };
  }

  /** Forgets the trap being handled: the machine is put into another state. */
  abandon(): void {
    this.#handling = undefined;
  }

  /** Does stages until the trap is handled; the stage before which the observer wants to stop, where it does. */
  run(stopBefore: ((stage: StageReached) => boolean) | undefined): TrapOutcome | StageReached {
    for (;;) {
      const handling = this.#handling;
      if (!handling) return { kind: 'resumed' };
      if (!handling.stoppedHere && stopBefore?.(handling.stage)) {
        handling.stoppedHere = true;
        return handling.stage;
      }
      const progress = handling.handler.advance();
      if (progress.kind !== 'stage') {
        this.#handling = undefined;
        return progress;
      }
      const { stage } = handling;
      handling.stage = { ...stage, name: progress.name, index: stage.index + 1 };
      handling.stoppedHere = false;
    }
  }
}
