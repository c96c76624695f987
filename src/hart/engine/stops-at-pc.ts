import { addressInPage, pageBytes } from '../../common/page.ts';
import type { Breakpoints } from '../breakpoints.ts';
import type { MachineMemory } from '../memory.ts';
import type { HartState } from '../state.ts';
import type { ProgramCounter } from './program-counter.ts';
import type { Refill } from './refill.ts';

/** Whether a run stops at a breakpoint at pc. */
export class StopsAtPc {
  /** The run does not stop at one at which it begins. */
  passes = false;
  readonly #state: HartState;
  readonly #breakpoints: Breakpoints;
  readonly #pc: ProgramCounter;
  readonly #refill: Refill;
  readonly #firstHostPage: number;

  constructor(options: {
    readonly state: HartState;
    readonly memory: MachineMemory;
    readonly breakpoints: Breakpoints;
    readonly pc: ProgramCounter;
    readonly refill: Refill;
  }) {
    this.#state = options.state;
    this.#breakpoints = options.breakpoints;
    this.#pc = options.pc;
    this.#refill = options.refill;
    this.#firstHostPage = options.memory.ramBase / pageBytes;
  }

  /** Are there any at virtual addresses? */
  get areVirtual(): boolean {
    return this.#breakpoints.pages('virtual').size > 0;
  }

  /** Is there a breakpoint that is not to be passed? `page` is the page of RAM, if that is known. */
  stopsAt(page: number | undefined): boolean {
    if (this.passes) return false;
    if (this.areVirtual && this.#breakpoints.has('virtual', this.#state.pc)) return true;
    if (this.#breakpoints.pages('physical').size === 0) return false;
    const hostPage = page === undefined ? this.#refill.hostPage(this.#pc.page) : page + this.#firstHostPage;
    if (hostPage === undefined) return false;
    return this.#breakpoints.has('physical', addressInPage(hostPage, BigInt(this.#pc.offset)));
  }
}
