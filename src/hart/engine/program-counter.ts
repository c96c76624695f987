import { pageBytes } from '../../common/page.ts';
import type { MachineMemory } from '../memory.ts';
import { hartSlot } from '../state-layout.ts';
import type { HartState } from '../state.ts';
import type { TranslationContexts } from './translation-contexts.ts';

/** Where pc is, by the execute TLB. */
export class ProgramCounter {
  readonly #state: HartState;
  readonly #memory: MachineMemory;
  readonly #contexts: TranslationContexts;

  constructor(state: HartState, memory: MachineMemory, contexts: TranslationContexts) {
    this.#state = state;
    this.#memory = memory;
    this.#contexts = contexts;
  }

  /** The virtual page (address >> 12). */
  get page(): number {
    const { halves } = this.#state;
    return pageOf(halves[pc] as number, halves[pc + 1] as number);
  }

  /** Within the page. */
  get offset(): number {
    return (this.#state.halves[pc] as number) & 0xfff;
  }

  /** The page of RAM (its number within RAM), where the TLB has it. */
  get ramPage(): number | undefined {
    return this.ramPageOf(this.page);
  }

  /** Likewise of any virtual page. */
  ramPageOf(virtualPage: number): number | undefined {
    const host = this.#contexts.executePage(virtualPage);
    return host === undefined ? undefined : (host - this.#memory.ramOffset) / pageBytes;
  }

  /** Is this the address? */
  isAt(low: number, high: number): boolean {
    return low === this.#state.halves[pc] && high === this.#state.halves[pc + 1];
  }

  /** The instruction word, as `VirtualMemory.fetch` would give it, where the TLB has all of it. */
  get word(): number | undefined {
    const inPage = (this.#state.halves[pc] as number) & 0xffe;
    const page = inPage < 0xffe ? this.#contexts.executePage(this.page) : undefined;
    if (page === undefined) return undefined;
    const word = this.#memory.ramView.getUint32(page - this.#memory.ramOffset + inPage, true);
    return (word & 3) === 3 ? word : word & 0xffff;
  }
}

/** The place of the low half: looked up here once, for it is asked for at every exit. */
const pc = 2 * hartSlot.pc;

/** The virtual page of an address that is given by its halves. */
export function pageOf(low: number, high: number): number {
  return high * 0x10_0000 + (low >>> 12);
}
