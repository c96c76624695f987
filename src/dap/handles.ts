import { StrataError } from '../common/errors.ts';
import type { Variable } from '../debugger/variable.ts';

/** Something whose children a client may ask for. */
export type Container = () => readonly Variable[];

/**
 * Variable references: each is given once, and names nothing any more when the debuggee moves. Names would not tell
 * containers apart: an inner block may have a variable of an outer one's name, a struct several members without.
 */
export class Handles {
  readonly #containers = new Map<number, Container>();
  #last = 0;

  /** A reference to a container, until the next stop. */
  referenceOf(container: Container): number {
    this.#containers.set(++this.#last, container);
    return this.#last;
  }

  /** The container that a client asks about; a reference from before the last move names nothing. */
  container(reference: number): Container {
    const container = this.#containers.get(reference);
    if (container === undefined)
      throw new StrataError(
        'stale-reference',
        'user',
        `there are no variables behind reference ${reference} now`,
      );
    return container;
  }

  /** The debuggee moves: what was given out is of another time. */
  forgetStop(): void {
    this.#containers.clear();
  }
}
