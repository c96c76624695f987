import type { Hart } from '../hart/hart.ts';

/** An instruction that a thread of a guest is at: by its stack pointer, other threads that come here are others. */
interface Place {
  readonly pc: bigint;
  readonly sp: bigint;
  readonly privilege: number;
}

/** Which breakpoints a run is to pass: that at which the last one stopped, also where an interrupt comes in between. */
export class BreakpointPassing {
  /** Where the last run stopped: the next one passes this breakpoint. */
  #stopped: { readonly hart: number; readonly pc: bigint } | undefined;
  /** Instructions that an interrupt took the place of when their breakpoint was to be passed: they are passed yet. */
  readonly #postponed = new Map<number, Place>();

  /** Nothing is to be passed any more: the machine is put into another state. */
  forget(): void {
    this.#stopped = undefined;
    this.#postponed.clear();
  }

  /** Does the hart begin at the breakpoint at which the last run stopped? That is asked once. */
  takes({ id, state }: Hart): boolean {
    if (this.#stopped === undefined) return false;
    const passes = this.#stopped.hart === id && this.#stopped.pc === state.pc;
    if (passes) this.#stopped = undefined;
    return passes;
  }

  /** Runs the hart for the one step with which it passes the breakpoint that it is at. */
  pass<T>(hart: Hart, run: () => T): T {
    const here = placeOf(hart.state);
    const before = hart.state.steps;
    const result = run();
    // Was the instruction run, or an interrupt taken in its place?
    const { newest } = hart.trapRecords;
    const isInterrupted = newest?.interrupt === true && newest.step === before && newest.pc === here.pc;
    if (isInterrupted) this.#postponed.set(hart.id, here);
    return result;
  }

  /** The hart is at a breakpoint: is it to stop there? Not where it has come back from the interrupt. */
  stopsAt(hart: Hart, pc: bigint): boolean {
    this.#stopped = { hart: hart.id, pc };
    const postponed = this.#postponed.get(hart.id);
    const here = placeOf(hart.state);
    if (postponed?.pc !== here.pc || postponed.sp !== here.sp || postponed.privilege !== here.privilege)
      return true;
    this.#postponed.delete(hart.id);
    return false;
  }
}

function placeOf(state: Hart['state']): Place {
  return { pc: state.pc, sp: state.getX(2), privilege: state.privilege };
}
