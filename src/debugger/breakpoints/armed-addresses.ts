import type { Breakpoints, BreakpointSpace } from '../../hart/breakpoints.ts';

/** The machine's armed addresses, counted: an address stays armed until nobody needs it any more. */
export class ArmedAddresses {
  readonly #breakpoints: Breakpoints;
  readonly #counts = new Map<string, number>();

  constructor(breakpoints: Breakpoints) {
    this.#breakpoints = breakpoints;
  }

  arm(space: BreakpointSpace, address: bigint): void {
    const key = `${space}:${address}`;
    const count = this.#counts.get(key) ?? 0;
    this.#counts.set(key, count + 1);
    if (count === 0) this.#breakpoints.add(space, address);
  }

  disarm(space: BreakpointSpace, address: bigint): void {
    const key = `${space}:${address}`;
    const count = this.#counts.get(key) ?? 0;
    if (count > 1) this.#counts.set(key, count - 1);
    else if (this.#counts.delete(key)) this.#breakpoints.remove(space, address);
  }
}
