import type { Clock } from '../hart/clock.ts';
import type { Hart } from '../hart/hart.ts';
import type { Guest } from './guest.ts';
import { Scheduler } from './scheduler.ts';
import type { Vcpu } from './vcpu.ts';

/** Which vCPU has the hart, and until when: the scheduler's choice, and the world switch that it takes. */
export class HartTurns {
  readonly #hart: Hart;
  readonly #clock: Clock;
  readonly #guests: readonly Guest[];
  readonly #vcpus: readonly Vcpu[];
  readonly #scheduler: Scheduler;
  #loaded: Vcpu | undefined;
  #isStale = true;
  /** Step of the last entry into a guest. */
  #entryStep = 0;

  constructor(parts: {
    readonly hart: Hart;
    readonly clock: Clock;
    readonly guests: readonly Guest[];
    /** Of all guests, by their indices. */
    readonly vcpus: readonly Vcpu[];
    readonly sliceTicks: bigint;
  }) {
    this.#hart = parts.hart;
    this.#clock = parts.clock;
    this.#guests = parts.guests;
    this.#vcpus = parts.vcpus;
    this.#scheduler = new Scheduler(parts);
  }

  /** The vCPU whose registers are in the hart. */
  get loaded(): Vcpu | undefined {
    return this.#loaded;
  }

  /** Some vCPU may have become able to run, or unable: the next `choose` does choose. */
  changed(): void {
    this.#isStale = true;
  }

  /** Power-on: no vCPU has the hart. */
  forget(): void {
    this.#loaded = undefined;
    for (const vcpu of this.#vcpus) vcpu.forget();
  }

  /** The guest has left: what it ran since `enter` is counted as its vCPU's. */
  left(vcpu: Vcpu): void {
    // The trap itself was a step, and none of the guest's.
    vcpu.steps += this.#hart.state.steps - 1 - this.#entryStep;
  }

  /** Gives the hart to who is to have it, if that may have changed; `undefined` where nobody can run. */
  choose(): Vcpu | undefined {
    if (!this.#isStale) return this.#loaded;
    this.#isStale = false;
    const time = this.#clock.ticks();
    for (const { rtc } of this.#guests) rtc.update();
    const chosen = this.#scheduler.choose(this.#loaded, time);
    if (chosen !== this.#loaded) {
      this.#loaded?.unload();
      chosen?.load();
      this.#loaded = chosen;
    }
    for (const guest of this.#guests) guest.accountStealTime(time);
    this.#hart.csrs.poke('stimecmp', this.#deadline(chosen, time) ?? never);
    return chosen;
  }

  /** SRET into the guest whose vCPU has the hart. */
  enter(): void {
    this.#hart.returnFromSupervisor();
    this.#entryStep = this.#hart.state.steps;
  }

  save(): TurnsState {
    return {
      sliceEnd: this.#scheduler.save(),
      loaded: this.#loaded?.index ?? null,
      entryStep: this.#entryStep,
    };
  }

  /** The inverse of `save`; vCPUs are restored by themselves. */
  restore(state: TurnsState): void {
    this.#scheduler.restore(state.sliceEnd);
    this.#loaded = state.loaded === null ? undefined : this.#vcpus[state.loaded];
    this.#entryStep = state.entryStep;
    this.#isStale = false;
  }

  /** When the VMM must have the hart back; `undefined` for never. */
  #deadline(chosen: Vcpu | undefined, time: bigint): bigint | undefined {
    let first = this.#scheduler.deadline(chosen, time);
    for (const { alarm } of this.#guests)
      if (alarm !== undefined && (first === undefined || alarm < first)) first = alarm;
    return first;
  }
}

/** Plain data: whose turn it is. */
export interface TurnsState {
  readonly sliceEnd: bigint;
  /** Index of the vCPU in the hart. */
  readonly loaded: number | null;
  readonly entryStep: number;
}

/** stimecmp of a timer that is not set. */
const never = 0xffff_ffff_ffff_ffffn;
