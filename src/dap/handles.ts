import { StrataError } from '../common/errors.ts';
import type { Variable } from '../debugger/variable.ts';

/** Something whose children a client may ask for. */
export interface Container {
  /** Identifies it across stops: thread, frame's function and scope, then the names down to it. */
  readonly path: string;
  readonly children: () => readonly Variable[];
}

/**
 * Variable references. A reference depends on the path alone, so a tree that was open before a step is open after
 * it; what it leads to is forgotten when the debuggee moves.
 */
export class Handles {
  readonly #references = new Map<string, number>();
  readonly #containers = new Map<number, Container>();

  /** The reference of a container, the same for the same path. */
  referenceOf(container: Container): number {
    const known = this.#references.get(container.path);
    const reference = known ?? this.#references.size + 1;
    if (known === undefined) this.#references.set(container.path, reference);
    this.#containers.set(reference, container);
    return reference;
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

  forgetStop(): void {
    this.#containers.clear();
  }
}
