import type { Hart } from '../hart/hart.ts';
import type { TakenTrap } from '../hart/trap.ts';
import type { HostedSupervisor, SupervisorProgress } from './hosted-supervisor.ts';
import type { StageReached } from './machine-stop.ts';

/** What came of running an exit's stages. */
export type StagesOutcome =
  | { readonly kind: 'done'; readonly progress: Exclude<SupervisorProgress, { readonly kind: 'stage' }> }
  | { readonly kind: 'stopped'; readonly stage: StageReached };

/** Takes a hosted supervisor through an exit, stage by stage. */
export class ExitStages {
  readonly #supervisor: HostedSupervisor;
  #underWay: { readonly hart: Hart; stage: StageReached; stoppedHere: boolean } | undefined;

  constructor(supervisor: HostedSupervisor) {
    this.#supervisor = supervisor;
  }

  /** The stage that is about to be done, where an exit is under way. */
  get current(): StageReached | undefined {
    return this.#underWay?.stage;
  }

  /** The hart whose exit is under way. */
  get hart(): Hart | undefined {
    return this.#underWay?.hart;
  }

  begin(hart: Hart, trap: TakenTrap): void {
    const name = this.#supervisor.beginExit(hart.id, trap);
    this.#underWay = { hart, stage: { hart: hart.id, name, index: 0 }, stoppedHere: false };
  }

  /** Forgets the exit under way: the machine is put into another state. */
  abandon(): void {
    this.#underWay = undefined;
  }

  /** Does stages until the exit is over, or the observer wants to stop. */
  run(stopBefore: ((stage: StageReached) => boolean) | undefined): StagesOutcome {
    for (;;) {
      const exit = this.#underWay;
      if (!exit) return { kind: 'done', progress: { kind: 'resumed' } };
      if (!exit.stoppedHere && stopBefore?.(exit.stage)) {
        exit.stoppedHere = true;
        return { kind: 'stopped', stage: exit.stage };
      }
      const progress = this.#supervisor.advance();
      if (progress.kind !== 'stage') {
        this.#underWay = undefined;
        return { kind: 'done', progress };
      }
      exit.stage = { ...exit.stage, name: progress.name, index: exit.stage.index + 1 };
      exit.stoppedHere = false;
    }
  }
}
