import { ClockReader } from '../hart/clock-reader.ts';
import type { SteadyClock } from '../hart/clock.ts';
import type { Hart } from '../hart/hart.ts';
import { csrSlot } from '../hart/state-layout.ts';
import type { Guest } from './guest.ts';
import { Scheduler } from './scheduler.ts';
import type { Vcpu } from './vcpu.ts';

/** Which vCPU has the hart, and until when: the scheduler's choice, and the world switch that it takes. */
export class HartTurns {
  readonly #hart: Hart;
  readonly #now: ClockReader;
  readonly #guests: readonly Guest[];
  readonly #vcpus: readonly Vcpu[];
  readonly #scheduler: Scheduler;
  #loaded: Vcpu | undefined;
  #isStale = true;
  /** Step of the last entry into a guest. */
  #entryStep = 0;

  constructor(parts: {
    readonly hart: Hart;
    readonly clock: SteadyClock;
    readonly guests: readonly Guest[];
    /** Of all guests, by their indices. */
    readonly vcpus: readonly Vcpu[];
    readonly sliceTicks: number;
  }) {
    this.#hart = parts.hart;
    this.#now = new ClockReader(parts.clock);
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
    this.#now.read();
    const time = this.#now.ticks;
    for (const { rtc } of this.#guests) rtc.update();
    const chosen = this.#scheduler.choose(this.#loaded, time);
    if (chosen !== this.#loaded) {
      this.#loaded?.unload();
      chosen?.load();
      this.#loaded = chosen;
    }
    for (const guest of this.#guests) guest.accountStealTime(time);
    this.#comeBackAt(this.#deadline(chosen, time));
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
  #deadline(chosen: Vcpu | undefined, time: number): number | undefined {
    let first = this.#scheduler.deadline(chosen, time);
    for (const { alarm } of this.#guests)
      if (alarm !== undefined && (first === undefined || alarm < first)) first = alarm;
    return first;
  }

  /** Sets stimecmp, by its halves: that is done at every world switch. */
  #comeBackAt(deadline: number | undefined): void {
    const { state, csrs } = this.#hart;
    state.setLow(stimecmp, deadline ?? never);
    state.setHigh(stimecmp, deadline === undefined ? never : Math.floor(deadline / 0x1_0000_0000));
    csrs.loaded();
  }
}

/** Plain data: whose turn it is. */
export interface TurnsState {
  readonly sliceEnd: number;
  /** Index of the vCPU in the hart. */
  readonly loaded: number | null;
  readonly entryStep: number;
}

const { stimecmp } = csrSlot;
/** Both halves of stimecmp where no timer is set. */
const never = 0xffff_ffff;
