import type { Vcpu } from './vcpu.ts';

/** Preemptive round-robin over the vCPUs of all guests on one hart. Times are ticks of the machine. */
export class Scheduler {
  readonly #vcpus: readonly Vcpu[];
  readonly #slice: number;
  #sliceEnd = 0;

  constructor(options: { readonly vcpus: readonly Vcpu[]; readonly sliceTicks: number }) {
    this.#vcpus = options.vcpus;
    this.#slice = options.sliceTicks;
  }

  /**
   * Who gets the hart: `current` for the rest of its slice, then the next in turn that can run; undefined where
   * all wait or are stopped.
   */
  choose(current: Vcpu | undefined, time: number): Vcpu | undefined {
    for (const vcpu of this.#vcpus)
      if (vcpu.status === 'waiting' && vcpu.hasPendingInterrupt(time)) vcpu.wake();
    if (current?.status === 'running' && time < this.#sliceEnd) return current;
    const first = current === undefined ? 0 : current.index + 1;
    for (let turn = 0; turn < this.#vcpus.length; turn++) {
      const vcpu = this.#vcpus[(first + turn) % this.#vcpus.length];
      if (vcpu?.status !== 'ready' && vcpu?.status !== 'running') continue;
      this.#sliceEnd = time + this.#slice;
      return vcpu;
    }
    return undefined;
  }

  /**
   * When the VMM must have the hart back: at the end of the slice if others could run, and when the timer of
   * one that waits is due. undefined for never.
   */
  deadline(chosen: Vcpu | undefined, time: number): number | undefined {
    let earliest: number | undefined;
    for (const vcpu of this.#vcpus) {
      if (vcpu === chosen) continue;
      const at =
        vcpu.status === 'ready'
          ? this.#sliceEnd
          : vcpu.status === 'waiting'
            ? vcpu.wakeTime(time)
            : undefined;
      if (at !== undefined && (earliest === undefined || at < earliest)) earliest = at;
    }
    return earliest;
  }

  save(): number {
    return this.#sliceEnd;
  }

  restore(state: number): void {
    this.#sliceEnd = state;
  }
}
