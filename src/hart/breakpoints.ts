import { Emitter } from '../common/event.ts';

/** How the address of a breakpoint is meant: as pc has it, or where the instruction lies on the machine's bus. */
export type BreakpointSpace = 'virtual' | 'physical';

/**
 * The addresses at which harts stop before they run the instruction there. They can change at any time, and cost
 * nothing elsewhere. A virtual one stops in whatever space pc has that value: who set it decides whether it is
 * the space that was meant.
 */
export class Breakpoints {
  readonly #pages = {
    virtual: new Map<bigint, Set<number>>(),
    physical: new Map<bigint, Set<number>>(),
  };
  readonly #changed = new Emitter<void>();

  readonly onDidChange = this.#changed.event;

  /** Nothing happens where it is there already. */
  add(space: BreakpointSpace, address: bigint): void {
    const page = address >> pageBits;
    const offsets = this.#pages[space].get(page) ?? new Set();
    this.#pages[space].set(page, offsets.add(offsetOf(address)));
    this.#changed.fire();
  }

  /** Nothing happens where there is none. */
  remove(space: BreakpointSpace, address: bigint): void {
    const page = address >> pageBits;
    const offsets = this.#pages[space].get(page);
    if (offsets === undefined) return;
    offsets.delete(offsetOf(address));
    if (offsets.size === 0) this.#pages[space].delete(page);
    this.#changed.fire();
  }

  has(space: BreakpointSpace, address: bigint): boolean {
    const pages = this.#pages[space];
    return pages.size > 0 && (pages.get(address >> pageBits)?.has(offsetOf(address)) ?? false);
  }

  /** The pages that have any, by number (address >> 12), with the offsets in each. */
  pages(space: BreakpointSpace): ReadonlyMap<bigint, ReadonlySet<number>> {
    return this.#pages[space];
  }
}

const pageBits = 12n;

function offsetOf(address: bigint): number {
  return Number(BigInt.asUintN(12, address));
}
