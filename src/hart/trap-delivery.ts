import type { Engine } from './engine/engine.ts';
import { supervisorMode } from './hart-mode.ts';
import type { HartTimers } from './hart-timers.ts';
import { hostedLevel, type HostedLevel, type HostedLevels } from './hosted.ts';
import type { HartState } from './state.ts';
import type { HartStop } from './stop.ts';
import type { TakenTrap } from './trap.ts';
import type { Triggers } from './triggers/triggers.ts';

/** Sees every trap once it is delivered; `true` stops the run there. */
export type TrapObserver = (trap: TakenTrap) => boolean;

/** Whoever wants to know when guests run whose VMM is guest software. */
export interface ExitWatch {
  /** A trap from VS or VU mode to HS mode is delivered. */
  left(trap: TakenTrap): void;
  /** SRET in HS mode has entered VS or VU mode. */
  entered(): void;
}

/** Tells everyone of a trap that a hart has taken, once its CSRs say so. */
export class TrapDelivery {
  onTrap: TrapObserver | undefined;
  exits: ExitWatch | undefined;
  readonly #state: HartState;
  readonly #hosted: HostedLevels;
  readonly #triggers: Triggers;
  readonly #timers: HartTimers;
  readonly #engine: Engine | undefined;

  constructor(parts: {
    readonly state: HartState;
    readonly hosted: HostedLevels;
    readonly triggers: Triggers;
    readonly timers: HartTimers;
    readonly engine: Engine | undefined;
  }) {
    this.#state = parts.state;
    this.#hosted = parts.hosted;
    this.#triggers = parts.triggers;
    this.#timers = parts.timers;
    this.#engine = parts.engine;
  }

  /** Is there nobody who is told of each trap? Then `enteredHandler` is enough. */
  get isUnseen(): boolean {
    return this.onTrap === undefined && this.exits === undefined && !this.#triggers.areArmed;
  }

  /** A trap was taken; the stop that it is, if any. */
  deliver(taken: TakenTrap): HartStop | undefined {
    const stop = this.enteredHandler();
    // A hosted level has no first instruction to fire before.
    if (this.#triggers.areArmed && stop === undefined) this.#triggers.trapped(taken);
    if (taken.from.virtual && taken.to === supervisorMode) this.exits?.left(taken);
    return this.onTrap?.(taken) ? { kind: 'trap', trap: taken } : stop;
  }

  /** Likewise, for a trap that nobody sees. */
  enteredHandler(): HartStop | undefined {
    this.#timers.countingChanged();
    this.#engine?.enterByTrap();
    this.#engine?.contextChanged();
    return this.hostedStop();
  }

  /** The stop that it is to run where the hart is now, if its level is hosted. */
  hostedStop(): HartStop | undefined {
    const level = hostedLevel(this.#state, this.#hosted);
    return level && hostedStops[level];
  }
}

// What a run returns most often is made once.
const hostedStops: Readonly<Record<HostedLevel, HartStop>> = {
  machine: { kind: 'hosted', level: 'machine' },
  supervisor: { kind: 'hosted', level: 'supervisor' },
};
