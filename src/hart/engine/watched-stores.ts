import type { Decode } from '../../isa/decode.ts';
import type { AccessSize } from '../../isa/semantics.ts';
import type { PhysicalMemory } from '../physical-memory.ts';
import { hartSlot } from '../state-layout.ts';
import type { HartState } from '../state.ts';

/**
 * Does stores to pages with code or page tables, which have to be seen, without the evaluator: a kernel that patches
 * itself, and fills page tables, has hundreds of thousands of them.
 */
export class WatchedStores {
  readonly #state: HartState;
  readonly #physical: PhysicalMemory;
  readonly #decode: Decode;
  /** By instruction word: the number of rs2, and the length times 32; 0 where it is no plain store. */
  readonly #known = new Map<number, number>();

  constructor({
    state,
    physical,
    decode,
  }: {
    readonly state: HartState;
    readonly physical: PhysicalMemory;
    readonly decode: Decode;
  }) {
    this.#state = state;
    this.#physical = physical;
    this.#decode = decode;
  }

  /** Does the store that the word at pc is, to this host-physical address of RAM. `false`: it is another instruction. */
  store(word: number, address: number, size: AccessSize): boolean {
    const known = this.#known.get(word) ?? this.#look(word);
    if (known === 0) return false;
    const state = this.#state;
    this.#physical.store(address, size, state.slot(hartSlot.x + (known & 31)));
    const low = state.low(hartSlot.pc) + (known >> 5);
    state.setLow(hartSlot.pc, low);
    if (low >= 2 ** 32) state.setHigh(hartSlot.pc, state.high(hartSlot.pc) + 1);
    return true;
  }

  #look(word: number): number {
    const decoded = this.#decode(word);
    const [statement, ...more] = decoded?.instruction.semantics ?? [];
    const isPlain =
      statement?.kind === 'store' &&
      more.length === 0 &&
      statement.access === 'normal' &&
      statement.value.kind === 'x' &&
      statement.value.operand === 'rs2';
    const known = decoded !== undefined && isPlain ? decoded.rs2 | (decoded.length << 5) : 0;
    if (this.#known.size >= mostWords) this.#known.clear();
    this.#known.set(word, known);
    return known;
  }
}

const mostWords = 4096;
